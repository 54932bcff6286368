"""Counting incidents for a unit and its children: from the roll-up where it can answer, else from the incidents.

Both ways answer rows of the same columns, told apart by `part`:

- `unit`: n, on_time and late by category, status and source, of the whole unit
- `child`: n, on_time and late by child and status; child is null, or no unit in force, for what belongs to none
- `day`: n by local day
- `late`: nothing but late, by child: what the roll-up does not know yet of what is overdue, for the unit, too
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Date,
    DateTime,
    Executable,
    FromClause,
    Integer,
    Row,
    SmallInteger,
    Text,
    TextClause,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    select,
    text,
    tuple_,
    union_all,
)
from sqlalchemy.types import TypeEngine

from layers import clocks, editions
from layers.filters import Filter
from layers.incidents import branches, clauses_of, conditions, without_unit
from layers.model import (
    KINDS_BY_DAY,
    KINDS_BY_MONTH,
    TOTALS_BY_DAY,
    Grain,
    Status,
    category,
    incident,
    incident_count,
    level_bits,
    level_shift,
    source,
)
from layers.pack import City
from layers.parameters import midnight
from layers.questions import Question
from layers.units import Unit

# A text, because the same question put together clause by clause takes longer to build than to answer.
TALLY = (files("layers") / "sql" / "tally.sql").read_text(encoding="utf-8")
BINDS: tuple[BindParameter[Any], ...] = (
    bindparam("grains", type_=ARRAY(SmallInteger)),
    bindparam("firsts", type_=ARRAY(Date)),
    bindparam("lasts", type_=ARRAY(Date)),
    bindparam("unit_grain", type_=SmallInteger),
    bindparam("child_grain", type_=SmallInteger),
    bindparam("sinces", type_=ARRAY(DateTime(timezone=True))),
    bindparam("untils", type_=ARRAY(DateTime(timezone=True))),
    bindparam("start", type_=Date),
    bindparam("end", type_=Date),
    bindparam("since", type_=DateTime(timezone=True)),
    bindparam("until", type_=DateTime(timezone=True)),
    bindparam("now", type_=DateTime(timezone=True)),
    bindparam("rank", type_=SmallInteger),
    bindparam("unit", type_=BigInteger),
    bindparam("last_unit", type_=BigInteger),
    bindparam("children", type_=ARRAY(BigInteger)),
    bindparam("child_ranks", type_=ARRAY(SmallInteger)),
    bindparam("categories", type_=ARRAY(Text)),
    bindparam("statuses", type_=ARRAY(SmallInteger)),
    bindparam("sources", type_=ARRAY(Text)),
    *(bindparam(status.name.lower(), type_=Integer) for status in Status),
)

MANY = 500
"""Children that are no longer asked for one by one."""

Piece: TypeAlias = tuple[Grain, date | None, date | None]
"""Whole months or single days from a first one to a last one that is not included; null is open."""

Counted: TypeAlias = Row[*tuple[Any, ...]]
"""A row of `COLUMNS`."""
COLUMNS: Mapping[str, TypeEngine[Any]] = {
    "part": Text(),
    "child_id": BigInteger(),
    "category": Text(),
    "status": SmallInteger(),
    "source": Text(),
    "day": Date(),
    "n": BigInteger(),
    "on_time": BigInteger(),
    "late": BigInteger(),
}
"""What both ways answer, in the order of `tally.sql`."""


@dataclass(frozen=True)
class Family:
    """A unit and its direct children."""

    unit: Unit
    children: Sequence[Unit]


def tally(asked: Filter, city: City, *, of: Family, now: datetime) -> Executable:
    """Ask for all counts of a summary in one statement; overdue is what is late at `now`."""
    if not counted(asked, city) or fine(asked, of):
        return from_incidents(asked, city, of=of, now=now)
    roll_up = from_roll_up(asked, city, of=of, now=now)
    return roll_up if asked.before is None else corrected(roll_up, asked, city, of=of, now=now)


def counted(asked: Filter, city: City) -> bool:
    """Tell whether the roll-up can answer: whole local days, and nothing but unit, category, status and source."""
    places = asked.bbox or asked.within or asked.circle
    others = asked.q or asked.channels or asked.hours or asked.weekdays or clauses_of(asked, None, city)
    return not (places or others) and asked.days(city.time_zone) is not None


def fine(asked: Filter, of: Family) -> bool:
    """Tell whether units are asked for that have too few incidents to be counted by the kinds a filter names."""
    ranks = {of.unit.rank, *(child.rank for child in of.children)} if asked.categories else {of.unit.rank}
    return not all(kept(rank, Grain.MONTH, kinds=True) for rank in ranks)


def from_roll_up(asked: Filter, city: City, *, of: Family, now: datetime) -> TextClause:
    """Ask the roll-up: whole months and the days at their ends; of levels without days, the incidents of these days."""
    start, end = asked.days(city.time_zone) or (None, None)
    since, until = asked.instants(city.time_zone)
    cut = list(pieces(start, end))
    ranks = sorted({child.rank for child in of.children})
    unit_grain = Grain.DAY if kept(of.unit.rank, Grain.DAY, kinds=True) else Grain.MONTH
    days = all(kept(rank, Grain.DAY, kinds=bool(asked.categories)) for rank in ranks)
    child_grain = Grain.DAY if days else Grain.MONTH
    edges = [piece for piece in cut if piece[0] is Grain.DAY and Grain.MONTH in {unit_grain, child_grain}]
    many = len(of.children) > MANY and len(ranks) == 1
    named = {} if many else {"children": [child.id for child in of.children], "child_ranks": ranks}
    return _statement(tuple(ranks), len(city.levels), many=many).bindparams(
        grains=[int(grain) for grain, _, _ in cut],
        firsts=[first for _, first, _ in cut],
        lasts=[last for _, _, last in cut],
        unit_grain=int(unit_grain),
        child_grain=int(child_grain),
        sinces=[first and midnight(first, city.time_zone) for _, first, _ in edges],
        untils=[last and midnight(last, city.time_zone) for _, _, last in edges],
        start=start,
        end=end,
        since=since,
        until=until,
        now=now,
        rank=of.unit.rank,
        unit=of.unit.id,
        last_unit=of.unit.last_id,
        **named,
        categories=branches(asked, city) or None,
        statuses=[int(status) for status in asked.statuses] or None,
        sources=list(asked.sources) or None,
        **{status.name.lower(): int(not asked.statuses or status in asked.statuses) for status in Status},
    )


@cache
def _statement(ranks: tuple[int, ...], levels: int, *, many: bool) -> TextClause:
    """Return the question for children of some levels: the child of an id is a mask away, for each level another."""
    mask = (1 << level_bits(levels)) - 1
    shifts = [level_shift(rank, levels) for rank in ranks]
    whens = "".join(f" WHEN unit_id >> {bits} & {mask} <> 0 THEN unit_id >> {bits} << {bits}" for bits in shifts)
    child = f"CASE{whens} END" if whens else "NULL::bigint"
    # Many are asked for with all of their level below the unit, in the order of the key: neither looked for one by one
    # nor sorted before they are added up.
    named = "rank = ANY (:child_ranks) AND unit_id = ANY (:children)"
    children = f"rank = {ranks[0]} AND unit_id BETWEEN :unit AND :last_unit" if many else named
    whole = TALLY.replace("<child>", child).replace("<children>", children)
    return text(whole).bindparams(*(bind for bind in BINDS if not (many and bind.key in {"children", "child_ranks"})))


def corrected(roll_up: TextClause, asked: Filter, city: City, *, of: Family, now: datetime) -> Executable:
    """Ask for today's counts, without the rows that were elsewhere before an edition, with those that were here."""
    was = editions.incident_was
    moved = incident.join(was, (was.c.id == incident.c.id) & (was.c.until == asked.before))
    parts = [select(roll_up.columns(**COLUMNS).subquery("rolled"))]
    for unit_id, sign in ((incident.c.unit_id, -1), (was.c.unit_id, 1)):
        here = [] if of.unit.rank == 0 else [unit_id.between(of.unit.id, of.unit.last_id)]
        where = [was.c.unit_id != incident.c.unit_id, *here, *without_unit(asked, city)]
        found = _tally(moved, unit_id, where, city=city, of=of, now=now, sign=sign).subquery()
        parts.append(select(*(found.c[name] for name in COLUMNS)))
    return union_all(*parts)


def from_incidents(asked: Filter, city: City, *, of: Family, now: datetime) -> Question:
    """Ask the incidents themselves, in one pass."""
    rows, unit_id = editions.with_former(incident, asked.before)
    return _tally(rows, unit_id, conditions(asked, city, of.unit), city=city, of=of, now=now)


def _tally(  # noqa: PLR0913 - which rows, where they are, and how they count
    rows: FromClause,
    unit_id: ColumnElement[int],
    where: Sequence[ColumnElement[bool]],
    *,
    city: City,
    of: Family,
    now: datetime,
    sign: int = 1,
) -> Question:
    """Count incidents by unit, child and day at once."""
    table = incident.c
    closed = table.status == int(Status.CLOSED)
    found = (
        select(
            child_of(unit_id, of, len(city.levels)).label("child_id"),
            table.category_id,
            table.status,
            table.source_id,
            cast(clocks.local(table.reported_at, city.time_zone), Date).label("day"),
            (closed & (table.closed_at <= table.due_at)).label("on_time"),
            (~closed & (table.due_at < now)).label("late"),
        )
        .select_from(rows)
        .where(*where)
        # A fence: else what a row is would be worked out again for each way of grouping.
        .offset(0)
        .subquery("found")
    )
    seen = found.c
    whole = (seen.category_id, seen.status, seen.source_id)
    sets = func.grouping_sets(tuple_(*whole), tuple_(seen.child_id, seen.status), tuple_(seen.day))
    part = case((func.grouping(seen.category_id) == 0, "unit"), (func.grouping(seen.day) == 0, "day"), else_="child")
    every = func.count()
    counted = {"n": every, "on_time": every.filter(seen.on_time), "late": every.filter(seen.late)}
    tally = (
        select(
            part.label("part"),
            *(seen[name] for name in ("child_id", "category_id", "status", "source_id", "day")),
            *((number if sign > 0 else -number).label(name) for name, number in counted.items()),
        )
        .group_by(sets)
        .subquery("tally")
    )
    codes = {"category": category.c.code.label("category"), "source": source.c.code.label("source")}
    return (
        select(*(codes[name] if name in codes else tally.c[name] for name in COLUMNS))
        .outerjoin(category, category.c.id == tally.c.category_id)
        .outerjoin(source, source.c.id == tally.c.source_id)
    )


def child_of(unit_id: ColumnElement[int], of: Family, levels: int) -> ColumnElement[int | None]:
    """Return the expression for the child an id below the unit belongs to: a mask away, null where it names none."""
    mask = (1 << level_bits(levels)) - 1
    whens = []
    for rank in sorted({child.rank for child in of.children}):
        bits = literal(level_shift(rank, levels), Integer)
        above = unit_id.bitwise_rshift(bits)
        whens.append((above.bitwise_and(mask) != 0, above.bitwise_lshift(bits)))
    return case(*whens, else_=null()) if whens else cast(null(), BigInteger)


def kept(rank: int, grain: Grain, *, kinds: bool) -> bool:
    """Tell whether the roll-up counts a level by days or months, each category by itself or all of them together."""
    deepest = (KINDS_BY_DAY if kinds else TOTALS_BY_DAY) if grain is Grain.DAY else (KINDS_BY_MONTH if kinds else rank)
    return rank <= deepest


def number(statuses: Sequence[Status]) -> ColumnElement[int]:
    """Return how many incidents of some statuses a row of the roll-up counts; without any, all."""
    table = incident_count.c
    nothing: ColumnElement[int] = literal(0, Integer)
    further = {status: table[status.name.lower()] for status in Status if status > Status.REPORTED}
    columns = {**further, Status.REPORTED: table.n - sum(further.values(), start=nothing)}
    return sum((columns[status] for status in statuses), start=nothing) if statuses else table.n


def lateness(statuses: Sequence[Status]) -> ColumnElement[int]:
    """Return how many of these a row of the roll-up counts as open past their limit, as far as that was judged."""
    table = incident_count.c
    nothing: ColumnElement[int] = literal(0, Integer)
    further = {each: table[f"late_{each.name.lower()}"] for each in Status if Status.REPORTED < each < Status.CLOSED}
    columns = {**further, Status.REPORTED: table.late - sum(further.values(), start=nothing)}
    chosen = (columns[status] for status in statuses if status in columns)
    return sum(chosen, start=nothing) if statuses else table.late


def pieces(start: date | None, end: date | None) -> Iterator[Piece]:
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
