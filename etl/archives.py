"""Files that came packed: one zip or gzip, looked at before it is trusted, unpacked no further than it may grow."""

import gzip
import stat
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import IO, cast
from zipfile import BadZipFile, ZipFile, ZipInfo

from etl.checks import list_some
from layers.errors import SourceDataError

ENTRIES = 1_000
LEAST = 64 << 20
RATIO = 200
MOST = 4 << 30
"""An archive may hold this many entries, and grow to 64 MiB, or 200 times its size, but never beyond 4 GiB."""
CHUNK = 1 << 20
UTF8 = 1 << 11
"""The flag of an entry that says so of its name; without it, Python takes names for those of DOS in America."""
MAC = "__MACOSX/"
"""Where a Mac packs what only a Mac has a use for, under the names of the files."""
SUFFIXES = {
    "csv": {".csv", ".tsv", ".txt"},
    "flatgeobuf": {".fgb"},
    "geojson": {".geojson", ".json"},
    "gpkg": {".gpkg"},
    "json": {".json", ".jsonl", ".ndjson"},
    "kml": {".kml"},
    "parquet": {".parquet", ".geoparquet"},
    "shapefile": {".shp"},
    "topojson": {".topojson", ".json", ".geojson"},
}
"""What a file of a format is called within an archive. A workbook is an archive by itself."""
BAD = (BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


def unpacked(file: Path, *, name: str, wanted: str, into: Path) -> Path:
    """Return the file to read: itself, or the one of its format that an archive holds, unpacked into a folder.

    Raises:
        SourceDataError: The archive is damaged, dangerous, or holds no such file, or several.
    """
    with file.open("rb") as raw:
        head = raw.read(4)
    try:
        if head[:2] == b"\x1f\x8b":
            return _gunzipped(file, name=name, into=into)
        if head != b"PK\x03\x04":
            return file
        with ZipFile(file) as archive:
            name_entries(archive)
            _check(archive, name=name, size=file.stat().st_size)
            if wanted == "excel":
                return file
            return _extracted(archive, name=name, wanted=wanted, into=into)
    except BAD as mistake:
        raise SourceDataError(name, found=f"the archive is damaged: {mistake}", right="pack it again") from mistake


def name_entries(archive: ZipFile) -> None:
    """Give entries the names they were packed under: programs in China write them in GBK, and do not say so."""
    for entry in archive.infolist():
        if not entry.flag_bits & UTF8 and not entry.orig_filename.isascii():
            sent = entry.orig_filename.encode("cp437")
            for encoding in ("utf-8", "gb18030"):
                with suppress(UnicodeDecodeError):
                    entry.filename = sent.decode(encoding)
                    break


def limit(size: int) -> int:
    """Return how many bytes an archive of a size may hold."""
    return min(max(LEAST, RATIO * size), MOST)


def _check(archive: ZipFile, *, name: str, size: int) -> None:
    entries = archive.infolist()
    if len(entries) > ENTRIES:
        raise SourceDataError(
            name, found=f"the archive has {len(entries)} entries", right=f"pack at most {ENTRIES} together"
        )
    total = sum(entry.file_size for entry in entries)
    if total > limit(size):
        raise _too_large(name, size)
    for entry in entries:
        path = PurePosixPath(entry.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in entry.filename:
            raise SourceDataError(
                name, found=f"an entry leads out of the archive: {entry.filename!r}", right="pack it again"
            )
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise SourceDataError(name, found=f"the entry {entry.filename!r} is a link", right="pack the file itself")
        if entry.flag_bits & 1:
            raise SourceDataError(name, found="it is locked with a password", right="send it without")


def _extracted(archive: ZipFile, *, name: str, wanted: str, into: Path) -> Path:
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not entry.filename.startswith(MAC)]
    found = [entry for entry in entries if PurePosixPath(entry.filename).suffix.lower() in SUFFIXES.get(wanted, set())]
    if not found and any(entry.filename.startswith("xl/") for entry in entries):
        raise SourceDataError(name, found="it is a workbook", right='say read.format = "excel", or send it as declared')
    if len(found) != 1:
        has = list_some([entry.filename for entry in found or entries])
        right = f"pack one file of the format {wanted!r}"
        raise SourceDataError(name, found=f"the archive holds {has or 'nothing'}", right=right)
    (main,) = found
    folder, stem = PurePosixPath(main.filename).parent, PurePosixPath(main.filename).stem
    left = limit(Path(archive.filename or "").stat().st_size)
    for entry in _belonging(entries, folder, stem) if wanted == "shapefile" else [main]:
        with archive.open(entry) as source:
            # Names of our own: theirs may be anything.
            left -= _copied(source, into / f"file{PurePosixPath(entry.filename).suffix.lower()}", name=name, left=left)
    return into / f"file{PurePosixPath(main.filename).suffix.lower()}"


def _belonging(entries: list[ZipInfo], folder: PurePosixPath, stem: str) -> Iterator[ZipInfo]:
    for entry in entries:
        path = PurePosixPath(entry.filename)
        if (
            path.parent == folder
            and path.stem == stem
            and path.suffix.lower() in {".shp", ".dbf", ".shx", ".prj", ".cpg"}
        ):
            yield entry


def _gunzipped(file: Path, *, name: str, into: Path) -> Path:
    target = into / f"file{file.with_suffix('').suffix.lower()}"
    with gzip.open(file) as source:
        _copied(cast("IO[bytes]", source), target, name=name, left=limit(file.stat().st_size))
    return target


def _copied(source: IO[bytes], target: Path, *, name: str, left: int) -> int:
    """Copy what is truly there, whatever the archive says; return how much it was."""
    copied = 0
    with target.open("wb") as into:
        while chunk := source.read(CHUNK):
            copied += len(chunk)
            if copied > left:
                raise _too_large(name, left // RATIO)
            into.write(chunk)
    return copied


def _too_large(name: str, size: int) -> SourceDataError:
    found = f"the archive would grow beyond {limit(size) >> 20} MiB"
    return SourceDataError(name, found=found, right="send the file unpacked, or in parts")
