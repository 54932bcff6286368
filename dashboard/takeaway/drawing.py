"""What a printed map shows: the units with their polygons and numbers, and the classes that colour them.

Places are metres east and north in an equirectangular projection true at the middle latitude: over a city, lengths
differ from those on the ground by less than the line of a scale bar is wide.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Row, func, select

from dashboard.classes import Class, class_of, classify
from dashboard.leaflet import ramp
from dashboard.measuring import written
from dashboard.takeaway.family import family
from dashboard.takeaway.overlays import Overlay, overlays
from dashboard.takeaway.tables import Order
from dashboard.values import Asked, measured
from layers.coordinates import ELLIPSOID
from layers.filters import Filter
from layers.indicators import Indicator
from layers.questions import Question
from layers.units import Unit, ancestor_ids, by_ids, in_force

METRES = 6_371_008.8 * math.pi / 180
"""In a degree of latitude."""
CORNERS = 120
"""Of a circle."""
NOTHING = "#d3dbe2"
"""The colour of a unit without a value."""


@dataclass(frozen=True)
class Look:
    """How a map is to look: what colours its units, how classes are cut, and which layers lie over them."""

    indicator: Indicator
    method: str
    breaks: Sequence[float]
    ramp: str
    layers: Sequence[str]


@dataclass(frozen=True)
class Area:
    """One unit: its polygon, its value as it is written, and where both its name and its value go."""

    code: str
    name: str
    value: float | None
    text: str
    shape: BaseGeometry
    at: tuple[float, float]
    colour: str


@dataclass(frozen=True)
class Drawing:
    """Everything on the map, and what its colours mean."""

    areas: Sequence[Area]
    classes: Sequence[Class]
    colours: Sequence[str]
    unknown: int
    """How many units have no value."""
    chosen: str | None
    """On the lowest level: the unit among its neighbours."""
    overlays: Sequence[Overlay]
    """From the bottom up, in metres as well."""
    limits: Sequence[BaseGeometry]
    """The areas that filter, in metres too."""

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north, in metres."""
        west, south, east, north = shapely.total_bounds([area.shape for area in self.areas]).tolist()
        return west, south, east, north


def drawn(order: Order, look: Look) -> Drawing:
    """Return the units below the order's, or on the lowest level its neighbours, as on screen."""
    chosen, of = None, family(order)
    if not of.children and not order.rank:
        chosen, order = order.of.code, replace(order, of=parent(order))
        of = family(order)
    indicator = look.indicator
    found = measured(order.connection, indicator.needs, Asked(order.city, order.asked, of, order.now))
    values = {child.code: indicator.value(found[child.id]) for child in of.children}
    known = [value for value in values.values() if value is not None]
    classes = classify(known, look.method, digits=indicator.digits, breaks=look.breaks)
    colours = ramp(len(classes), "light", name=look.ramp, from_zero=bool(classes) and classes[0].high == 0)
    rows = order.connection.execute(polygons(order)).all()
    squeeze = math.cos(math.radians(sum(row.lat for row in rows) / len(rows)))
    metres = partial(np.multiply, np.array([METRES * squeeze, METRES]))

    def area(row: Row[Any]) -> Area:
        value = values[row.code]
        return Area(
            row.code,
            (order.language == "en" and row.name_en) or row.name,
            value,
            written(value, indicator, order.language),
            shapely.transform(shapely.from_wkb(row.shape), metres),
            (row.lon * METRES * squeeze, row.lat * METRES),
            NOTHING if value is None else colours[class_of(value, classes, indicator.digits)],
        )

    areas = [area(row) for row in rows]
    west, south, east, north = shapely.total_bounds([shapely.from_wkb(row.shape) for row in rows]).tolist()
    # Of a single cell, what stands across its border matters too.
    around = replace(order, asked=replace(order.asked, unit=None)) if chosen else order
    over = [item.moved(metres) for item in overlays(around, look.layers, (west, south, east, north))]
    limits = [shapely.transform(limit, metres) for limit in asked_areas(order.asked)]
    return Drawing(areas, classes, colours, len(values) - len(known), chosen, over, limits)


def asked_areas(asked: Filter) -> list[BaseGeometry]:
    """Return the areas in which a filter looks, in degrees: a drawn one, a circle's on the ellipsoid, a box."""
    found: list[BaseGeometry] = [shapely.from_wkt(asked.within)] if asked.within else []
    if asked.circle:
        lon, lat, metres = asked.circle
        ways = np.linspace(0, 360, CORNERS, endpoint=False)
        lons, lats, _ = ELLIPSOID.fwd(np.full(CORNERS, lon), np.full(CORNERS, lat), ways, np.full(CORNERS, metres))
        found.append(shapely.Polygon(np.column_stack([lons, lats])))
    return [*found, *([shapely.box(*asked.bbox)] if asked.bbox else [])]


def parent(order: Order) -> Unit:
    """Return the unit above the order's."""
    ids = ancestor_ids(order.of.id, len(order.city.levels))[:-1]
    return [Unit.of(row) for row in order.connection.execute(by_ids(ids, order.asked.before)).mappings()][-1]


def polygons(order: Order) -> Question:
    """Ask for the drawing polygons of the order's units."""
    of = order.of
    table, live = in_force(order.asked.before)
    own = table.c
    below = (own.id.between(of.id, of.last_id), own.rank == order.rank) if order.rank else (own.parent_id == of.id,)
    return select(
        own.code,
        own.name,
        own.name_en,
        func.ST_X(own.label).label("lon"),
        func.ST_Y(own.label).label("lat"),
        func.ST_AsBinary(own.draw).label("shape"),
    ).where(*live, *below)
