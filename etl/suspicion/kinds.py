"""What kinds of geometry came, and how many had to be mended: whoever made the file may want to know."""

from collections import Counter

import numpy as np
import shapely

from etl.rows import Shapes

PLAIN = ("point", "line", "line", "polygon", "point", "line", "polygon", "collection")
"""By shapely's number of the type."""


class Kinds:
    """Counts the geometry of one load."""

    def __init__(self) -> None:
        """Begin with none."""
        self.rows: Counter[str] = Counter()
        self.mended = 0
        self.missing = 0

    def see(self, shapes: Shapes | None) -> None:
        """Count a piece."""
        if shapes is None:
            return
        types = shapely.get_type_id(shapes)
        for number, rows in zip(*np.unique(types[types >= 0], return_counts=True), strict=True):
            self.rows[PLAIN[number]] += int(rows)
        self.missing += int(np.count_nonzero(types < 0))
        extended = shapes[types > shapely.GeometryType.POINT]
        self.mended += int(np.count_nonzero(~shapely.is_valid(extended)))

    def findings(self) -> dict[str, list[dict[str, object]]]:
        """Return how many rows have no shape that can be read, how many were invalid, and the kinds if several."""
        found: dict[str, list[dict[str, object]]] = {}
        if self.missing:
            found["without_geometry"] = [{"rows": self.missing, "of": self.missing + self.rows.total()}]
        if self.mended:
            found["mended"] = [{"rows": self.mended, "of": self.rows.total()}]
        if len(self.rows) > 1:
            found["mixed"] = [{"kind": kind, "rows": rows} for kind, rows in self.rows.most_common()]
        return found
