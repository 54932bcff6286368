"""`onemap init`, `load`, `sources`, `loads`, `rejects`, `check`: how rows get in, and what became of them."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from commands.results import ROWS, exit_code, noticed, reasons, say
from commands.session import Session, out, printable, progress, session, show
from etl import catalogue, rejects
from etl.city import Result, load_city
from etl.request import Request
from etl.run import WHOLE, load
from layers import parameters
from layers.errors import LoadError, OneMapError, UnknownNameError
from layers.plural import counted
from layers.settings import Settings
from layers.sources import HELD
from layers.specs import SourceSpec

app = typer.Typer()
BROKEN = ("failed", "interrupted", HELD)
AsJson = Annotated[bool, typer.Option("--json", help="print JSON for programs")]
Lang = Annotated[Literal["zh", "en"], typer.Option(help="the language of titles and owners")]


@app.command()
def init() -> None:
    """Make or update the tables, and tell them the city."""
    with session(Settings()) as opened:
        out.print(f"{opened.city.spec.name.zh} {opened.city.spec.name.en}: the tables are up to date")


@app.command(name="load")
def load_sources(  # noqa: PLR0913 - each is an option of the command
    sources: Annotated[list[str] | None, typer.Argument(help="source ids")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="every source of the pack")] = False,
    dry_run: Annotated[bool, typer.Option(help="say what would happen and what would stay out; write nothing")] = False,
    file: Annotated[Path | None, typer.Option(help="one file in the source's shape, or mended rejects")] = None,
    since: Annotated[str | None, typer.Option(help="only what was reported, or written, from this time on")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="only the first rows of those asked for")] = None,
    accept_drift: Annotated[bool, typer.Option(help="take files whose columns are other than before")] = False,
    accept_suspicion: Annotated[bool, typer.Option(help="publish rows whose places look wrong")] = False,
    scheduler: Annotated[str | None, typer.Option(help="a Dask cluster that reads the files: tcp://HOST:PORT")] = None,
    as_json: AsJson = False,
) -> None:
    """Load sources; what can't be loaded is kept with its reason.

    Exit codes: 0 all is in, or was in already; 1 a source was refused or a mistake was made, and nothing of that
    source was written; 2 the command line is wrong; 3 all is in, but more rows of a source were rejected than its
    reject_limit allows; 4 a source is held, because the places of more of its rows look wrong than its suspect_limit
    allows, and what was there stays.
    """
    with session(Settings()) as opened:
        request = Request(
            file=file,
            since=_moment(opened, since),
            limit=limit,
            accept_drift=accept_drift,
            accept_suspicion=accept_suspicion,
            scheduler=scheduler,
        )
        if file is not None and (every or len(sources or []) != 1):
            msg = "--file is one file of one source; name that source alone"
            raise OneMapError(msg)
        if every:
            results = list(_whole_city(opened, dry_run=dry_run, request=request))
        elif sources:
            results = [_one(opened, _source(opened, name), dry_run=dry_run, request=request) for name in sources]
        else:
            known = ", ".join(sorted(opened.city.sources))
            msg = f"name the sources to load, or --all; known: {known}"
            raise OneMapError(msg)
        say(results, as_json=as_json)
    if code := exit_code(results):
        sys.exit(code)


def load_all(opened: Session) -> None:
    """Load every source of the pack, units first, and print what became of the rows.

    Raises:
        LoadError: A source could not be loaded; the others were.
    """
    say(list(_whole_city(opened)), as_json=False)


@app.command()
def sources(*, lang: Lang = "zh", as_json: AsJson = False) -> None:
    """Show every source: owner, how often it is due, how fresh it is, its last load."""
    with session(Settings()) as opened, opened.engine.connect() as connection:
        found = catalogue.standings(connection, opened.city, datetime.now(UTC))
        rows = [
            {
                "source": item.source.id,
                "title": item.source.title.text(lang),
                "owner": item.source.owner.text(lang),
                "feeds": item.source.feeds,
                "due_every": item.source.refresh,
                "freshness": item.freshness,
                "data_time": _local(opened, item.data_time),
                "last_load": item.last and item.last.id,
                "state": item.last and item.last.state,
                "message": item.last and item.last.message,
            }
            for item in found
        ]
    show(rows, as_json=as_json)


@app.command()
def loads(
    source: Annotated[str | None, typer.Argument(help="a source id; all without it")] = None, *, as_json: AsJson = False
) -> None:
    """Show the last loads, the newest first."""
    with session(Settings()) as opened, opened.engine.connect() as connection:
        rows = [
            {
                "load": item.id,
                "source": item.source,
                "state": item.state,
                "started": _local(opened, item.started_at),
                "read": item.read,
                "loaded": item.loaded,
                "unchanged": item.unchanged,
                "rejected": item.rejected,
                "retired": item.retired,
                "reasons": reasons(item.reasons),
                "findings": item.findings if as_json else noticed(item.findings),
                "message": item.message,
            }
            for item in catalogue.loads(connection, source=source)
        ]
    show(rows, as_json=as_json)


@app.command(name="rejects")
def list_rejects(
    load_id: Annotated[int, typer.Argument(metavar="LOAD", help="a load's number, from `onemap loads`")],
    export: Annotated[Path | None, typer.Option(help="write them all to a CSV in the source's own columns")] = None,
    limit: Annotated[int, typer.Option(help="how many to print")] = 20,
    *,
    as_json: AsJson = False,
) -> None:
    """Show the rows of a load that could not be used, each with its reason."""
    with session(Settings()) as opened, opened.engine.connect() as connection:
        if export is not None:
            written = rejects.export(connection, load_id, export)
            out.print(printable(f"{counted(written, 'row')} written to {export}"), soft_wrap=True)
            return
        found = rejects.of_load(connection, load_id, limit=limit)
        rows = [
            {"file": item.file, "row": item.row_number, "reason": item.reason, "message": item.message}
            for item in found
        ]
    show(rows, as_json=as_json)
    if rows and not as_json:
        out.print(ROWS, style="dim", soft_wrap=True)


@app.command()
def check(*, as_json: AsJson = False) -> None:
    """Check the pack, the database and the freshness of every source; exit with 1 where something needs a person."""
    with session(Settings()) as opened, opened.engine.connect() as connection:
        found = catalogue.standings(connection, opened.city, datetime.now(UTC))
    city = opened.city
    categories = counted(len(city.categories), "category", "categories")
    pack = f"{counted(len(city.sources), 'source')}, {counted(len(city.layers), 'layer')}, {categories}"
    rows: list[dict[str, object]] = [
        {"what": "city pack", "state": "ok", "detail": pack},
        {"what": "database", "state": "ok", "detail": "answers, tables up to date"},
    ]
    rows += [
        {
            "what": f"source {item.source.id}",
            "state": item.last.state if item.last and item.last.state in BROKEN else item.freshness,
            "detail": (item.last and item.last.message) or f"data of {_local(opened, item.data_time) or 'no date'}",
        }
        for item in found
    ]
    show(rows, as_json=as_json)
    if any(row["state"] in {"overdue", "unknown", *BROKEN} for row in rows):
        sys.exit(1)


def _whole_city(opened: Session, *, dry_run: bool = False, request: Request = WHOLE) -> Iterator[Result]:
    with progress() as report:
        yield from load_city(
            opened.city,
            engine=opened.engine,
            inbox=opened.settings.inbox,
            now=datetime.now(UTC),
            dry_run=dry_run,
            report=lambda source, step, done, total: report(f"{source.id}: {step}", done, total),
            request=request,
        )


def _one(opened: Session, source: SourceSpec, *, dry_run: bool, request: Request) -> Result:
    with progress() as report:
        try:
            return source, load(
                source,
                city=opened.city,
                engine=opened.engine,
                inbox=opened.settings.inbox,
                now=datetime.now(UTC),
                dry_run=dry_run,
                report=lambda step, done, total: report(f"{source.id}: {step}", done, total),
                request=request,
            )
        except LoadError as mistake:
            return source, mistake


def _moment(opened: Session, said: str | None) -> datetime | None:
    zone = opened.city.time_zone
    found = parameters.moment("--since", said, zone)
    if found is None or isinstance(found, datetime):
        return found
    return parameters.midnight(found, zone)


def _source(opened: Session, name: str) -> SourceSpec:
    if name not in opened.city.sources:
        raise UnknownNameError(kind="source", name=name, known=opened.city.sources)
    return opened.city.sources[name]


def _local(opened: Session, moment: datetime | None) -> str | None:
    return moment.astimezone(opened.city.time_zone).strftime("%Y-%m-%d %H:%M") if moment else None
