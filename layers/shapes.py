"""Lines and polygons in view: cut at its edge, without corners nobody could tell apart, never too many.

The database writes the GeoJSON; nobody else reads it before the browser does.
"""

from typing import Any

from sqlalchemy import JSON, ColumnElement, String, cast, false, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from layers import features
from layers.filters import Filter
from layers.geojson import DIGITS, feature_of, object_of, text
from layers.incidents import SRID
from layers.model import feature
from layers.pack import City
from layers.points import MOST, View
from layers.questions import Question
from layers.specs import LayerSpec
from layers.units import Unit

MARGIN = 0.1
"""Shapes are cut so much of the view's width outside it, where nobody sees the edge."""
COARSE = 0.25
"""Pixels of the zoom asked for that an outline may be off; a page may ask for a coarser zoom than its own."""
DIMENSIONS = {"line": 2, "polygon": 3}
"""As PostGIS numbers what may be taken from a collection."""


def shapes_in_view(layer: LayerSpec, asked: Filter, city: City, *, of: Unit, view: View) -> Question:
    """Ask for a layer's lines or polygons as GeoJSON text, largest first; of too many, the smallest stay out."""
    table = feature.c
    size = func.ST_Length(table.geom) if layer.geometry == "line" else func.ST_Area(table.geom)
    where = [table.geom.is_not(None), *features.reaching(layer, asked, city, of)]
    seen = select(table.id, size.label("size")).where(*where).cte("seen")
    largest = select(seen).order_by(seen.c.size.desc(), seen.c.id).limit(MOST).subquery("largest")
    # The offset keeps the database from cutting anew wherever the shape is named.
    shapes = (
        select(largest, _cut(table.geom, layer, view).label("shape"))
        .join(feature, table.id == largest.c.id)
        .offset(0)
        .subquery("shapes")
    )
    said = feature_of(cast(func.ST_AsGeoJSON(shapes.c.shape, DIGITS), JSON), features.declared(layer))
    ordered = aggregate_order_by(said, shapes.c.size.desc(), shapes.c.id)
    drawn = (
        select(func.coalesce(func.json_agg(ordered), func.json_build_array()))
        .select_from(shapes)
        .join(feature, table.id == shapes.c.id)
        .where(func.ST_IsEmpty(shapes.c.shape).is_(other=False))
    )
    total = select(func.count()).select_from(seen).scalar_subquery()
    head = {"type": text("FeatureCollection"), "total": total, "clustered": false()}
    return select(cast(object_of({**head, "features": drawn.scalar_subquery()}), String))


def _cut(shape: ColumnElement[Any], layer: LayerSpec, view: View) -> ColumnElement[Any]:
    """Return what of a shape is in view, in the form it has there."""
    west, south, east, north = view.box
    wide, high = MARGIN * (east - west), MARGIN * (north - south)
    box = func.ST_MakeEnvelope(west - wide, south - high, east + wide, north + high, SRID)
    inside = func.ST_ClipByBox2D(shape, box)
    simple = func.ST_Simplify(inside, COARSE * view.pixel, true())  # what is smaller than a pixel stays a dot
    return func.ST_CollectionExtract(simple, DIMENSIONS[layer.geometry])
