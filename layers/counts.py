"""Counting incidents for a unit and its children: from the roll-up where it can answer, else from the incidents.

Both ways answer rows of the same columns, told apart by `part`:

- `unit`: n and on_time by category, status and source, of the whole unit
- `child`: n and on_time by child and status; child is null, or no unit in force, for what belongs to none
- `day`: n by local day
- `late`: nothing but what is overdue, by child; only the roll-up needs it, the incidents say it with `child`
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    SmallInteger,
    Subquery,
    any_,
    case,
    cast,
    func,
    literal,
    null,
    select,
    tuple_,
    union_all,
)

from layers.filters import Filter
from layers.incidents import conditions, kinds
from layers.model import Grain, Status, category, incident, incident_count, level_bits, level_shift, source
from layers.pack import City
from layers.questions import Question
from layers.units import Unit

KEYS: dict[str, type[BigInteger | SmallInteger | Date]] = {
    "child_id": BigInteger,
    "category_id": SmallInteger,
    "status": SmallInteger,
    "source_id": SmallInteger,
    "day": Date,
}
NOTHING = literal(0)


@dataclass(frozen=True)
class Family:
    """A unit and its direct children."""

    unit: Unit
    children: Sequence[Unit]


def tally(asked: Filter, city: City, *, of: Family, now: datetime) -> Question:
    """Ask for all counts of a summary in one statement; overdue is what is late at `now`."""
    answer = from_roll_up if counted(asked, city.time_zone) else from_incidents
    return coded(answer(asked, city, of=of, now=now))


def coded(counts: Question) -> Question:
    """Ask for counts with the codes of categories and sources in the place of their ids."""
    rows = counts.subquery("tally")
    names = ("part", "child_id", "status", "day", "n", "on_time", "late")
    return (
        select(*(rows.c[name] for name in names), category.c.code.label("category"), source.c.code.label("source"))
        .outerjoin(category, category.c.id == rows.c.category_id)
        .outerjoin(source, source.c.id == rows.c.source_id)
    )


def counted(asked: Filter, zone: ZoneInfo) -> bool:
    """Tell whether the roll-up can answer: whole local days, and nothing but unit, category, status and source."""
    return not (asked.bbox or asked.within or asked.q or asked.channels) and asked.days(zone) is not None


def from_roll_up(asked: Filter, city: City, *, of: Family, now: datetime) -> Question:
    """Ask the roll-up: whole months and the days at their ends; what is overdue, from the open incidents."""
    table = incident_count.c
    start, end = asked.days(city.time_zone) or (None, None)
    own = [table.rank == of.unit.rank, table.unit_id == of.unit.id]
    ids = literal([child.id for child in of.children], ARRAY(BigInteger))
    ranks = literal(sorted({child.rank for child in of.children}), ARRAY(SmallInteger))
    kind = kinds(incident_count, asked, city)
    whole = _periods([*own, *kind], start, end)
    children = _periods([table.rank == any_(ranks), table.unit_id == any_(ids), *kind], start, end)
    days = (table.grain == int(Grain.DAY), *_between(table.period, start, end))
    late = [*conditions(asked, city, of.unit), incident.c.status < int(Status.CLOSED), incident.c.due_at < now]
    child = child_of(incident.c.unit_id, of, len(city.levels))
    return select(
        union_all(
            _part("unit", whole, ("category_id", "status", "source_id")),
            _part("child", children, ("child_id", "status")),
            _line("day", {"day": table.period}, func.sum(table.n)).where(*own, *kind, *days).group_by(table.period),
            _line("late", {"child_id": child}, literal(0), late=func.count()).where(*late).group_by("child_id"),
        ).subquery("tally")
    )


def from_incidents(asked: Filter, city: City, *, of: Family, now: datetime) -> Question:
    """Ask the incidents themselves, in one pass."""
    table = incident.c
    closed = table.status == int(Status.CLOSED)
    zone = literal(city.spec.time_zone)
    found = (
        select(
            child_of(table.unit_id, of, len(city.levels)).label("child_id"),
            table.category_id,
            table.status,
            table.source_id,
            cast(func.timezone(zone, table.reported_at), Date).label("day"),
            (closed & (table.closed_at <= table.due_at)).label("on_time"),
            (~closed & (table.due_at < now)).label("late"),
        )
        .where(*conditions(asked, city, of.unit))
        .subquery("found")
    )
    seen = found.c
    whole = (seen.category_id, seen.status, seen.source_id)
    sets = func.grouping_sets(tuple_(*whole), tuple_(seen.child_id, seen.status), tuple_(seen.day))
    part = case((func.grouping(seen.category_id) == 0, "unit"), (func.grouping(seen.day) == 0, "day"), else_="child")
    return select(
        part.label("part"),
        *(seen[name] for name in KEYS),
        func.count().label("n"),
        func.count().filter(seen.on_time).label("on_time"),
        func.count().filter(seen.late).label("late"),
    ).group_by(sets)


def child_of(unit_id: ColumnElement[int], of: Family, levels: int) -> ColumnElement[int | None]:
    """Return the expression for the child an id below the unit belongs to: a mask away, null where it names none."""
    mask = (1 << level_bits(levels)) - 1
    whens = []
    for rank in sorted({child.rank for child in of.children}):
        bits = literal(level_shift(rank, levels), Integer)
        above = unit_id.bitwise_rshift(bits)
        whens.append((above.bitwise_and(mask) != 0, above.bitwise_lshift(bits)))
    return case(*whens, else_=null()) if whens else cast(null(), BigInteger)


def pieces(start: date | None, end: date | None) -> Iterator[tuple[Grain, date | None, date | None]]:
    """Cut a period into whole months and the days left at its ends."""
    first = None if start is None else start if start.day == 1 else _next_month(start)
    last = None if end is None else end.replace(day=1)
    if first and last and first > last:
        yield Grain.DAY, start, end
        return
    if start != first:
        yield Grain.DAY, start, first
    if first is None or first != last:
        yield Grain.MONTH, first, last
    if last != end:
        yield Grain.DAY, last, end


def _next_month(day: date) -> date:
    return day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1, day=1)


def _periods(where: Sequence[ColumnElement[bool]], start: date | None, end: date | None) -> Subquery:
    table = incident_count.c
    columns = (
        table.unit_id.label("child_id"),
        table.category_id,
        table.status,
        table.source_id,
        table.n,
        table.on_time,
    )
    return union_all(
        *(
            select(*columns).where(*where, table.grain == int(grain), *_between(table.period, first, last))
            for grain, first, last in pieces(start, end)
        )
    ).subquery()


def _between(period: ColumnElement[date], start: date | None, end: date | None) -> list[ColumnElement[bool]]:
    return [*([period >= start] if start else []), *([period < end] if end else [])]


def _part(name: str, rows: Subquery, keys: Sequence[str]) -> Question:
    by = {key: rows.c[key] for key in keys}
    return _line(name, by, func.sum(rows.c.n), on_time=func.sum(rows.c.on_time)).group_by(*by.values())


def _line(
    name: str,
    keys: Mapping[str, ColumnElement[Any]],
    n: ColumnElement[Any],
    *,
    on_time: ColumnElement[Any] = NOTHING,
    late: ColumnElement[Any] = NOTHING,
) -> Question:
    """Return one part of the answer in the columns all parts share."""
    return select(
        literal(name).label("part"),
        *(keys[key].label(key) if key in keys else cast(null(), kind).label(key) for key, kind in KEYS.items()),
        cast(n, Integer).label("n"),
        cast(on_time, Integer).label("on_time"),
        cast(late, Integer).label("late"),
    )
