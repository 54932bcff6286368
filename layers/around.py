"""What is near a point: distances in metres on the ellipsoid, found by way of the index in degrees.

A box in degrees that surely holds a circle goes to the index, and what it finds is measured. For the nearest, those
nearest in degrees are measured first: they need not be the nearest in metres, but none of those is farther than they.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from geoalchemy2 import Geography
from sqlalchemy import ColumnElement, Table, and_, cast, func, or_, select

from layers import features, incidents
from layers.coordinates import ELLIPSOID
from layers.filters import Filter
from layers.model import category, feature, incident
from layers.pack import City
from layers.questions import Question
from layers.specs import LayerSpec
from layers.units import Unit

SRID = 4326
MOST_METRES = 2_000
REACH = 5_000
"""Metres within which the nearest are looked for, so that a layer with next to nothing in it costs no search of all."""
SLACK = 1.001
"""By how much a box in degrees is wider than its circle."""


@dataclass(frozen=True)
class Circle:
    """A point in degrees, and the metres around it that count."""

    lon: float
    lat: float
    metres: float

    @property
    def point(self) -> ColumnElement[Any]:
        """The middle."""
        return func.ST_SetSRID(func.ST_MakePoint(self.lon, self.lat), SRID)

    def degrees(self) -> tuple[float, float]:
        """Return how many degrees a metre is at most, to the east and to the north."""
        _, north, _ = ELLIPSOID.fwd(self.lon, self.lat, 0, 1_000)
        east, _, _ = ELLIPSOID.fwd(self.lon, max(abs(self.lat), abs(north)), 90, 1_000)
        return SLACK * ((east - self.lon) % 360) / 1_000, SLACK * abs(north - self.lat) / 1_000

    def box(self, metres: float | ColumnElement[Any]) -> ColumnElement[Any]:
        """Return the box around everything within these metres."""
        wide, high = self.degrees()
        return func.ST_Expand(self.point, wide * metres, high * metres)

    def distance(self, geom: ColumnElement[Any]) -> ColumnElement[float]:
        """Return the metres to a geometry, on the ellipsoid."""
        return func.ST_Distance(_geography(geom), _geography(self.point))

    def holds(self, geom: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        """Return the conditions that a geometry reaches into the circle."""
        near = func.ST_DWithin(_geography(geom), _geography(self.point), self.metres)
        return [geom.bool_op("&&")(self.box(self.metres)), near]

    def bearing(self, geom: ColumnElement[Any]) -> ColumnElement[float]:
        """Return the direction to a geometry's nearest point, in degrees from north by way of east."""
        there = func.ST_ClosestPoint(geom, self.point)
        return func.degrees(func.ST_Azimuth(_geography(self.point), _geography(there)))


@dataclass(frozen=True)
class Survey:
    """All that is asked of a circle: what a filter means within it, and how many of the nearest to name."""

    circle: Circle
    asked: Filter
    city: City
    of: Unit
    nearest: int

    def features(self, layers: Iterable[LayerSpec]) -> Question:
        """Ask how many features of each layer the circle holds."""
        table = feature.c
        where = or_(*(and_(*features.conditions(layer, self.asked, self.city, self.of)) for layer in layers))
        found = select(table.layer, func.count().label("n")).where(where, *self.circle.holds(table.geom))
        return found.group_by(table.layer)

    def nearest_features(self, layer: LayerSpec) -> Question:
        """Ask for the features of a layer nearest to the middle, inside the circle or not."""
        table = feature.c
        where = features.conditions(layer, self.asked, self.city, self.of)
        by_degrees = (
            select(self.circle.distance(table.geom).label("metres"))
            .where(*where, table.geom.bool_op("&&")(self.circle.box(REACH)))
            .order_by(table.geom.op("<->")(self.circle.point))
            .limit(self.nearest)
            .cte("by_degrees")
        )
        farthest = select(func.max(by_degrees.c.metres)).scalar_subquery()
        where.append(table.geom.bool_op("&&")(self.circle.box(farthest)))
        return self._nearest(feature, where).add_columns(table.key, table.name)

    def incidents(self) -> Question:
        """Ask how many incidents of each category the circle holds, the most first."""
        number = func.count().label("n")
        return (
            select(category.c.code, number)
            .join(incident, incident.c.category_id == category.c.id)
            .where(*self._incidents())
            .group_by(category.c.code)
            .order_by(number.desc(), category.c.code)
        )

    def nearest_incidents(self) -> Question:
        """Ask for the incidents of the circle that are nearest to its middle."""
        table = incident.c
        kind = select(category.c.code).where(category.c.id == table.category_id).scalar_subquery()
        said = (table.key, table.title, table.status, table.reported_at, kind.label("category"))
        return self._nearest(incident, self._incidents()).add_columns(*said)

    def _incidents(self) -> list[ColumnElement[bool]]:
        held = self.circle.holds(incident.c.geom)
        return [*incidents.conditions(self.asked, self.city, self.of), *held]

    def _nearest(self, table: Table, where: Sequence[ColumnElement[bool]]) -> Question:
        spot = func.ST_ClosestPoint(table.c.geom, self.circle.point)
        metres = self.circle.distance(table.c.geom).label("metres")
        place = (func.ST_X(spot).label("lon"), func.ST_Y(spot).label("lat"))
        bearing = self.circle.bearing(table.c.geom).label("bearing")
        found: Question = select(table.c.id, *place, metres, bearing)
        return found.where(*where).order_by(metres, table.c.id).limit(self.nearest)


def _geography(geom: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(geom, Geography(srid=SRID))
