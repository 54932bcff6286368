"""Features as columns: what stands somewhere, in the table `feature`."""

from datetime import datetime

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from etl.attributes import objects
from etl.checks import Verdicts
from etl.fields import Fields, Vocabulary
from etl.incidents import geometry
from etl.instants import microseconds, moment
from etl.place import place
from etl.rows import Rows
from etl.stamp import Stamp
from layers.errors import LoadError
from layers.specs import LayerSpec

KINDS = {
    "point": {shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT},
    "line": {shapely.GeometryType.LINESTRING, shapely.GeometryType.LINEARRING, shapely.GeometryType.MULTILINESTRING},
    "polygon": {shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON},
}
OWN = frozenset({"key", "name"})


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
