"""Counting incidents one by one, for a unit and its children, wherever the roll-up cannot answer.

This and the roll-up answer rows of the same columns, told apart by `part`:

- `unit`: n, on_time and late by category, status and source, of the whole unit
- `child`: n, on_time and late by child and status; child is null, or no unit in force, for what belongs to none
- `day`: n by local day
- `late`: nothing but late, by child: what the roll-up does not know yet of what is overdue, for the unit, too
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Row,
    SmallInteger,
    Text,
    case,
    cast,
    func,
    literal,
    null,
    select,
    tuple_,
)
from sqlalchemy.types import TypeEngine

from layers import clocks, editions
from layers.filters import Filter
from layers.incidents import conditions
from layers.model import Status, category, incident, level_bits, level_shift, source
from layers.pack import City
from layers.questions import Question
from layers.units import Unit

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


def from_incidents(asked: Filter, city: City, *, of: Family, now: datetime) -> Question:
    """Ask the incidents themselves, in one pass."""
    rows, unit_id = editions.with_former(incident, asked.before)
    return of_rows(rows, unit_id, conditions(asked, city, of.unit), city=city, of=of, now=now)


def of_rows(  # noqa: PLR0913 - which rows, where they are, and how they count
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
