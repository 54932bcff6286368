"""Polygons of units: mended, labelled, simplified for drawing."""

import numpy as np
import shapely

from etl.rows import Mask, Shapes

METRES_PER_DEGREE = 111_320.0


def polygons(shapes: Shapes) -> Shapes:
    """Return what is polygon in each shape as a valid MultiPolygon; `None` where nothing is."""
    valid = shapes.copy()
    broken = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    valid[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
    several = np.empty(len(shapes), dtype=object)
    several[:] = [_multi(shape) for shape in valid]
    return several


def _multi(shape: shapely.Geometry | None) -> shapely.MultiPolygon | None:
    if shape is None:
        return None
    parts = [part for part in _parts(shape) if isinstance(part, shapely.Polygon) and not part.is_empty]
    return shapely.MultiPolygon(parts) if parts else None


def _parts(shape: shapely.Geometry) -> list[shapely.Geometry]:
    parts = list(shapely.get_parts(shape))
    nested = [part for part in parts if shapely.get_type_id(part) > shapely.GeometryType.POLYGON]
    return [part for part in parts if part not in nested] + [deeper for part in nested for deeper in _parts(part)]


def labels(shapes: Shapes, *, careful: Mask) -> Shapes:
    """Return a point well inside each shape: where `careful`, the middle of the largest circle that fits in."""
    points: Shapes = shapely.point_on_surface(shapes)
    chosen = shapes[careful]
    west, south, east, north = shapely.bounds(chosen).T
    tolerance = np.maximum(east - west, north - south) / 100
    # The circle's radius is a line from its centre to the nearest edge.
    points[careful] = shapely.get_point(shapely.maximum_inscribed_circle(chosen, tolerance), 0)
    return points


def drawn(shapes: Shapes, *, metres: float, latitude: float) -> Shapes:
    """Return a level's polygons with fewer vertices, neighbours still sharing every edge."""
    squeeze = np.cos(np.radians(latitude))
    flat = shapely.transform(shapes, lambda places: places * [squeeze, 1.0])
    simple = shapely.coverage_simplify(flat, metres / METRES_PER_DEGREE)
    back = shapely.transform(simple, lambda places: places / [squeeze, 1.0])
    usable = shapely.is_valid(back) & ~shapely.is_empty(back)
    back[~usable] = shapes[~usable]
    return polygons(back)
