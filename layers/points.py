"""What stands or happened in view: single points while they are few, counts by cell while they are many.

The database writes the GeoJSON; nobody else reads it before the browser does.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    JSON,
    ColumnElement,
    Integer,
    Numeric,
    String,
    Table,
    case,
    cast,
    func,
    select,
    union_all,
)

from layers import features, incidents, pins
from layers.filters import Box, Filter
from layers.geojson import DIGITS, Properties, feature_of, object_of, text
from layers.model import Status, category, feature, incident, source
from layers.pack import City
from layers.questions import Question
from layers.specs import LayerSpec
from layers.units import Unit
from layers.words import status_code

SINGLES = 500
"""So many points are drawn one by one."""
MOST = 2_000
"""No answer holds more features."""
CELL, TILE = 64, 256
"""Pixels: a cell of the clusters, a tile of the zoom."""


@dataclass(frozen=True)
class View:
    """What a map shows: a box and a zoom."""

    box: Box
    zoom: int

    @property
    def pixel(self) -> float:
        """The height of a pixel, in degrees."""
        return self._squeeze * 360 / TILE / float(2**self.zoom)

    @property
    def _squeeze(self) -> float:
        """How many degrees of latitude are as long on the map as one of longitude."""
        _, south, _, north = self.box
        return max(math.cos(math.radians(round((south + north) / 2))), 0.01)

    def cell(self) -> tuple[float, float]:
        """Return a cell's width and height in degrees: about square on the map, the same wherever one pans to."""
        west, south, east, north = self.box
        squeeze = self._squeeze
        width = 360 * CELL / TILE / 2**self.zoom
        while ((east - west) / width + 1) * ((north - south) / width / squeeze + 1) > MOST:
            width *= 2
        return width, width * squeeze


def features_in_view(layer: LayerSpec, asked: Filter, city: City, *, of: Unit, view: View) -> Question:
    """Ask for a layer's points as GeoJSON text, with the attributes the layer declares."""
    where = [feature.c.geom.is_not(None), *features.conditions(layer, asked, city, of)]
    return _in_view(feature, where, view=view, spot=feature.c.geom, said=features.declared(layer))


def incidents_in_view(asked: Filter, city: City, *, of: Unit, view: View, now: datetime) -> Question:
    """Ask for incidents as GeoJSON text, with what draws and names them: times were half of what is sent."""
    table = incident.c
    where = [table.geom.is_not(None), *incidents.conditions(asked, city, of)]
    said = {
        **{name: table[name] for name in ("id", "key", "title", "address", "channel")},
        "reported_at": func.date_trunc("second", table.reported_at),
        "status": case({int(status): status_code(status) for status in Status}, value=table.status),
        "category": select(category.c.code).where(category.c.id == table.category_id).scalar_subquery(),
        "source": select(source.c.code).where(source.c.id == table.source_id).scalar_subquery(),
        **{label.name: label.element for label in pins.shown()},
        "overdue": (table.status < int(Status.CLOSED)) & (table.due_at < now),
    }
    if declared := incidents.declared(city.layers.values()):
        said["attributes"] = object_of({name: table.attributes[name] for name in declared})
    return _in_view(incident, where, view=view, spot=table.geom, said=said)


def incidents_read(asked: Filter, city: City, *, of: Unit) -> Question:
    """Ask for the ids of the incidents that have a point: what must be read before any can be drawn or counted."""
    return select(incident.c.id).where(incident.c.geom.is_not(None), *incidents.conditions(asked, city, of))


def features_read(layer: LayerSpec, asked: Filter, city: City, *, of: Unit) -> Question:
    """Ask the same of a layer's features."""
    return select(feature.c.id).where(feature.c.geom.is_not(None), *features.conditions(layer, asked, city, of))


def _in_view(
    table: Table,
    where: Sequence[ColumnElement[bool]],
    *,
    view: View,
    spot: ColumnElement[object],
    said: Properties,
) -> Question:
    """Ask for features as text: either every row, or cells with their counts and the rows alone in theirs."""
    wide, high = view.cell()
    # Read once, whether they turn out to be few or many.
    seen = select(table.c.id, func.ST_X(spot).label("x"), func.ST_Y(spot).label("y")).where(*where).cte("seen")
    x, y = seen.c.x, seen.c.y
    edges = (func.min(x), func.min(y), func.max(x), func.max(y))
    cells = (
        select(
            func.count().label("n"),
            func.min(seen.c.id).label("id"),
            func.json_build_array(_rounded(func.avg(x)), _rounded(func.avg(y))).label("middle"),
            func.json_build_array(*(_rounded(edge) for edge in edges)).label("bounds"),
        )
        .group_by(func.floor(x / wide), func.floor(y / high))
        .cte("cells")
    )
    total = select(cast(func.coalesce(func.sum(cells.c.n), 0), Integer)).scalar_subquery()
    many = total > SINGLES
    few = select(seen.c.id).where(~many)
    alone = union_all(few, select(cells.c.id).where(many, cells.c.n == 1)).subquery("alone")
    spots = object_of({"type": text("Point"), "coordinates": cells.c.middle})
    clusters = feature_of(spots, {"count": cells.c.n, "bounds": cells.c.bounds})
    shape = cast(func.ST_AsGeoJSON(table.c.geom, DIGITS), JSON)
    singles = select(feature_of(shape, said).label("feature")).join(alone, alone.c.id == table.c.id)
    found = union_all(singles, select(clusters.label("feature")).where(cells.c.n > 1, many)).subquery("found")
    by = case((many, text("cell")), else_=text("point"))
    head = {"type": text("FeatureCollection"), "total": total, "clustered": many, "by": by}
    features = func.coalesce(func.json_agg(found.c.feature), func.json_build_array())
    return select(cast(object_of({**head, "features": features}), String))


def _rounded(degrees: ColumnElement[float]) -> ColumnElement[object]:
    return func.round(cast(degrees, Numeric), DIGITS)
