"""The head of a table: what separates its values, and which row names its columns."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

DELIMITERS = (",", "\t", ";", "|")
LOOKED_AT = 50
"""Rows from the first one on."""
DEEPEST = 20
"""The row below which no names are looked for."""
FULL = 0.6
"""The share of the columns that a row of names fills."""
VALUE = re.compile(r"^[-+]?[\d.,:/\s年月日-]+$")
"""What no column is called: numbers, dates, times."""


@dataclass(frozen=True)
class Head:
    """Where the names of the columns stand."""

    row: int
    """From 1, the last of them; 0 where no row has them."""
    names: tuple[str, ...]
    """One for each column, none alike."""
    plain: bool
    """Whether the names are as the file has them."""


def delimiter_of(text: str) -> str:
    """Return what separates values: what makes most rows equally wide, and wider than one."""

    def fits(delimiter: str) -> tuple[float, int]:
        widths = Counter(len(row) for row in rows_of(text, delimiter) if row)
        width, often = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(1, 0))
        return (often / widths.total() if width > 1 else 0.0), width

    return max(DELIMITERS, key=fits)


def rows_of(text: str, delimiter: str) -> list[list[str]]:
    """Return the first rows of delimited text."""
    rows = []
    try:
        for row in csv.reader(io.StringIO(text), delimiter=delimiter):
            rows.append(row)
            if len(rows) == LOOKED_AT:
                break
    except csv.Error:
        pass  # what follows cannot be taken apart; the reader says so
    return rows or [[]]


def head_of(rows: Sequence[Sequence[object]]) -> Head:
    """Return the first row that fills its columns with different texts that are no values.

    Where merged cells leave some without, and all of those have a name in the next row, what stands there counts.
    """
    texts = [["" if cell is None else str(cell).strip() for cell in row] for row in rows[:LOOKED_AT]]
    width = max((len(row) for row in texts), default=0)
    used = [at for at in range(width) if any(len(row) > at and row[at] for row in texts)]
    for number, row in enumerate(texts[:DEEPEST], start=1):
        below = texts[number] if number < len(texts) else []
        merged = _completes(row, below, used)
        names = [lower or upper for upper, lower in zip_longest(row, below, fillvalue="")] if merged else row
        filled = [cell for cell in names if cell]
        if len(filled) >= max(FULL * len(used), 1) and not any(VALUE.match(cell) for cell in (*filled, *row)):
            # Lines may end in delimiters that the row of names does not have.
            widths = Counter(len(row) for row in texts[number + merged :] if row)
            usual = max(widths, key=widths.__getitem__, default=0)
            different = _different([*names, *[""] * (usual - len(names))])
            return Head(number + merged, different, list(different) == row)
    return Head(0, _different([""] * width), plain=False)


def _completes(row: Sequence[str], below: Sequence[str], used: Sequence[int]) -> bool:
    """Tell whether a row says what merged cells of the one above it are of, and no more."""
    nameless = [at for at in used if at >= len(row) or not row[at]]
    wide = {max((one for one in used if one < at and one not in nameless), default=at) for at in nameless}
    filled = {at for at, cell in enumerate(below) if cell}
    return bool(nameless) and set(nameless) <= filled <= {*nameless, *wide} and len(filled) < len(used)


def _different(row: Sequence[str]) -> tuple[str, ...]:
    """Return names of which none is empty and no two are alike."""
    names: list[str] = []
    for at, cell in enumerate(row, start=1):
        name = cell or f"column {at}"
        names.append(name if name not in names else f"{name} ({at})")
    return tuple(names)
