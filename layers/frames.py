"""Incidents of a unit and its children, day by day, week by week or month by month: the frames of a playback."""

from collections.abc import Sequence
from datetime import date
from itertools import product

from sqlalchemy import BigInteger, ColumnElement, Date, any_, case, cast, func, literal, select, tuple_, union_all

from layers import clocks, editions
from layers.counts import Family, Piece, child_of, counted, kept, number, pieces
from layers.filters import Filter
from layers.incidents import branches, conditions
from layers.model import Grain, category, incident, incident_count, source
from layers.pack import City
from layers.questions import Question
from layers.steps import Size
from layers.units import Unit


def frames(asked: Filter, city: City, *, of: Family, by: Size) -> Question:
    """Ask how many there are by `unit_id` and `begin`, the first day of the calendar's step that the days are in.

    The unit's own id stands for all of it; ids of none of its children are to be passed over.
    """
    start, end = asked.days(city.time_zone) or (None, None)
    cut = list(pieces(start, end)) if by == "month" else [(Grain.DAY, start, end)]
    ranks = {of.unit.rank, *(child.rank for child in of.children)}
    known = all(kept(rank, grain, kinds=bool(asked.categories)) for rank, (grain, _, _) in product(ranks, cut))
    if asked.before is None and known and counted(asked, city):
        return _from_roll_up(asked, city, of=of, by=by, cut=cut)
    rows, unit_id = editions.with_former(incident, asked.before)
    local = clocks.local(incident.c.reported_at, city.time_zone)
    found = (
        select(child_of(unit_id, of, len(city.levels)).label("child_id"), _begin(by, local).label("begin"))
        .select_from(rows)
        .where(*conditions(asked, city, of.unit))
        .subquery("found")
    )
    child, begin = found.c.child_id, found.c.begin
    whole = case((func.grouping(child) == 1, literal(of.unit.id, BigInteger)), else_=child)
    sets = func.grouping_sets(tuple_(child, begin), tuple_(begin))
    return select(whole.label("unit_id"), begin, func.count().label("n")).group_by(sets)


def _from_roll_up(asked: Filter, city: City, *, of: Family, by: Size, cut: Sequence[Piece]) -> Question:
    # A scan for each level and piece: joined freely, the planner would read all of a unit's history.
    parts = [
        _counted(asked, of=of.unit, grain=grain, first=first, last=last, rank=rank, kinds=branches(asked, city), by=by)
        for rank in sorted({of.unit.rank, *(child.rank for child in of.children)})
        for grain, first, last in cut
    ]
    found = union_all(*parts).subquery("found")
    total = func.sum(found.c.n)
    summed = select(found.c.unit_id, found.c.begin, total.label("n")).group_by(found.c.unit_id, found.c.begin)
    return summed.having(total != 0)


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
    return (
        select(table.unit_id, begin, func.sum(number(asked.statuses)).label("n"))
        .where(*where)
        .group_by(table.unit_id, begin)
    )


def _begin(by: Size, day: ColumnElement[date]) -> ColumnElement[date]:
    return cast(func.date_trunc(by, day), Date)
