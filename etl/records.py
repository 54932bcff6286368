"""Records with keys of their own, as columns: missing keys are nulls, nested ones get names with dots."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import IntEnum
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa

from etl.rows import BATCH, Broken, Rows
from layers.errors import SourceDataError

COLUMNS = 2_000
"""More keys than this are no table."""
DEPTH = 4
"""Objects further down stay one text of JSON."""
LARGEST = 2**63

Record = Mapping[str, Any]


class Kind(IntEnum):
    """What the values of a column are, all of them."""

    NOTHING = 0
    BOOL = 1
    INT = 2
    FLOAT = 3
    TEXT = 4


TYPES = {
    Kind.NOTHING: pa.string(),
    Kind.BOOL: pa.bool_(),
    Kind.INT: pa.int64(),
    Kind.FLOAT: pa.float64(),
    Kind.TEXT: pa.string(),
}


def kind_of(value: object) -> Kind:
    """Return what one value is."""
    if value is None:
        return Kind.NOTHING
    if isinstance(value, bool):
        return Kind.BOOL
    if isinstance(value, int):
        return Kind.INT if -LARGEST <= value < LARGEST else Kind.TEXT
    return Kind.FLOAT if isinstance(value, float) else Kind.TEXT


def both(one: Kind, other: Kind) -> Kind:
    """Return what a column is that holds both kinds."""
    if one == other or Kind.NOTHING in {one, other}:
        return max(one, other)
    return Kind.FLOAT if {one, other} == {Kind.INT, Kind.FLOAT} else Kind.TEXT


def text_of(value: object) -> str | None:
    """Return a value as the text it would be in a CSV."""
    if value is None:
        return None
    if isinstance(value, str):
        # Half a character, which JSON can write and UTF-8 cannot, stays visible.
        return value.encode(errors="backslashreplace").decode()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False, default=str).encode(errors="backslashreplace").decode()


def array_of(values: list[Any], kind: Kind) -> pa.Array:
    """Return values as a column of their kind."""
    if kind in {Kind.NOTHING, Kind.TEXT}:
        values = [text_of(value) for value in values]
    return pa.array(values, TYPES[kind])


def flat(record: Record, *, prefix: str = "", depth: int = 1) -> Iterator[tuple[str, Any]]:
    """Yield a record's values, those of objects within it under names with dots."""
    for key, value in record.items():
        if isinstance(value, dict) and depth < DEPTH:
            yield from flat(value, prefix=f"{prefix}{key}.", depth=depth + 1)
        else:
            yield f"{prefix}{key}", value


@dataclass
class Columns:
    """What columns some records have together, in the order they first appear."""

    name: str
    kinds: dict[str, Kind] = field(default_factory=dict)
    rows: int = 0

    def note(self, record: object) -> None:
        """Take one more record into account."""
        self.rows += 1
        if not isinstance(record, dict):
            return
        for key, value in flat(record):
            self.kinds[key] = both(self.kinds.get(key, Kind.NOTHING), kind_of(value))
        if len(self.kinds) > COLUMNS:
            found = f"its records have more than {COLUMNS} different keys"
            raise SourceDataError(self.name, found=found, right="send records that are alike")

    def rows_of(self, records: list[object], first: int) -> Rows:
        """Return records as a piece; `first` is the number of the first."""
        numbers = np.arange(first, first + len(records), dtype=np.int64)
        known = [isinstance(record, dict) for record in records]
        values = [dict(flat(record)) for record in records if isinstance(record, dict)]
        columns = {key: array_of([row.get(key) for row in values], kind) for key, kind in self.kinds.items()}
        message = "this is no object with keys and values"
        broken = tuple(
            Broken(int(number), "not-a-record", message, {"value": text_of(record)})
            for number, record, good in zip(numbers, records, known, strict=True)
            if not good
        )
        batch = pa.RecordBatch.from_pydict(columns)
        done = (first - 1 + len(records)) / max(self.rows, 1)
        return Rows(self.name, batch, numbers[np.array(known, dtype=np.bool_)], broken=broken, done=done)


def pieces(name: str, records: Callable[[], Iterable[object]]) -> Iterator[Rows]:
    """Yield records as pieces; they are gone through twice, first to see what columns there are."""
    columns = Columns(name)
    for record in records():
        columns.note(record)
    again = iter(records())
    first = 1
    while batch := list(islice(again, BATCH)):
        yield columns.rows_of(batch, first)
        first += len(batch)
