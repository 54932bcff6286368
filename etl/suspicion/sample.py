"""A fair sample of the rows of one load, some thousand however many there are: where they are, what they say of it."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from etl.checks import Verdicts
from etl.fields import Fields, Vocabulary
from etl.place import coordinates, datum_of, shift_to_wgs84, unit_codes
from etl.rows import Rows
from layers.specs import PlaceSpec

MOST = 4_096
"""Rows looked at; at least half as many where a load has more."""
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""Its multiples, as 64-bit numbers, are spread evenly, and no habit of a file's order goes along with them."""
Ranks = NDArray[np.uint64]
TEXTS = ("key", "code", "address", "text")
COLUMNS = ("rank", "x", "y", "lon", "lat", "turned_lon", "turned_lat", *TEXTS)
"""Of a sample: as sent (`x`, `y`), in WGS 84 as declared, and with the axes exchanged; what the rows say."""


class Sample:
    """Takes rows as they pass by."""

    def __init__(self, words: Vocabulary) -> None:
        """Begin with none."""
        self.words = words
        self.seen = 0
        self.datum = datum_of(words.source.place, None)
        self._highest = np.uint64(2**64 - 1)
        self._taken: list[pd.DataFrame] = []

    def see(self, rows: Rows) -> None:
        """Take some rows of a piece."""
        rank = np.arange(self.seen + 1, self.seen + len(rows) + 1, dtype=np.uint64) * GOLDEN
        self.seen += len(rows)
        self.datum = datum_of(self.words.source.place, rows.crs)
        at = np.flatnonzero(rank <= self._highest)
        # A piece that has too many by itself is thinned before anything is asked of its rows.
        while len(at) > MOST:
            self._highest >>= np.uint64(1)
            at = at[rank[at] <= self._highest]
        if len(at):
            self._taken.append(_taken(_some(rows, at), self.words, rank[at]))
        while sum(map(len, self._taken)) > MOST:
            self._highest >>= np.uint64(1)
            self._taken = [taken[taken["rank"] <= self._highest] for taken in self._taken]

    def rows(self) -> pd.DataFrame:
        """Return the rows taken."""
        if not self._taken:
            return pd.DataFrame(columns=list(COLUMNS))
        whole = pd.concat(self._taken, ignore_index=True)
        texts = whole[list(TEXTS)].astype(object)
        return whole.assign(**texts.where(texts.notna(), None))


def _some(rows: Rows, at: NDArray[np.int64]) -> Rows:
    shapes = None if rows.shapes is None else rows.shapes[at]
    return Rows(rows.file, rows.columns.take(pa.array(at)), rows.numbers[at], shapes=shapes, crs=rows.crs)


def _taken(rows: Rows, words: Vocabulary, rank: Ranks) -> pd.DataFrame:
    spec = words.source.place
    verdicts = Verdicts(rows)
    fields = Fields(rows, words, verdicts)
    x, y = coordinates(rows, spec, verdicts)
    shift = shift_to_wgs84(spec, rows.crs)
    lon, lat = shift(x, y)
    turned_lon, turned_lat = shift(y, x)
    code = np.array(unit_codes(rows.columns, spec), dtype=object)
    address = next((name for name in ("address", "name") if name in fields), "address")
    columns = [rank, x, y, lon, lat, turned_lon, turned_lat, fields.text("key"), code, fields.text(address)]
    return pd.DataFrame(dict(zip(COLUMNS, [*map(_plain, columns), _plain(_said(rows, spec))], strict=True)))


def _said(rows: Rows, spec: PlaceSpec) -> pa.Array:
    """Return all texts of each row in one, but for those that are its place."""
    place = {spec.lon, spec.lat, spec.unit}
    columns = [column for name, column in zip(rows.names, rows.columns, strict=True) if name not in place]
    # Arrow's own way to skip nulls loses the rows that have nothing else.
    texts = [pc.fill_null(column, "") for column in columns if pa.types.is_string(column.type)]
    return pc.binary_join_element_wise(*texts, "\n") if texts else pa.nulls(len(rows))


def _plain(column: pa.Array | NDArray[np.generic]) -> NDArray[np.generic]:
    if isinstance(column, np.ndarray):
        return column
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=object)
