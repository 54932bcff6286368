"""When incidents are reported: by hour and day of the week, by month and category."""

from datetime import date

from sqlalchemy import ColumnElement, Date, Integer, and_, cast, extract, false, func, or_, select

from layers import clocks, editions
from layers.counts import Piece, counted, kept, number, pieces
from layers.filters import Filter
from layers.incidents import branches, conditions
from layers.model import Grain, category, incident, incident_count, source
from layers.pack import City
from layers.questions import Question
from layers.units import Unit


def hours(asked: Filter, city: City, *, of: Unit) -> Question:
    """Ask how many there are by weekday (Monday being 1) and hour of the city's clocks."""
    local = clocks.local(incident.c.reported_at, city.time_zone)
    rows, _ = editions.with_former(incident, asked.before)
    found = (
        select(
            cast(extract("isodow", local), Integer).label("weekday"),
            cast(extract("hour", local), Integer).label("hour"),
        )
        .select_from(rows)
        .where(*conditions(asked, city, of))
        .subquery("found")
    )
    return select(found.c.weekday, found.c.hour, func.count().label("n")).group_by(found.c.weekday, found.c.hour)


def months(asked: Filter, city: City, *, of: Unit) -> Question:
    """Ask how many there are by local month, its first day, and category: of the roll-up where it can answer."""
    cut = list(pieces(*(asked.days(city.time_zone) or (None, None))))
    known = all(kept(of.rank, grain, kinds=True) for grain, _, _ in cut)
    if asked.before is None and known and counted(asked, city):
        return _months_counted(asked, city, of=of, cut=cut)
    local = clocks.local(incident.c.reported_at, city.time_zone)
    rows, _ = editions.with_former(incident, asked.before)
    found = (
        select(cast(func.date_trunc("month", local), Date).label("month"), incident.c.category_id)
        .select_from(rows)
        .where(*conditions(asked, city, of))
        .subquery("found")
    )
    return (
        select(found.c.month, category.c.code, func.count().label("n"))
        .join(category, category.c.id == found.c.category_id)
        .group_by(found.c.month, category.c.code)
    )


def _months_counted(asked: Filter, city: City, *, of: Unit, cut: list[Piece]) -> Question:
    table = incident_count.c
    where = [
        table.rank == of.rank,
        table.unit_id == of.id,
        table.category_id > 0,
        or_(false(), *(_span(*piece) for piece in cut)),
    ]
    if codes := branches(asked, city):
        where.append(category.c.code.in_(codes))
    if asked.sources:
        where.append(table.source_id.in_(select(source.c.id).where(source.c.code.in_(asked.sources))))
    found = (
        select(
            cast(func.date_trunc("month", table.period), Date).label("month"),
            category.c.code,
            number(asked.statuses).label("n"),
        )
        .join(category, category.c.id == table.category_id)
        .where(*where)
        .subquery("found")
    )
    return select(found.c.month, found.c.code, func.sum(found.c.n).label("n")).group_by(found.c.month, found.c.code)


def _span(grain: Grain, first: date | None, last: date | None) -> ColumnElement[bool]:
    table = incident_count.c
    ends = [table.period >= first] if first else []
    ends += [table.period < last] if last else []
    return and_(table.grain == int(grain), *ends)
