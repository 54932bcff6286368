"""`onemap new-source`: a first TOML for a file that nobody has described yet."""

import os
import shlex
import sys
from glob import escape
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from commands.session import err, out, serving_database, show
from etl.guess.draft import Draft, Wish, draft
from etl.guess.ground import Ground, ground
from etl.guess.looking import looked_at
from etl.guess.names import source_id_of
from layers import database
from layers.embedded import Embedded
from layers.errors import DatabaseUnavailableError, OneMapError
from layers.pack import City
from layers.settings import HOME, Settings

app = typer.Typer()
FOLDERS = ("sources", "layers")
PACKED = {".gz", ".zip"}
NO_UNITS = "no units of this city are loaded, so guesses about places are left out; load them first"


@app.command(name="new-source")
def new_source(  # noqa: PLR0913 - each is an option of the command
    file: Annotated[Path, typer.Argument(help="a file as the department sent it")],
    *,
    source_id: Annotated[str | None, typer.Option("--id", help="the source's id; made of the file's name")] = None,
    feeds: Annotated[str | None, typer.Option(help="units, incidents, layer (a new one), or a layer's id")] = None,
    into: Annotated[Path | None, typer.Option(help="a folder to write into instead of the city pack")] = None,
    stdout: Annotated[bool, typer.Option("--stdout", help="print the files, write nothing")] = False,
    force: Annotated[bool, typer.Option("--force", help="replace files that are there")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON for programs")] = False,
) -> None:
    """Look at a file and write a first TOML for it, with the reason for every guess, for you to correct.

    Exit codes: 0 it is written; 1 the file can't be read, the files are there already, or a mistake was made, and
    nothing was written; 2 the command line is wrong.
    """
    settings = Settings()
    city = City(settings.city)
    folder = into or city.folder
    known = _ground(settings, city)
    if known is None:
        err.print(f"onemap: {NO_UNITS}", style="yellow")
    wanted = source_id or source_id_of(file.name)
    path, there = _path(file, wanted, city, settings)
    made = draft(looked_at(file), city, known, Wish(wanted, path, feeds, _schemas(folder)))
    _require_valid(city, made)
    if stdout:
        sys.stdout.write("\n".join(f"# --- {name}\n{text}" for name, text in made.files.items()))
        return
    _write(made, folder, city, force=force)
    steps = _steps(made, file, folder=folder, city=city, put=None if there else _from_here(settings.inbox / wanted))
    written = [str(folder / name) for name in made.files]
    if as_json:
        show(
            [{"source": wanted, "feeds": made.feeds, "files": written, "unsure": made.unsure, "next": steps}],
            as_json=True,
        )
        return
    for name in written:
        _say(f"written: {name}")
    if made.unsure:
        _say("not sure, please look at:")
        for sentence in made.unsure:
            _say(f"  {sentence}")
    _say("next:")
    for step in steps:
        _say(f"  {step}")


def _from_here(folder: Path) -> Path:
    """Return a folder as people write it: below the one they are in, without that."""
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder


def _say(sentence: str) -> None:
    out.print(sentence, markup=False, soft_wrap=True)


def _ground(settings: Settings, city: City) -> Ground | None:
    """Return what the database knows of the city; none is made or waited for."""
    if settings.database_url is None and not Embedded(settings.data_dir).is_made:
        return None
    try:
        with serving_database(settings) as url:
            engine = database.connect(url)
            try:
                with engine.connect() as connection:
                    return ground(connection, city)
            finally:
                engine.dispose()
    except (DatabaseUnavailableError, SQLAlchemyError):
        return None


def _path(file: Path, source_id: str, city: City, settings: Settings) -> tuple[str, bool]:
    """Return the pattern that finds a file, and whether it lies there already."""
    for folder in (city.folder, settings.inbox):
        if file.resolve().is_relative_to(folder.resolve()):
            return escape(file.resolve().relative_to(folder.resolve()).as_posix()), True
    suffix = "".join(file.suffixes[-2:] if file.suffix.lower() in PACKED else file.suffixes[-1:])
    return f"{source_id}/*{suffix}", False


def _schemas(folder: Path) -> str | None:
    """Return how files in the folder's `sources` reach the schemas, where there are any near."""
    if (folder / "schema" / "source.schema.json").is_file():
        return "../schema"
    published = HOME / "docs" / "schema"
    if folder.resolve().is_relative_to(HOME) and published.is_dir():
        return PurePosixPath(os.path.relpath(published, folder.resolve() / "sources")).as_posix()
    return None


def _require_valid(city: City, made: Draft) -> None:
    """Open a copy of the pack with the new files in it, so that nothing is written that would not open."""
    with TemporaryDirectory(prefix="onemap-pack-") as folder:
        copy = Path(folder) / city.folder.name
        copy.mkdir()
        for item in city.folder.resolve().iterdir():
            if item.name not in FOLDERS:
                (copy / item.name).symlink_to(item)
        for name in FOLDERS:
            (copy / name).mkdir()
            for item in (city.folder.resolve() / name).glob("*.toml"):
                (copy / name / item.name).symlink_to(item)
        for path, text in made.files.items():
            (copy / path).unlink(missing_ok=True)
            (copy / path).write_text(text, encoding="utf-8")
        City(copy)


def _write(made: Draft, folder: Path, city: City, *, force: bool) -> None:
    taken = [path for path in made.files for where in {folder, city.folder} if (where / path).exists()]
    if taken and not force:
        names = ", ".join(sorted({str(path) for path in taken}))
        msg = f"there already: {names}, and nothing was written; say another --id, or --force to replace it"
        raise OneMapError(msg)
    for path, text in made.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def _steps(made: Draft, file: Path, *, folder: Path, city: City, put: Path | None) -> list[str]:
    """Return what a person does next, as commands."""
    steps = []
    if folder.resolve() != city.folder.resolve():
        steps.append(f"cp -r {shlex.quote(str(folder))}/. {shlex.quote(str(city.folder))}/")
    if put is not None:
        parts = (
            f"{shlex.quote(str(file.with_suffix('')))}.*" if file.suffix.lower() == ".shp" else shlex.quote(str(file))
        )
        steps.append(f"mkdir -p {shlex.quote(str(put))} && cp {parts} {shlex.quote(str(put))}/")
    return [*steps, f"onemap load {made.source_id} --dry-run", f"onemap load {made.source_id}"]
