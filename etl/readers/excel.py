"""Excel workbooks (.xlsx, .xlsb, .xls) and .ods: one sheet, one row of it the header."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import ZipFile

import numpy as np
import pyarrow as pa
import python_calamine as calamine

from etl.archives import BAD
from etl.checks import list_some
from etl.records import Kind, array_of, both, kind_of
from etl.rows import BATCH, Rows
from layers.errors import SourceDataError
from layers.specs import ReadSpec

CHUNK = 1 << 20
ERROR, ODS_ERROR = b' t="e"', b'calcext:value-type="error"'
"""What an .xlsx and an .ods say of a cell that holds an error, such as #N/A."""
LONG = 10**15
"""The smallest whole number of more digits than a workbook keeps: the others are zeros."""
REFUSALS = (calamine.CalamineError, ValueError, OSError)
"""What the library says to a file it cannot read."""


def read(file: Path, *, name: str, spec: ReadSpec) -> Iterator[Rows]:
    """Read a sheet; a time of day in a cell is text as in ISO 8601, a whole number has no decimals."""
    rows, failed = _cells(file, name=name, spec=spec)
    header = _header(rows[spec.header - 1 : spec.header], name=name, spec=spec)
    body = rows[spec.header - 1 if spec.columns else spec.header :]
    while body and not any(cell not in {"", None} for cell in body[-1]):
        body.pop()
    columns = {column: [_plain(row[at]) if at < len(row) else None for row in body] for at, column in enumerate(header)}
    kinds = {column: _kind(values) for column, values in columns.items()}
    rounded = sum(_rounded(values) for column, values in columns.items() if kinds[column] is not Kind.FLOAT)
    for first in range(0, max(len(body), 1), BATCH):
        batch = pa.RecordBatch.from_pydict(
            {column: array_of(values[first : first + BATCH], kinds[column]) for column, values in columns.items()}
        )
        numbers = np.arange(first + 1, first + 1 + batch.num_rows, dtype=np.int64)
        done = min((first + BATCH) / max(len(body), 1), 1.0)
        yield Rows(name, batch, numbers, done=done, failed=0 if first else failed, rounded=0 if first else rounded)


def _cells(file: Path, *, name: str, spec: ReadSpec) -> tuple[list[list[Any]], int]:
    """Return the cells of the sheet, and how many of them are empty because their formula failed."""
    try:
        with calamine.CalamineWorkbook.from_path(file) as book:
            sheets = book.sheet_names
            wanted = spec.sheet if isinstance(spec.sheet, str) else (spec.sheet or 1) - 1
            if wanted not in sheets and wanted not in range(len(sheets)):
                found = f"no sheet {spec.sheet!r}"
                raise SourceDataError(name, found=found, right=f"it has {list_some(sheets) or 'none'}")
            at = sheets.index(wanted) if isinstance(wanted, str) else wanted
            sheet = book.get_sheet_by_index(at)
            rows: list[list[Any]] = sheet.to_python(skip_empty_area=False)
            if spec.sheet is None and len(sheets) > 1:
                _require_one(book, rows, name=name, spec=spec)
            _unmerge(rows, sheet.merged_cell_ranges or [], first=spec.header - bool(spec.columns))
            return rows, _failed(file, at)
    except calamine.PasswordError as locked:
        raise SourceDataError(name, found="it is locked with a password", right="send it without") from locked
    except REFUSALS as mistake:
        raise SourceDataError(name, found=str(mistake), right="send the file again as an Excel workbook") from mistake


def _failed(file: Path, at: int) -> int:
    """Count the cells of a sheet that hold an error, of which calamine makes empty ones; 0 in an .xls or .xlsb.

    Those two say it in bytes among bytes of other meanings, and would have to be taken apart a second time.
    """
    try:
        with ZipFile(file) as book:
            if "content.xml" in book.namelist():
                return book.read("content.xml").split(b"<table:table ")[at + 1].count(ODS_ERROR)
            sheet = re.findall(rb'<(?:\w+:)?sheet\s[^>]*\br:id="([^"]+)"', book.read("xl/workbook.xml"))[at]
            parts = re.findall(rb"<(?:\w+:)?Relationship\s[^>]*>", book.read("xl/_rels/workbook.xml.rels"))
            part = next(part for part in parts if b'Id="%b"' % sheet in part)
            path = PurePosixPath("/xl", re.findall(rb'\bTarget="([^"]+)"', part)[0].decode())
            found, end = 0, b""
            with book.open(str(path)[1:]) as cells:
                while chunk := cells.read(CHUNK):
                    found += (end + chunk).count(ERROR)
                    end = chunk[1 - len(ERROR) :]
            return found
    except (*BAD, LookupError, StopIteration):
        return 0


def _unmerge(rows: list[list[Any]], merged: Iterable[tuple[tuple[int, int], tuple[int, int]]], *, first: int) -> None:
    """Write what a cell says that was merged over several rows into each of them, as a person reads it."""
    for (top, left), (bottom, _) in merged:
        if first <= top < bottom and top < len(rows) and left < len(rows[top]):
            for row in rows[top + 1 : bottom + 1]:
                row[left] = rows[top][left]


def _require_one(book: calamine.CalamineWorkbook, rows: list[list[Any]], *, name: str, spec: ReadSpec) -> None:
    """Refuse a workbook that goes on in another sheet, or begins in one, where nobody says which is meant."""
    sheets, head = book.sheet_names, slice(spec.header - 1, spec.header)
    right = f"name one under read.sheet; it has {list_some(sheets)}"
    if not any(cell not in {"", None} for row in rows for cell in row):
        raise SourceDataError(name, found=f"the sheet {sheets[0]!r} is empty", right=right)
    for at, other in enumerate(sheets[1:], start=1):
        if not spec.columns and rows[head] == book.get_sheet_by_index(at).to_python(skip_empty_area=False)[head]:
            found = f"the sheets {sheets[0]!r} and {other!r} have the same columns"
            raise SourceDataError(name, found=found, right=f"{right}, a source for each")


def _header(rows: list[list[Any]], *, name: str, spec: ReadSpec) -> list[str]:
    if spec.columns:
        return list(spec.columns)
    header = ["" if cell in {"", None} else str(_plain(cell)).strip() for cell in rows[0]] if rows else []
    while header and not header[-1]:
        header.pop()
    if not header:
        raise SourceDataError(
            name, found=f"row {spec.header} is empty", right="name the row of column names under read.header"
        )
    named = [column or f"column {at}" for at, column in enumerate(header, start=1)]
    if twice := {column for column in named if named.count(column) > 1}:
        raise SourceDataError(
            name, found=f"columns named alike: {sorted(twice)}", right="give every column its own name"
        )
    return named


def _plain(cell: Any) -> Any:  # noqa: ANN401 - whatever a cell holds
    if cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer():
        # The nearest binary number has digits of its own behind those that the workbook keeps.
        return int(cell) if abs(cell) < LONG else int(Decimal(repr(cell)))
    return str(cell) if isinstance(cell, timedelta) else cell


def _rounded(values: list[Any]) -> int:
    return sum(isinstance(value, int) and abs(value) >= LONG for value in values)


def _kind(values: list[Any]) -> Kind:
    kind = Kind.NOTHING
    for one in {kind_of(value) for value in values}:
        kind = both(kind, one)
    return kind
