"""Incidents of a unit and its children, day by day, week by week or month by month: the frames of a playback."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import product

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    any_,
    case,
    cast,
    func,
    literal,
    select,
    tuple_,
    union_all,
)

from layers import clocks, editions
from layers.counts import counted, kept, lateness, number, pieces
from layers.filters import Filter
from layers.incidents import branches, conditions
from layers.model import Grain, Status, category, incident, incident_count, settings, source
from layers.pack import City
from layers.questions import Question
from layers.steps import Size
from layers.tallies import Family, child_of
from layers.units import Unit

NUMBERS = ("n", "closed", "on_time", "late")
"""What is told of each unit and step: how many there are, of which closed, closed on time, and open past the limit."""


def frames(asked: Filter, city: City, *, of: Family, by: Size, now: datetime) -> Question:
    """Ask for the numbers by `unit_id` and `begin`, the first day of the calendar's step that the days are in.

    The unit's own id stands for all of it; ids of none of its children are to be passed over. Several rows of a unit
    and a step add up.
    """
    start, end = asked.days(city.time_zone) or (None, None)
    cut = list(pieces(start, end)) if by == "month" else [(Grain.DAY, start, end)]
    ranks = {of.unit.rank, *(child.rank for child in of.children)}
    known = all(kept(rank, grain, kinds=bool(asked.categories)) for rank, (grain, _, _) in product(ranks, cut))
    if asked.before is not None or not known or not counted(asked, city):
        return _from_incidents(asked, city, of=of, by=by, now=now)
    # A scan for each level and piece: joined freely, the planner would read all of a unit's history.
    parts = [
        _counted(asked, of=of.unit, grain=grain, first=first, last=last, rank=rank, kinds=branches(asked, city), by=by)
        for rank in sorted(ranks)
        for grain, first, last in cut
    ]
    found = union_all(*parts, _since_judged(asked, city, of=of, by=by, now=now)).subquery()
    return select(found)


def _from_incidents(asked: Filter, city: City, *, of: Family, by: Size, now: datetime) -> Question:
    table = incident.c
    closed = table.status == int(Status.CLOSED)
    is_so = {
        "closed": closed,
        "on_time": closed & (table.closed_at <= table.due_at),
        "late": ~closed & (table.due_at < now),
    }
    found = _rows(asked, city, of=of, by=by, said=[said.label(name) for name, said in is_so.items()])
    return _summed(found, of, [func.count(), *(func.count().filter(found.c[name]) for name in is_so)])


def _since_judged(asked: Filter, city: City, *, of: Family, by: Size, now: datetime) -> Question:
    """Ask for what the roll-up does not know of what is late: since it was judged, some may have fallen due."""
    table, nothing = incident.c, literal(0, Integer)
    judged = select(settings.c.judged_at).scalar_subquery()
    open_still = table.status < int(Status.CLOSED)
    fell = (table.due_at >= func.least(judged, now), table.due_at < func.greatest(judged, now))
    found = _rows(asked, city, of=of, by=by, where=(open_still, *fell))
    sign = case((judged < now, 1), else_=-1)
    return _summed(found, of, [nothing, nothing, nothing, sign * func.count()])


def _rows(  # noqa: PLR0913 - which rows, and what is told of each
    asked: Filter,
    city: City,
    *,
    of: Family,
    by: Size,
    said: Sequence[ColumnElement[bool]] = (),
    where: Sequence[ColumnElement[bool]] = (),
) -> FromClause:
    rows, unit_id = editions.with_former(incident, asked.before)
    local = clocks.local(incident.c.reported_at, city.time_zone)
    child = child_of(unit_id, of, len(city.levels)).label("child_id")
    conditioned = (*conditions(asked, city, of.unit), *where)
    return select(child, _begin(by, local).label("begin"), *said).select_from(rows).where(*conditioned).subquery()


def _summed(found: FromClause, of: Family, numbers: Sequence[ColumnElement[int]]) -> Question:
    child, begin = found.c.child_id, found.c.begin
    whole = case((func.grouping(child) == 1, literal(of.unit.id, BigInteger)), else_=child)
    sets = func.grouping_sets(tuple_(child, begin), tuple_(begin))
    named = (each.label(name) for name, each in zip(NUMBERS, numbers, strict=True))
    return select(whole.label("unit_id"), begin, *named).group_by(sets)


def _counted(  # noqa: PLR0913 - one scan of the roll-up
    asked: Filter,
    *,
    of: Unit,
    grain: Grain,
    first: date | None,
    last: date | None,
    rank: int,
    kinds: Sequence[str],
    by: Size,
) -> Question:
    table = incident_count.c
    where: list[ColumnElement[bool]] = [table.rank == rank, table.grain == int(grain)]
    where.append(table.unit_id == of.id if rank == of.rank else table.unit_id.between(of.id, of.last_id))
    where += [table.period >= first] if first else []
    where += [table.period < last] if last else []
    if kinds:
        meant = select(category.c.id).where(category.c.code.in_(kinds)).scalar_subquery()
        where.append(table.category_id == any_(func.array(meant)))
    else:
        where.append(table.category_id == 0)
    if asked.sources:
        where.append(table.source_id.in_(select(source.c.id).where(source.c.code.in_(asked.sources))))
    begin = _begin(by, table.period).label("begin")
    over = not asked.statuses or Status.CLOSED in asked.statuses
    numbers = (
        number(asked.statuses),
        table.closed if over else literal(0, Integer),
        table.on_time if over else literal(0, Integer),
        lateness(asked.statuses),
    )
    named = [func.sum(each).label(name) for name, each in zip(NUMBERS, numbers, strict=True)]
    # What lost its status leaves a count of nothing behind.
    return select(table.unit_id, begin, *named).where(*where).group_by(table.unit_id, begin).having(named[0] != 0)


def _begin(by: Size, day: ColumnElement[date]) -> ColumnElement[date]:
    return cast(func.date_trunc(by, day), Date)
