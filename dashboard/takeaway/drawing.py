"""What a printed map shows: the units with their polygons and numbers, and the classes that colour them.

Places are metres east and north in an equirectangular projection true at the middle latitude: over a city, lengths
differ from those on the ground by less than the line of a scale bar is wide.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select

from dashboard.classes import Class, class_of, classify
from dashboard.leaflet import ramp
from dashboard.takeaway import units
from dashboard.takeaway.tables import Order
from layers.questions import Question
from layers.units import Unit, ancestor_ids, by_ids, in_force

METRES = 6_371_008.8 * math.pi / 180
"""In a degree of latitude."""


@dataclass(frozen=True)
class Area:
    """One unit: its polygon and where its name goes."""

    code: str
    name: str
    total: int
    shape: BaseGeometry
    at: tuple[float, float]
    colour: str


@dataclass(frozen=True)
class Drawing:
    """Everything on the map, and what its colours mean."""

    areas: Sequence[Area]
    classes: Sequence[Class]
    colours: Sequence[str]
    chosen: str | None
    """On the lowest level: the unit among its neighbours."""

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north, in metres."""
        west, south, east, north = shapely.total_bounds([area.shape for area in self.areas]).tolist()
        return west, south, east, north


def drawn(order: Order, method: str) -> Drawing:
    """Return the units below the order's, or on the lowest level its neighbours, coloured as on screen."""
    chosen = None
    numbers = units.counted(order).children
    if not numbers:
        chosen, order = order.of.code, replace(order, of=parent(order))
        numbers = units.counted(order).children
    totals = {child.code: child.total for child in numbers}
    classes = classify(list(totals.values()), method)
    colours = ramp(len(classes), "light", from_zero=classes[0].high == 0)
    rows = order.connection.execute(polygons(order.of, order.asked.before)).all()
    squeeze = math.cos(math.radians(sum(row.lat for row in rows) / len(rows)))
    scale = np.array([METRES * squeeze, METRES])

    areas = [
        Area(
            row.code,
            (order.language == "en" and row.name_en) or row.name,
            totals[row.code],
            shapely.transform(shapely.from_wkb(row.shape), partial(np.multiply, scale)),
            (row.lon * scale[0], row.lat * scale[1]),
            colours[class_of(totals[row.code], classes, 0)],
        )
        for row in rows
    ]
    return Drawing(areas, classes, colours, chosen)


def parent(order: Order) -> Unit:
    """Return the unit above the order's."""
    ids = ancestor_ids(order.of.id, len(order.city.levels))[:-1]
    return [Unit.of(row) for row in order.connection.execute(by_ids(ids, order.asked.before)).mappings()][-1]


def polygons(of: Unit, before: date | None) -> Question:
    """Ask for the drawing polygons of a unit's children."""
    table, live = in_force(before)
    own = table.c
    return select(
        own.code,
        own.name,
        own.name_en,
        func.ST_X(own.label).label("lon"),
        func.ST_Y(own.label).label("lat"),
        func.ST_AsBinary(own.draw).label("shape"),
    ).where(*live, own.parent_id == of.id)
