"""What indicators need beyond counts, by child of a unit: sizes, medians, cameras, incidents within their reach.

Every row has a `child_id`; null, or the id of none of the children, stands for what belongs to none of them.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import CTE, ColumnElement, Double, Integer, cast, func, literal, select, true, tuple_, union_all

from layers.city_specs import CamerasSpec
from layers.editions import with_former
from layers.filters import Filter
from layers.incidents import below, conditions
from layers.model import Status, feature, incident
from layers.pack import City
from layers.questions import Question
from layers.tallies import Family, child_of
from layers.units import in_force

SHORTEST_DEGREE = 110_000
"""Metres: no degree of latitude is shorter, nor one of longitude at the equator."""


def sizes(unit_ids: Iterable[int], before: date | None = None) -> Question:
    """Ask for the square kilometres and the residents of units."""
    held = in_force(before)[0].c
    return select(held.id, (held.area / 1e6).label("area"), held.population.label("residents")).where(
        held.id.in_(list(unit_ids))
    )


def hours(asked: Filter, city: City, *, of: Family) -> Question:
    """Ask for the median hours from report to closing: a row per child, and one that is `whole`."""
    table = incident.c
    took = func.extract("epoch", table.closed_at - table.reported_at) / 3600
    rows, unit_id = with_former(incident, asked.before)
    closed = (
        select(child_of(unit_id, of, len(city.levels)).label("child_id"), took.label("took"))
        .select_from(rows)
        .where(*conditions(asked, city, of.unit), table.status == int(Status.CLOSED), table.closed_at.is_not(None))
        .subquery("closed")
    )
    child = closed.c.child_id
    return select(
        (func.grouping(child) == 1).label("whole"),
        child,
        func.percentile_cont(0.5).within_group(closed.c.took).label("hours"),
    ).group_by(func.grouping_sets(tuple_(child), tuple_()))


def cameras(city: City, declared: CamerasSpec, *, of: Family, before: date | None = None) -> Question:
    """Ask how many cameras there are, working or not."""
    table = feature.c
    rows, unit_id = with_former(feature, before)
    child = child_of(unit_id, of, len(city.levels)).label("child_id")
    there = (table.layer == declared.layer, table.retired_at.is_(None), *below(feature, of.unit, before))
    found = select(child).select_from(rows).where(*there).subquery("found")
    return select(found.c.child_id, func.count().label("cameras")).group_by(found.c.child_id)


def reached(asked: Filter, city: City, *, declared: CamerasSpec, of: Family) -> Question:
    """Ask how many incidents have a point, and how many of these a working camera within its reach.

    Cameras come and go and incidents do not know, so nothing is stored: each camera is put into the nine cells around
    it of a grid as wide as the reach, each incident into its one, and only those that meet in a cell are measured.
    """
    near, step = _grid(declared)
    table = incident.c
    rows, unit_id = with_former(incident, asked.before)
    found = (
        select(
            child_of(unit_id, of, len(city.levels)).label("child_id"),
            table.geom,
            _cell(func.ST_X(table.geom), step.c.wide).label("x"),
            _cell(func.ST_Y(table.geom), step.c.high).label("y"),
        )
        .select_from(rows.join(step, true()))
        .where(*conditions(asked, city, of.unit), table.geom.is_not(None))
        .cte("found")
    )
    meet = (near.c.x == found.c.x, near.c.y == found.c.y)
    close = func.ST_DWithin(func.geography(near.c.geom), func.geography(found.c.geom), declared.reach)
    child = found.c.child_id
    inside = select(near.c.x).where(*meet, close).exists()
    placed = select(child, func.count().label("placed"), literal(0).label("reached")).group_by(child)
    seen = select(child, literal(0), func.count()).where(inside).group_by(child)
    counted = union_all(placed, seen).subquery("counted")
    return select(counted.c.child_id, counted.c.placed, counted.c.reached)


def _grid(declared: CamerasSpec) -> tuple[CTE, CTE]:
    """Return the working cameras with the cells they may reach into, and the size of a cell in degrees."""
    table = feature.c
    works = [table.attributes[declared.field].astext.in_(declared.working)] if declared.field else []
    there = (table.layer == declared.layer, table.retired_at.is_(None), table.geom.is_not(None), *works)
    working = select(func.ST_PointOnSurface(table.geom).label("geom")).where(*there).cte("working")
    # Degrees of longitude are shortest where the camera is that lies furthest from the equator.
    furthest = func.least(func.max(func.abs(func.ST_Y(working.c.geom))) + 1, 89)
    high = literal(declared.reach / SHORTEST_DEGREE, Double)
    step = select(high.label("high"), (high / func.cos(func.radians(furthest))).label("wide")).cte("step")
    beside = func.generate_series(-1, 1).table_valued("beside", name="beside")
    above = func.generate_series(-1, 1).table_valued("above", name="above")
    x, y = _cell(func.ST_X(working.c.geom), step.c.wide), _cell(func.ST_Y(working.c.geom), step.c.high)
    everywhere = working.join(step, true()).join(beside, true()).join(above, true())
    near = (
        select(working.c.geom, (x + beside.c.beside).label("x"), (y + above.c.above).label("y"))
        .select_from(everywhere)
        .cte("near")
    )
    return near, step


def _cell(degrees: ColumnElement[float], size: ColumnElement[float]) -> ColumnElement[int]:
    return cast(func.floor(degrees / size), Integer)
