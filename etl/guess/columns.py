"""Columns of a file as guesses look at them: their values, how often each stands there, how many rows have one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from etl.codes import codes_in
from etl.fields import Floats, numbers_in, trimmed
from etl.guess.words import NULLS, VOIDS
from etl.rows import Rows, Shapes
from layers.datum import Degrees

MEASURED = r"^[-+]?\d[\d.,:/\s年月日时分秒TZ+-]*$"
"""How numbers, dates and times look."""
NUMERIC = 0.95
"""The share of its values that are numbers in a column of numbers."""


@dataclass(frozen=True)
class Column:
    """One column; texts that mean nothing are nothing."""

    name: str
    text: pa.Array
    kind: pa.DataType
    """As the file has it."""

    @classmethod
    def of(cls, name: str, sent: pa.Array, nulls: Iterable[str] = NULLS) -> "Column":
        """Return a column as the file has it, without texts that mean nothing."""
        text = codes_in(sent) if pa.types.is_floating(sent.type) else trimmed(sent)
        meaningless = pc.is_in(text, value_set=pa.array(nulls, pa.string()))
        return cls(name, pc.if_else(meaningless, pa.scalar(None, pa.string()), text), sent.type)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How often each value stands there, the most frequent first."""
        found = pc.value_counts(self.text.drop_null())
        pairs = zip(found.field("values").to_pylist(), found.field("counts").to_pylist(), strict=True)
        return dict(sorted(pairs, key=lambda pair: -pair[1]))

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.text)

    @property
    def filled(self) -> float:
        """The share of rows that have a value."""
        return 1 - int(self.text.null_count) / max(self.rows, 1)

    @cached_property
    def numbers(self) -> Floats:
        """The values as numbers, NaN where they are none."""
        return numbers_in(self.text)

    @property
    def numeric(self) -> bool:
        """Whether it holds numbers."""
        given = self.rows - self.text.null_count
        return bool(given) and np.count_nonzero(np.isfinite(self.numbers)) >= NUMERIC * given


@dataclass(frozen=True)
class Sample:
    """The first rows of a file."""

    columns: tuple[Column, ...]
    shapes: Shapes | None
    crs: str | None
    strange: str | None
    rows: int
    nulls: dict[str, int]
    """Texts that mean nothing, and how often they stand there."""

    @classmethod
    def of(cls, rows: Rows) -> "Sample":
        """Look at a piece of a file."""
        sent = {name: rows.columns.column(name) for name in rows.names}
        texts = [pc.utf8_trim_whitespace(column) for column in sent.values() if pa.types.is_string(column.type)]
        words = [*NULLS, *{word: None for text in texts for word in _voids(text)}]
        often = {word: sum(pc.sum(pc.equal(text, word)).as_py() or 0 for text in texts) for word in words}
        nulls = {word: many for word, many in often.items() if many}
        columns = tuple(Column.of(name, column, words) for name, column in sent.items())
        return cls(columns, rows.shapes, rows.crs, rows.strange, len(rows), nulls)

    def __getitem__(self, name: str) -> Column:
        """Return the column of a name."""
        return next(column for column in self.columns if column.name == name)

    def without(self, *names: str | None) -> Iterator[Column]:
        """Yield the columns that are left."""
        yield from (column for column in self.columns if column.name not in names)

    @property
    def geometry(self) -> str | None:
        """What most of the file's own shapes are: point, line or polygon; nothing where it has none."""
        if self.shapes is None or shapely.is_missing(self.shapes).all():
            return None
        kinds = shapely.get_dimensions(self.shapes[~shapely.is_missing(self.shapes)])
        return ("point", "line", "polygon")[int(np.bincount(np.maximum(kinds, 0)).argmax())]

    def places(self) -> tuple[Degrees, Degrees]:
        """Return a point on each of the file's own shapes, in the file's coordinates."""
        shapes = np.full(self.rows, None, dtype=object) if self.shapes is None else self.shapes.copy()
        extended = shapely.get_dimensions(shapes) > 0
        shapes[extended] = shapely.point_on_surface(shapes[extended])
        return shapely.get_x(shapes), shapely.get_y(shapes)


def _voids(text: pa.Array) -> list[str]:
    """Return the words that mean nothing in a column which otherwise holds numbers, dates or times."""
    said = text.filter(pc.greater(pc.binary_length(text), 0))
    there = [word for word in VOIDS if pc.any(pc.equal(said, word)).as_py()]
    if not there:
        return []
    rest = said.filter(pc.invert(pc.is_in(said, value_set=pa.array([*NULLS, *there], pa.string()))))
    measured = pc.sum(pc.match_substring_regex(rest, MEASURED)).as_py() or 0
    return there if measured and measured >= NUMERIC * len(rest) else []
