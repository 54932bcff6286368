"""The files of a source, and what tells whether anything about a load is new."""

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from glob import escape
from pathlib import Path, PurePath, PurePosixPath

from etl.readers import fetcher
from layers.errors import SourceDataError
from layers.pack import City
from layers.specs import SERVICES, SourceSpec

EDITION = 2
"""Raised when the same files would give other rows than before."""
SIDECARS = frozenset({".dbf", ".shx", ".prj", ".cpg"})
"""What belongs to a shapefile and is read with it."""
FETCHED = ".fetched"
"""The folder of the inbox with the answers of services."""
UNFINISHED = (".part", ".partial", ".filepart", ".crdownload", ".tmp")
"""How names end under which programs write what they have not finished."""


@dataclass(frozen=True)
class Found:
    """A file of a source."""

    path: Path
    name: str
    """Below the pack or the inbox, as people know it."""

    @property
    def size(self) -> int:
        """Its bytes."""
        return self.path.stat().st_size

    @property
    def modified(self) -> datetime:
        """When it was last written."""
        return datetime.fromtimestamp(self.path.stat().st_mtime, tz=UTC)

    @property
    def parts(self) -> list[Path]:
        """The file itself and, if it is a shapefile, what belongs to it."""
        if self.path.suffix.lower() != ".shp":
            return [self.path]
        beside = sorted(self.path.parent.glob(f"{escape(self.path.stem)}.*"))
        return [self.path, *(part for part in beside if part.suffix.lower() in SIDECARS and part.is_file())]

    def absolute(self) -> "Found":
        """Return the same file by its whole path, as others find it."""
        return Found(self.path.absolute(), self.name)

    def digest(self) -> str:
        """Return the SHA-256 of its bytes, and of those that belong to it."""
        whole = hashlib.sha256()
        for part in self.parts:
            with part.open("rb") as raw:
                whole.update(hashlib.file_digest(raw, "sha256").digest())
        return whole.hexdigest()


def find(source: SourceSpec, *, city: City, inbox: Path, since: datetime | None = None) -> list[Found]:
    """Return the files that match the source's pattern, those of the pack first; ask a service for its own.

    `since` is how recent the last load was, for services that can tell what is newer.

    Raises:
        SourceDataError: There are none, the pattern or a link leads out of both, both have one of the same name, or the
            service does not answer.
    """
    if source.read.format in SERVICES:
        # A snapshot is always whole; everything else may leave out what was there the last time.
        newer = since.astimezone(city.time_zone) if since and source.mode != "snapshot" else None
        answer = _fetched(source, folder=inbox / FETCHED / source.id)
        _require_within(answer, (inbox,))
        fetcher(source.read.format)(answer.path, name=answer.name, spec=source.read, since=newer)
        return [answer]
    if not _stays(source):
        raise SourceDataError(
            source.id, found=f"read.path is {source.read.path!r}", right="it must stay below the pack or the inbox"
        )
    found = there(source, city=city, inbox=inbox)
    if not found:
        right = "put the file there, or mend read.path"
        raise SourceDataError(
            source.id, found=f"no file {source.read.path!r} below {city.folder} or {inbox}", right=right
        )
    _require_one_of_a_name(found)
    for file in found:
        _require_within(file, (city.folder, inbox))
    return found


def there(source: SourceSpec, *, city: City, inbox: Path) -> list[Found]:
    """Return the finished files that match the source's pattern, those of the pack first; a service has none."""
    if not source.read.path or not _stays(source):
        return []
    return [
        Found(path, _readable(path.relative_to(folder)))
        for folder in (city.folder, inbox)
        for path in sorted(folder.glob(source.read.path))
        if path.is_file() and FETCHED not in path.parts and not path.name.lower().endswith(UNFINISHED)
    ]


def _readable(path: PurePath) -> str:
    r"""Return a name as it may be kept and printed: bytes that are no UTF-8 as `\\xff`."""
    return os.fsencode(path.as_posix()).decode(errors="backslashreplace")


def _stays(source: SourceSpec) -> bool:
    pattern = PurePosixPath(source.read.path)
    return not pattern.is_absolute() and ".." not in pattern.parts


def _require_one_of_a_name(found: list[Found]) -> None:
    """Refuse a file that the pack and the inbox both have: nobody could tell later which of them a row is of."""
    first: dict[str, Path] = {}
    for file in found:
        if (other := first.setdefault(file.name, file.path)) != file.path:
            there = f"it is there twice, as {other} and as {file.path}"
            raise SourceDataError(file.name, found=there, right="keep the one that holds, or rename one to load both")


def _require_within(file: Found, folders: tuple[Path, ...]) -> None:
    """Refuse a link to what whoever may write to the folders need not be allowed to read; the folders may be links."""
    roots = [folder.resolve() for folder in folders]
    for part in file.parts:
        real = part.resolve()
        if not any(real.is_relative_to(root) for root in roots):
            raise SourceDataError(
                file.name,
                found=f"{part.name} leads to {real}, out of the pack and the inbox, by a link",
                right="copy the file there, or mount its folder there (mount --bind)",
            )


def _fetched(source: SourceSpec, *, folder: Path) -> Found:
    """Return the file for a service's answer, named after where it comes from."""
    name = (source.read.url or f"sql:{source.read.database}").partition("?")[0]
    return Found(folder / "answer.jsonl", name)


def named(path: Path) -> Found:
    """Return a file that a person named.

    Raises:
        SourceDataError: There is no such file.
    """
    if not path.is_file():
        raise SourceDataError(str(path), found="there is no such file", right="name one that is there")
    return Found(path, _readable(PurePath(path.name)))


def awaited(source: SourceSpec, *, city: City, inbox: Path) -> bool:
    """Say whether the files of a source that is to have some are not there."""
    return bool(source.read.path) and _stays(source) and not there(source, city=city, inbox=inbox)


def fingerprint(source: SourceSpec, files: list[Found], *, city: City, units: int) -> str:
    """Return what stays the same as long as a load could give nothing new.

    That is: the files, how the pack reads them, and the units (the load that last changed them) they are placed in.
    """
    layer = city.layers.get(source.feeds)
    parts = [
        EDITION,
        units,
        [(file.name, file.digest()) for file in files],
        source.model_dump(mode="json"),
        # Said, it goes before what a file says, even where it is what is taken for granted.
        "datum" in source.place.model_fields_set,
        {name: dict(city.mapping(spec) or {}) for name, spec in source.fields.items()},
        [item.model_dump(mode="json") for item in city.categories.values()],
        city.spec.model_dump(mode="json"),
        layer.model_dump(mode="json") if layer else None,
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
