"""ESRI shapefiles: the .shp with its .dbf, .shx and, if there are any, .prj and .cpg beside it."""

from pathlib import Path

from etl.encodings import encoding_of
from etl.vector import VectorReader
from layers.errors import SourceDataError
from layers.specs import ReadSpec

LANGUAGE = 29
"""Where a .dbf says in one byte what its texts are in."""
FIELD = 32
NAME = 11
"""Bytes that describe a field, and those of them that are its name."""
SILENT = {0x00, 0x57}
"""Nothing said, or "whatever the machine had"."""


def encoding(file: Path, name: str, spec: ReadSpec) -> str | None:
    """Return what the texts are in: as declared, as the file says, or as its bytes show beyond doubt."""
    table = _beside(file, ".dbf")
    if table is None:
        raise SourceDataError(
            name, found="its .dbf, which holds the columns, is missing", right="send it with the .shp"
        )
    if spec.encoding not in {None, "auto"}:
        return spec.encoding
    if _beside(file, ".cpg") is not None:
        return None
    text = table.read_bytes()
    if len(text) <= LANGUAGE or text[LANGUAGE] not in SILENT:
        return None
    found = encoding_of(_texts(text))
    if found == "utf-8" or (found is not None and spec.encoding == "auto"):
        return found
    looks = f", it may be {found}" if found else ""
    raise SourceDataError(
        name,
        found=f"neither a .cpg nor the .dbf says what its texts are in{looks}",
        right='say it under read.encoding, such as "gbk"',
    )


def system(file: Path, understood: str | None) -> str | None:
    """Return the reference system, as the .prj has it where GDAL makes nothing of that."""
    said = _beside(file, ".prj") if understood is None else None
    return said.read_text(errors="replace").strip() or None if said else understood


def _texts(table: bytes) -> bytes:
    """Return the names of a table's fields and its records, a line each."""
    start = int.from_bytes(table[8:10], "little")
    names = [table[at : at + NAME].partition(b"\x00")[0] for at in range(FIELD, start - 1, FIELD)]
    return b"\n".join([*names, table[start:].replace(b"\x00", b" ")])


def _beside(file: Path, suffix: str) -> Path | None:
    for candidate in (file.with_suffix(suffix), file.with_suffix(suffix.upper())):
        if candidate.is_file():
            return candidate
    return None


read = VectorReader("an ESRI shapefile", frozenset({"ESRI Shapefile"}), encoding=encoding, system=system)
