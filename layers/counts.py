"""Counting incidents for a unit and its children: from the roll-up where it can answer, else from the incidents.

Both ways answer the rows that `tallies` describes.
"""

from collections.abc import Iterator, Sequence
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
    Integer,
    SmallInteger,
    Text,
    TextClause,
    bindparam,
    literal,
    select,
    text,
    union_all,
)

from layers import editions, tallies
from layers.filters import Filter
from layers.incidents import branches, clauses_of, without_unit
from layers.model import (
    KINDS_BY_DAY,
    KINDS_BY_MONTH,
    TOTALS_BY_DAY,
    Grain,
    Status,
    incident,
    incident_count,
    level_bits,
    level_shift,
)
from layers.pack import City
from layers.parameters import midnight
from layers.tallies import COLUMNS, Family, from_incidents

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
        found = tallies.of_rows(moved, unit_id, where, city=city, of=of, now=now, sign=sign).subquery()
        parts.append(select(*(found.c[name] for name in COLUMNS)))
    return union_all(*parts)


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
