"""Features as columns: what stands somewhere, in the table `feature`."""

from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from etl.attributes import objects
from etl.checks import Verdicts
from etl.fields import Fields, Vocabulary, trimmed
from etl.incidents import geometry
from etl.instants import microseconds, moment
from etl.place import place
from etl.rows import Mask, Rows
from etl.stamp import Stamp
from layers.errors import LoadError
from layers.specs import LayerSpec

KINDS = {
    "point": {shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT},
    "line": {shapely.GeometryType.LINESTRING, shapely.GeometryType.LINEARRING, shapely.GeometryType.MULTILINESTRING},
    "polygon": {shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON},
}
OWN = frozenset({"key", "name"})
TOTAL = r"(?i)^((合|总|小|共)\s*计|(grand |sub)?total)\s*([:：].*)?$"
"""How the last line of a table begins that sums up the others."""
FEWEST = 3
"""Columns of a file in which a row with a single value is a note below the table."""


class Features:
    """Makes columns of the rows of one source."""

    table = "feature"

    def __init__(self, words: Vocabulary, *, stamp: Stamp, layer: LayerSpec, newest: datetime) -> None:
        """Take what the columns depend on; a register is as recent as its file.

        Raises:
            LoadError: The source has no key.
        """
        if "key" not in words.source.fields:
            msg = f"{words.source.id}: features need the field key; add it"
            raise LoadError(msg)
        self.words = words
        self.stamp = stamp
        self.layer = layer
        self.modified = newest
        self.types = {field.id: field.type for field in layer.fields}

    def columns(self, rows: Rows, verdicts: Verdicts) -> dict[str, pa.Array]:
        """Return the columns of the table for every row; those of rejected rows mean nothing."""
        fields = Fields(rows, self.words, verdicts)
        placed = place(rows, self.words.source.place, stamp=self.stamp, verdicts=verdicts)
        shapes = placed.shapes
        types = shapely.get_type_id(shapes)
        _no_features(rows, fields.text("key"), shapely.is_missing(shapes), verdicts)
        wrong = (types >= 0) & ~np.isin(types, [int(kind) for kind in KINDS[self.layer.geometry]])
        right = f"the layer {self.layer.id!r} is of {self.layer.geometry}s"
        verdicts.reject(wrong, "wrong-geometry", lambda row: f"the place is a {shapes[row].geom_type}, {right}")
        others = {
            name: fields.typed(name, self.types.get(name)) for name in self.words.source.fields if name not in OWN
        }
        return {
            "key": fields.text("key"),
            "name": fields.text("name"),
            "unit_id": pa.array(placed.units),
            "geom": geometry(shapes),
            "attributes": objects(others, len(rows)),
            **placed.former,
        }

    def newest(self, columns: dict[str, pa.Array]) -> NDArray[np.int64]:
        """Return when the files were written."""
        return np.full(len(columns["key"]), microseconds(self.modified))

    def data_time(self, newest: int) -> datetime | None:
        """Return when the files were written."""
        return moment(newest)


def _no_features(rows: Rows, key: pa.Array, nowhere: Mask, verdicts: Verdicts) -> None:
    """Reject what stands below a table, its total and notes; an incident's would lack its time."""
    sums = nowhere & np.asarray(pc.fill_null(pc.match_substring_regex(key, TOTAL), fill_value=False))
    verdicts.reject(sums, "total-row", lambda row: f"the row begins with {key[row].as_py()!r}: it sums up the others")
    at = np.flatnonzero(nowhere)
    if not len(at) or len(rows.names) < FEWEST:
        return
    some = rows.columns.take(pa.array(at))
    filled = np.sum([np.asarray(trimmed(column).is_valid()) for column in some], axis=0)
    alone = np.zeros(len(rows), dtype=np.bool_)
    alone[at] = filled == 1
    verdicts.reject(
        alone & np.asarray(key.is_valid()),
        "note-row",
        lambda row: f"nothing but {key[row].as_py()!r} stands in the row: a note, not something that stands somewhere",
    )
