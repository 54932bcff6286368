"""Questions about incidents: which ones a filter means, a page of them, one of them."""

import math
from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from typing import Any

from geoalchemy2 import Geography
from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    RowMapping,
    Table,
    Time,
    any_,
    cast,
    func,
    select,
    true,
    union_all,
)

from layers import clocks, editions, lookup, pins
from layers.clauses import Clause, about
from layers.comparisons import holding
from layers.filters import Filter
from layers.model import category, incident, incident_change, source
from layers.orders import Order, Value
from layers.pack import City
from layers.parameters import DAY_HOURS
from layers.questions import Question
from layers.specs import LayerSpec
from layers.units import Unit, in_force

SRID = 4326
UNSEEN = {"geom", "row_hash", "load_id", "source_id", "category_id", "unit_id"}
METRES_PER_DEGREE = 110_574
"""Of latitude at the equator, where a degree is shortest."""
LIVE = incident.c.retired_at.is_(None)
"""The condition that an incident has not been retired."""


def branches(asked: Filter, city: City) -> list[str]:
    """Return the categories a filter means: those it names, and all below them."""
    return sorted(set[str]().union(*(city.branch(code) for code in asked.categories)))


def kinds(asked: Filter, city: City) -> list[ColumnElement[bool]]:
    """Return a filter's conditions on category, status, source and channel."""
    table = incident.c
    found: list[ColumnElement[bool]] = []
    if codes := branches(asked, city):
        # As an array, so that the index by category is asked for each of them.
        ids = select(category.c.id).where(category.c.code.in_(codes)).scalar_subquery()
        found.append(table.category_id == any_(func.array(ids)))
    if asked.statuses:
        found.append(table.status.in_([int(status) for status in asked.statuses]))
    if asked.sources:
        found.append(table.source_id.in_(select(source.c.id).where(source.c.code.in_(asked.sources))))
    if asked.channels:
        found.append(table.channel.in_(asked.channels))
    return found


def rhythms(asked: Filter, city: City) -> list[ColumnElement[bool]]:
    """Return a filter's conditions on the city's hours and days of the week."""
    local = clocks.local(incident.c.reported_at, city.time_zone)
    found: list[ColumnElement[bool]] = []
    if asked.hours:
        first, last = asked.hours
        # Since the first hour, on a clock of times: numbers taken out of a time are slow, and a night would need two.
        since = cast(local - timedelta(hours=first), Time)
        found += [since < time((last - first) % DAY_HOURS)] if (last - first) % DAY_HOURS else []
    if asked.weekdays:
        # Days since a Monday, for the same reason.
        found.append(((cast(local, Date) - date.min) % 7 + 1).in_(asked.weekdays))
    return found


def clauses_of(asked: Filter, layer: str | None, city: City) -> list[Clause]:
    """Return a filter's clauses about a layer's features, or without a layer about incidents."""
    return [clause for clause in asked.where if about(clause, city) == layer]


def below(table: Table, of: Unit, before: date | None) -> list[ColumnElement[bool]]:
    """Return the conditions that a row belongs to a unit; for the city none, which would only mislead the planner."""
    return [] if of.rank == 0 else editions.inside(table, of.id, of.last_id, before=before)


def places(geom: ColumnElement[Any], asked: Filter, *, points: bool) -> list[ColumnElement[bool]]:
    """Return a filter's conditions on where a row is; for points the box is compared to within a metre."""
    found: list[ColumnElement[bool]] = []
    if asked.bbox:
        envelope = func.ST_MakeEnvelope(*asked.bbox, SRID)
        found.append(geom.bool_op("&&")(envelope) if points else func.ST_Intersects(geom, envelope))
    if asked.within:
        found.append(func.ST_Intersects(geom, func.ST_GeomFromText(asked.within, SRID)))
    if asked.circle:
        lon, lat, metres = asked.circle
        middle = cast(func.ST_SetSRID(func.ST_MakePoint(lon, lat), SRID), Geography)
        # The index knows degrees: a box around the circle first, then metres on the ellipsoid.
        found += [geom.bool_op("&&")(around(lon, lat, metres)), func.ST_DWithin(cast(geom, Geography), middle, metres)]
    return found


def around(lon: float, lat: float, metres: float) -> ColumnElement[Any]:
    """Return a box that holds every point within some metres of a place."""
    high = 1.01 * metres / METRES_PER_DEGREE
    wide = high / max(math.cos(math.radians(min(abs(lat) + high, 89.0))), 0.01)
    return func.ST_MakeEnvelope(lon - wide, lat - high, lon + wide, lat + high, SRID)


def conditions(asked: Filter, city: City, of: Unit) -> list[ColumnElement[bool]]:
    """Return all of a filter's conditions on incidents."""
    return [*below(incident, of, asked.before), *without_unit(asked, city)]


def without_unit(asked: Filter, city: City) -> list[ColumnElement[bool]]:
    """Return a filter's conditions on incidents but for the unit."""
    start, end = asked.instants(city.time_zone)
    table = incident.c
    found = [LIVE, *kinds(asked, city), *places(table.geom, asked, points=True)]
    if start:
        found.append(table.reported_at >= start)
    if end:
        found.append(table.reported_at < end)
    found += [*rhythms(asked, city), *holding(clauses_of(asked, None, city), city)]
    if asked.q:
        found.append(
            lookup.anywhere(table.title, asked.q) | lookup.anywhere(table.address, asked.q) | (table.key == asked.q)
        )
    return found


def declared(layers: Iterable[LayerSpec]) -> list[str]:
    """Return the attributes that layers of incidents show: others stay in the table."""
    return sorted({field.id for layer in layers if layer.incidents for field in layer.fields})


def unplaced(of: Unit, before: date | None = None) -> ColumnElement[bool]:
    """Return the condition that a row belongs to none of a unit's children."""
    held, live = in_force(before)
    stamp = editions.unit_id(incident, before)
    child = select(held.c.id).where(held.c.parent_id == of.id, *live, stamp.between(held.c.id, held.c.last_id))
    return ~child.exists()


def described() -> FromClause:
    """Return incidents beside what their category and source are called."""
    with_category = incident.join(category, category.c.id == incident.c.category_id)
    return with_category.join(source, source.c.id == incident.c.source_id)


def records(before: date | None = None) -> Question:
    """Ask for incidents with everything a list or a popup shows of them."""
    table = incident.c
    columns = [column for column in table if column.name not in UNSEEN]
    return select(
        *columns,
        editions.unit_id(incident, before).label("unit_id"),
        category.c.code.label("category"),
        source.c.code.label("source"),
        *pins.shown(),
        func.ST_X(table.geom).label("lon"),
        func.ST_Y(table.geom).label("lat"),
    ).select_from(described())


def page(
    where: Sequence[ColumnElement[bool]],
    *,
    limit: int,
    order: Order,
    after: tuple[Value, int] | None = None,
    skip: int = 0,
) -> Question:
    """Ask for the first incidents of an order, or those that follow the one at `after` (its value and id)."""
    following = [order.after(*after)] if after else []
    # Ordered, and skipped, are ids; what a list shows is looked up for the rows of the page alone.
    ordered = select(incident.c.id).select_from(described() if order.joined else incident).where(*where, *following)
    chosen = ordered.order_by(*order.clauses).limit(limit).offset(skip or None)
    return records(order.before).where(incident.c.id.in_(chosen)).order_by(*order.clauses)


def position(where: Sequence[ColumnElement[bool]], *, order: Order, row: RowMapping) -> Question:
    """Ask how many incidents come before one of `records`, and whether it is among them."""
    number = row["id"]
    ahead = func.count().filter(order.ahead(row[order.label], number)).label("ahead")
    among = func.count().filter(incident.c.id == number).label("among")
    return select(ahead, among).select_from(described()).where(*where)


def one(number: int, before: date | None = None) -> Question:
    """Ask for one incident by its id."""
    return records(before).where(incident.c.id == number)


def numbered(text: str, limit: int) -> Question:
    """Ask for the incidents whose number is or begins with a text, the highest numbers first."""
    table = incident.c
    # The index of keys begins with the source, so each is asked by itself.
    of_one = select(table.id).where(LIVE, table.source_id == source.c.id).order_by(table.key.desc()).limit(limit)
    ways = (lookup.equal(table.key, text), lookup.beginning(table.key, text))
    some = (of_one.where(*where).lateral(f"way_{fit}") for fit, where in enumerate(ways))
    found = union_all(*(select(way.c.id).select_from(source.join(way, true())) for way in some))
    whole = table.key.in_(lookup.spellings(text))
    return records().where(table.id.in_(found)).order_by(whole.desc(), table.key.desc()).limit(limit)


def history(number: int) -> Question:
    """Ask what loads and people changed of an incident, the first first: `{"status": ["accepted", "closed"], …}`."""
    table = incident_change
    columns = (table.c.at, table.c.load_id, table.c.changed)
    return select(*columns).where(table.c.incident_id == number).order_by(table.c.id)
