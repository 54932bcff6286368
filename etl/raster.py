"""A raster of owners: which polygon holds a whole pixel, and which pixels an edge crosses.

Most points then find their polygon by one look into an array; only those in a crossed pixel need geometry.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from etl.rows import Shapes

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NOBODY = -1
CROSSED = -2
PIXELS_PER_POLYGON = 400
FEWEST, MOST = 64, 4096
"""Pixels along a side."""
MARGIN = 1e-6
"""Pixels by which an edge is thickened, far more than rounding can move a point."""


@dataclass(frozen=True)
class Raster:
    """Pixels over the polygons' common box."""

    owners: NDArray[np.int32]
    west: float
    south: float
    width: float
    height: float
    """Of a pixel."""

    def look(self, lon: Floats, lat: Floats) -> NDArray[np.int32]:
        """Return for each point the index of its polygon, or `NOBODY`, or `CROSSED` where geometry must decide."""
        rows, columns = self.owners.shape
        x, y = (lon - self.west) / self.width, (lat - self.south) / self.height
        inside = (x >= 0) & (x < columns) & (y >= 0) & (y < rows)
        found = np.full(len(lon), NOBODY, dtype=np.int32)
        found[inside] = self.owners[y[inside].astype(np.int64), x[inside].astype(np.int64)]
        return found


def rasterize(polygons: Shapes) -> Raster:
    """Return the raster of polygons that, where they overlap, leave the decision to geometry."""
    west, south, east, north = shapely.total_bounds(polygons)
    side = int(np.clip(np.sqrt(len(polygons) * PIXELS_PER_POLYGON), FEWEST, MOST))
    # One pixel of air around, so that points on the outline fall into a pixel that exists.
    width, height = (east - west) / (side - 2), (north - south) / (side - 2)
    raster = Raster(np.empty((side, side), np.int32), float(west - width), float(south - height), width, height)
    edges = _edges(polygons, raster)
    owner = _Edits(side)
    count = _Edits(side)
    _fill(edges, owner, count)
    crossed = _Edits(side)
    _mark(edges, crossed)
    owners, counts = owner.sums() - 1, count.sums()
    raster.owners[:] = np.where(counts == 1, owners, np.where(counts == 0, NOBODY, CROSSED))
    raster.owners[crossed.sums() > 0] = CROSSED
    return raster


@dataclass(frozen=True)
class _Edges:
    """Edges in pixels, repeated for each row of pixels they touch."""

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats
    owner: Integers
    row: Integers

    def at(self, y: Floats) -> Floats:
        """Return the x where each edge meets a height, held within the edge."""
        rise = self.y1 - self.y0
        share = np.divide(y - self.y0, rise, out=np.zeros_like(rise), where=rise != 0)
        return self.x0 + np.clip(share, 0.0, 1.0) * (self.x1 - self.x0)


class _Edits:
    """Additions to runs of pixels, summed up once."""

    def __init__(self, side: int) -> None:
        self.side = side
        self.steps = np.zeros(side * (side + 1), dtype=np.int32)

    def add(self, row: Integers, column: Integers, value: Any) -> None:  # noqa: ANN401 - an array or a number
        np.add.at(self.steps, row * (self.side + 1) + np.clip(column, 0, self.side), value)

    def sums(self) -> NDArray[np.int32]:
        return np.cumsum(self.steps.reshape(self.side, self.side + 1), axis=1, dtype=np.int32)[:, : self.side]


def _edges(polygons: Shapes, raster: Raster) -> _Edges:
    # Outer rings run against the clock and holes with it: an edge that goes down has its polygon on the right.
    parts, of_polygon = shapely.get_parts(shapely.orient_polygons(polygons), return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    places, ring = shapely.get_coordinates(rings, return_index=True)
    x = (places[:, 0] - raster.west) / raster.width
    y = (places[:, 1] - raster.south) / raster.height
    joined = np.flatnonzero(ring[:-1] == ring[1:])
    lowest = np.minimum(y[joined], y[joined + 1])
    highest = np.maximum(y[joined], y[joined + 1])
    first = np.floor(lowest - MARGIN).astype(np.int64)
    spans = np.floor(highest + MARGIN).astype(np.int64) - first + 1
    edge = np.repeat(joined, spans)
    starts = np.repeat(np.cumsum(spans) - spans, spans)
    row = np.repeat(first, spans) + np.arange(len(edge)) - starts
    owner = of_polygon[of_part[ring[edge]]]
    return _Edges(x[edge], y[edge], x[edge + 1], y[edge + 1], owner, row)


def _fill(edges: _Edges, owner: _Edits, count: _Edits) -> None:
    """Begin or end a polygon where an edge crosses the middle of a row."""
    middle: Floats = edges.row.astype(np.float64) + 0.5
    down = (edges.y1 <= middle) & (middle < edges.y0)
    up = (edges.y0 <= middle) & (middle < edges.y1)
    column = np.ceil(edges.at(middle) - 0.5).astype(np.int64)
    sign = down.astype(np.int32) - up.astype(np.int32)
    crossing = down | up
    row, column, sign = edges.row[crossing], column[crossing], sign[crossing]
    owner.add(row, column, sign * (edges.owner[crossing] + 1).astype(np.int32))
    count.add(row, column, sign)


def _mark(edges: _Edges, crossed: _Edits) -> None:
    """Mark every pixel that an edge touches."""
    row: Floats = edges.row.astype(np.float64)
    low, high = edges.at(row - MARGIN), edges.at(row + 1 + MARGIN)
    flat = edges.y0 == edges.y1
    left = np.where(flat, np.minimum(edges.x0, edges.x1), np.minimum(low, high))
    right = np.where(flat, np.maximum(edges.x0, edges.x1), np.maximum(low, high))
    crossed.add(edges.row, np.floor(left - MARGIN).astype(np.int64), 1)
    crossed.add(edges.row, np.floor(right + MARGIN).astype(np.int64) + 1, -1)
