"""How a file opens that nobody has described: its format, and what its reader must be told. Runs in the sandbox."""

from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import BadZipFile, ZipFile

import pyogrio
import python_calamine as calamine

from etl.archives import ENTRIES, SUFFIXES, name_entries, unpacked
from etl.checks import list_some
from etl.encodings import encoding_of_file
from etl.guess.guess import Guess
from etl.guess.heads import Head, delimiter_of, head_of, rows_of
from etl.readers import json as json_reader
from etl.readers import shapefile
from etl.vector import REFUSALS
from layers.errors import SourceDataError
from layers.plural import counted
from layers.specs import ReadSpec

MAGIC = {
    b"SQLite format 3\x00": "gpkg",
    b"PAR1": "parquet",
    b"fgb\x03": "flatgeobuf",
    b"\xd0\xcf\x11\xe0": "excel",
    b"\x00\x00\x27\x0a": "shapefile",
}
"""How files that are no text begin."""
OTHERS = {
    b"%PDF": ("a PDF", "ask for the table as a workbook or CSV"),
    b"Rar!": ("a RAR archive", "pack it as a zip"),
    b"7z\xbc\xaf": ("a 7z archive", "pack it as a zip"),
    b"\x00\x01\x00\x00Standard": ("an Access database", "export the table as a workbook or CSV"),
    b"Version 300\n": ("a MapInfo MIF", "save it as a GeoPackage or shapefile"),
    b"Version 300\r": ("a MapInfo MIF", "save it as a GeoPackage or shapefile"),
    b"!table": ("a MapInfo TAB", "save it as a GeoPackage or shapefile"),
    b"  0\nSECTION": ("an AutoCAD DXF", "save it as a GeoPackage or shapefile"),
    b"  0\r\nSECTION": ("an AutoCAD DXF", "save it as a GeoPackage or shapefile"),
    b"AC10": ("an AutoCAD drawing", "save it as a GeoPackage or shapefile"),
}
"""How files begin that no reader reads, and some would take for text."""
PACKED = ("shapefile", "gpkg", "flatgeobuf", "parquet", "kml", "csv", "json", "geojson", "topojson")
"""What an archive is searched for, the most telling first."""
HEAD = 256 << 10
DEEPEST = 4
"""Keys on the way to a list of records."""
Opening = dict[str, Guess]
"""The keys of `[read]`."""


def opening(file: Path, *, name: str, folder: Path) -> Opening:
    """Return how a file opens; an archive is unpacked into a folder to see.

    Raises:
        SourceDataError: No reader could read it.
    """
    begins = _begins(file, name)
    packed = begins[:4] == b"PK\x03\x04"
    kind = _packed(file, name) if packed else _kind(begins)
    if kind == "excel":
        return _excel(file, name)
    inner = unpacked(file, name=name, wanted=kind or "", into=folder)
    kind = _kind(_begins(inner, name))
    return _LOOKS[kind](inner, name) if kind else _text(inner, name)


def _begins(file: Path, name: str) -> bytes:
    with file.open("rb") as raw:
        head = raw.read(1024)
    if not head:
        raise SourceDataError(name, found="the file is empty", right="send one with rows")
    for magic, (found, right) in OTHERS.items():
        if head.startswith(magic):
            raise SourceDataError(name, found=f"it is {found}", right=right)
    return head


def _kind(head: bytes) -> str | None:
    """Return the format of a file by how it begins; nothing for text that may be anything."""
    return next((kind for magic, kind in MAGIC.items() if head.startswith(magic)), None)


def _packed(file: Path, name: str) -> str:
    """Return the format of the file that an archive holds."""
    try:
        with ZipFile(file) as archive:
            name_entries(archive)
            names = [entry.filename for entry in archive.infolist()[: ENTRIES + 1]]
    except (BadZipFile, OSError, ValueError, NotImplementedError) as mistake:
        raise SourceDataError(name, found=f"the archive is damaged: {mistake}", right="pack it again") from mistake
    if any(entry.startswith("xl/") for entry in names) or {"mimetype", "content.xml"} <= set(names):
        return "excel"
    suffixes = {PurePosixPath(entry).suffix.lower() for entry in names}
    found = next((kind for kind in PACKED if suffixes & SUFFIXES[kind]), None)
    if found is None:
        right = f"pack a file that ends in one of {', '.join(sorted(set().union(*SUFFIXES.values())))}"
        raise SourceDataError(name, found=f"the archive holds {list_some(names) or 'nothing'}", right=right)
    return found


def _text(file: Path, name: str) -> Opening:
    encoding = encoding_of_file(file)
    with file.open("rb") as raw:
        head = raw.read(HEAD)
    text = head.decode(encoding or "utf-8", errors="replace").removeprefix("\ufeff")
    begins = text.lstrip()[:1]
    if begins in {"{", "["}:
        return _json(file, name)
    if begins == "<":
        if "<kml" in text:
            return _vector("kml")(file, name)
        right = "open it in a spreadsheet and save it as .xlsx, if it is a table; else send a map's file"
        raise SourceDataError(name, found="it is XML or HTML, but no KML", right=right)
    if encoding is None:
        right = "send it in one of these, or as a workbook"
        raise SourceDataError(name, found="its text is neither UTF-8, GB18030 nor UTF-16", right=right)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    whole = text if len(head) < HEAD else text[: text.rfind("\n") + 1]
    return _csv(whole, encoding)


def _csv(text: str, encoding: str) -> Opening:
    found = {"format": Guess("csv", "text in rows")}
    if encoding != "utf-8":
        why = "its bytes are well-formed so, and are no UTF-8"
        found["encoding"] = Guess(encoding, why, "likely" if encoding == "gb18030" else "sure")
    delimiter = delimiter_of(text)
    if delimiter != ",":
        found["delimiter"] = Guess(delimiter, "with it, most rows have as many values as the first")
    head = head_of(rows_of(text, delimiter))
    if not head.row:
        found["columns"] = Guess(
            head.names, "no row holds names, only values; call the columns what they are", "unsure"
        )
    else:
        found |= _named(head)
    return found


def _named(head: Head) -> Opening:
    """Return what a reader must be told of the rows of names."""
    if not head.plain:
        why = "some names in the file are empty, alike or in two rows, so all are given here and the rows begin below"
        return {"header": Guess(head.row + 1, why), "columns": Guess(head.names, why)}
    why = "the first row that names every column; others stand above it"
    return {"header": Guess(head.row, why, "likely")} if head.row > 1 else {}


def _json(file: Path, name: str) -> Opening:
    document = json_reader.document(file, name=name, spec=ReadSpec(format="json", path=name))
    said = document.get("type") if isinstance(document, dict) else None
    if said in {"FeatureCollection", "Feature"}:
        return {"format": Guess("geojson", f"JSON whose type is {said}")}
    if said == "Topology":
        return _vector("topojson")(file, name)
    first = document[0] if isinstance(document, list) and document else None
    if isinstance(first, dict) and first.get("type") == "Feature":
        raise SourceDataError(name, found="it is a list of features", right="send them as one FeatureCollection")
    lists = dict(_lists(document))
    if not lists:
        raise SourceDataError(name, found="no list of records in it", right="send a list of objects, [{…}, {…}]")
    path = max(lists, key=lists.__getitem__)
    found = {"format": Guess("json", "a list of objects")}
    if path:
        others = ", ".join(f"{other} ({rows})" for other, rows in lists.items() if other != path)
        why = f"the longest list in it: {counted(lists[path], 'record')}" + (f"; others: {others}" if others else "")
        found["records"] = Guess(path, why, "likely" if others else "sure")
    return found


def _lists(here: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, int]]:  # noqa: ANN401 - any JSON
    """Yield the lists of objects in a document, by the keys on the way to them."""
    if isinstance(here, list) and any(isinstance(item, dict) for item in here):
        yield path, len(here)
    elif isinstance(here, dict) and depth < DEEPEST:
        for key, value in here.items():
            if "." not in key:
                yield from _lists(value, f"{path}.{key}".lstrip("."), depth + 1)


def _vector(kind: str) -> Callable[[Path, str], Opening]:
    def look(file: Path, name: str) -> Opening:
        try:
            layers = [str(item[0]) for item in pyogrio.list_layers(file)]
            found = {"format": Guess(kind, "by how the file begins")}
            if len(layers) > 1 and kind != "kml":  # whose folders are read one after the other
                sizes = {layer: int(pyogrio.read_info(file, layer=layer)["features"]) for layer in layers}
                several = ", ".join(f"{layer} ({rows})" for layer, rows in sizes.items())
                found["layer"] = Guess(
                    max(sizes, key=sizes.__getitem__), f"the one with most rows of {several}", "unsure"
                )
        except REFUSALS as mistake:
            raise SourceDataError(name, found=str(mistake), right="send the file again") from mistake
        return found

    return look


def _shapefile(file: Path, name: str) -> Opening:
    found = {"format": Guess("shapefile", "by how the file begins")}
    try:
        shapefile.encoding(file, name, ReadSpec(format="shapefile", path=name))
    except SourceDataError as silent:
        encoding = shapefile.encoding(file, name, ReadSpec(format="shapefile", path=name, encoding="auto"))
        found["encoding"] = Guess(encoding, f"{silent.found}; its bytes are well-formed so", "likely")
    return found


def _excel(file: Path, name: str) -> Opening:
    try:
        with calamine.CalamineWorkbook.from_path(file) as book:
            sheets = {
                sheet: book.get_sheet_by_name(sheet).to_python(skip_empty_area=False) for sheet in book.sheet_names
            }
    except (calamine.CalamineError, ValueError, OSError) as mistake:
        raise SourceDataError(name, found=str(mistake), right="send the file again as an Excel workbook") from mistake
    if not sheets:
        raise SourceDataError(name, found="the workbook has no sheet", right="send one with rows")
    found = {"format": Guess("excel", "a workbook")}
    sheet = max(sheets, key=lambda one: len(sheets[one]))
    if len(sheets) > 1:
        several = ", ".join(f"{one} ({len(rows)})" for one, rows in sheets.items())
        found["sheet"] = Guess(sheet, f"the one with most rows of {several}", "unsure")
    width = max((at for row in sheets[sheet] for at, cell in enumerate(row, start=1) if cell != ""), default=0)
    head = head_of([row[:width] for row in sheets[sheet]])
    if not head.row:
        found["columns"] = Guess(
            head.names, "no row holds names, only values; call the columns what they are", "unsure"
        )
    else:
        found |= _named(head)
    return found


def _parquet(_file: Path, _name: str) -> Opening:
    return {"format": Guess("parquet", "by how the file begins")}


_LOOKS: dict[str, Callable[[Path, str], Opening]] = {
    "excel": _excel,
    "flatgeobuf": _vector("flatgeobuf"),
    "gpkg": _vector("gpkg"),
    "parquet": _parquet,
    "shapefile": _shapefile,
}
