"""The columns that a source's files are known to have: others stop the load before a row of them gets in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa
from sqlalchemy import Connection, insert, select, update

from etl.rows import Rows
from layers import model
from layers.errors import SourceDataError
from layers.specs import SourceSpec

EMPTY = "empty"
"""The type of a column without a value, which may turn out to be any other."""
SPARSE = frozenset({"json", "http-json"})
"""Formats that leave out what a record does not have, so that only columns the source uses are missed."""
Shape = Mapping[str, str]
"""Names to types, in the order of the file."""


@dataclass(frozen=True)
class Known:
    """A shape that files of the source had, and since which load."""

    number: int | None
    """In the table; none while it is new."""
    shape: Shape
    load: int


class Drift:
    """Compares the files of one load with those of the loads before."""

    def __init__(self, connection: Connection, source: SourceSpec, *, number: int, load: int, accept: bool) -> None:
        """Read what is known; at the first load, or to `accept`, what comes is remembered."""
        self.connection = connection
        self.source = source
        self.kind = " ".join(filter(None, (source.read.format, source.read.path, source.read.layer)))
        self.load = load
        self.learned: set[int] = set()
        self.values = {"source_id": number, "kind": self.kind, "load_id": load}
        table = model.source_shape
        asked = select(table.c.id, table.c.columns, table.c.load_id)
        found = connection.execute(asked.where(table.c.source_id == number, table.c.kind == self.kind))
        self.known = [Known(*row) for row in found]
        self.accept = accept or not self.known

    def check(self, rows: Rows) -> None:
        """Compare a file by its first piece.

        Raises:
            SourceDataError: Its columns are not those of any file before.
        """
        shape = shape_of(rows)
        compared = [(known, self._differences(known.shape, shape)) for known in self.known]
        nearest, differences = min(compared, key=lambda pair: len(pair[1]), default=(None, []))
        if nearest is not None and not differences:
            self._learn(nearest, shape)
        elif self.accept:
            self._remember(shape)
        elif nearest is not None:
            found = (
                f"its columns are not those known since load {nearest.load}: {'; '.join(differences)}; "
                f"before: {_listed(nearest.shape)}; now: {_listed(shape)}"
            )
            right = "mend the file or the source, or load once with --accept-drift to take the columns as they are"
            raise SourceDataError(rows.file, found=found, right=right)

    def _differences(self, before: Shape, now: Shape) -> list[str]:
        watched: set[str | None] = {*before, *now}
        if self.source.read.format in SPARSE:
            place = self.source.place
            fields = {spec.column for spec in self.source.fields.values()}
            watched = {*fields, place.lon, place.lat, place.unit} | (set(before) & set(now))
        gone = [name for name in before if name not in now and name in watched]
        new = [name for name in now if name not in before and name in watched]
        other = [name for name in before if name in now and EMPTY not in {before[name], now[name]}]
        return [
            *([f"gone: {', '.join(gone)}"] if gone else []),
            *([f"new: {', '.join(new)}"] if new else []),
            *(f"{name} was {before[name]}, is {now[name]}" for name in other if before[name] != now[name]),
        ]

    def keep(self) -> None:
        """Write down what this load taught."""
        table = model.source_shape
        for known in self.known:
            if known.number is None:
                self.connection.execute(insert(table).values(columns=known.shape, **self.values))
            elif known.number in self.learned:
                changed = update(table).where(table.c.id == known.number)
                self.connection.execute(changed.values(columns=known.shape))

    def _remember(self, shape: Shape) -> None:
        self.known.append(Known(None, shape, self.load))

    def _learn(self, known: Known, shape: Shape) -> None:
        """Remember the type of columns that were empty so far."""
        learned = {**known.shape, **{name: kind for name, kind in shape.items() if known.shape.get(name) == EMPTY}}
        if learned != known.shape:
            self.known[self.known.index(known)] = Known(known.number, learned, known.load)
            if known.number is not None:
                self.learned.add(known.number)


def shape_of(rows: Rows) -> Shape:
    """Return the columns of a piece with their types, as people call them."""
    return {name: _kind(rows.columns.column(name)) for name in rows.names}


def _kind(column: pa.Array) -> str:
    kind = column.type
    if column.null_count == len(column):
        return EMPTY
    if pa.types.is_boolean(kind):
        return "yes or no"
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    return "time" if pa.types.is_temporal(kind) else "text"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
