"""Editions of boundaries as questions see them: which there are, and where incidents and features were before each.

A row is stamped once, with its unit of today. Where that was another before an edition began, the former stamp stands
beside it in `incident_was` or `feature_was`, written by whoever moved or loaded the row; where nothing stands, the row
was where it is. So a question as of a date is the question of today with the few rows exchanged that moved since.
"""

from collections.abc import Mapping
from datetime import date
from importlib.resources import files

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    FromClause,
    Index,
    PrimaryKeyConstraint,
    Table,
    TextClause,
    any_,
    func,
    or_,
    select,
    text,
)

from layers.model import feature, incident, metadata
from layers.questions import Question

edition = Table(
    "edition",
    metadata,
    Column("begins", Date, primary_key=True),
    Column("load_id", BigInteger, ForeignKey("load.id"), nullable=False, comment="the load that first brought it"),
)
"""The days on which boundaries that were loaded as an edition came into force."""


def _was(name: str) -> Table:
    return Table(
        f"{name}_was",
        metadata,
        Column("id", BigInteger, ForeignKey(f"{name}.id", ondelete="CASCADE"), nullable=False),
        Column("until", Date, nullable=False, comment="the edition before which it was in that unit"),
        Column("unit_id", BigInteger, nullable=False),
        PrimaryKeyConstraint("id", "until"),
        Index(f"{name}_was_unit", "until", "unit_id", postgresql_include=["id"]),
    )


incident_was = _was("incident")
feature_was = _was("feature")
WAS: Mapping[Table, Table] = {incident: incident_was, feature: feature_was}
"""Where the former stamps of a table stand."""


def every() -> TextClause:
    """Ask for all editions, the oldest first, and how many units each changed, brought and ended."""
    return text((files("layers") / "sql" / "editions.sql").read_text(encoding="utf-8"))


def after(day: date) -> Question:
    """Ask which edition ended the boundaries of a day; none, where they are in force."""
    return select(func.min(edition.c.begins)).where(edition.c.begins > day)


def with_former(table: Table, before: date | None) -> tuple[FromClause, ColumnElement[int]]:
    """Return a table and its rows' units, or the table beside its former stamps and what the units were."""
    if before is None:
        return table, table.c.unit_id
    was = WAS[table]
    joined = table.outerjoin(was, (was.c.id == table.c.id) & (was.c.until == before))
    return joined, func.coalesce(was.c.unit_id, table.c.unit_id)


def unit_id(table: Table, before: date | None) -> ColumnElement[int]:
    """Return the unit that a row is in, or was in before an edition; good for the few rows of a page."""
    if before is None:
        return table.c.unit_id
    was = WAS[table].alias().c
    former = select(was.unit_id).where(was.id == table.c.id, was.until == before).correlate(table)
    return func.coalesce(former.scalar_subquery(), table.c.unit_id)


def inside(table: Table, first: int, last: int, *, before: date | None) -> list[ColumnElement[bool]]:
    """Return the conditions that a row belongs, or belonged before an edition, to one of the units of a run of ids.

    Those that are there now and were not go, those that were there and are not now come: both can be told by indexes.
    """
    here = table.c.unit_id.between(first, last)
    if before is None:
        return [here]
    there, other = WAS[table].alias().c, WAS[table].alias().c
    came = select(there.id).where(there.until == before, there.unit_id.between(first, last)).correlate(None)
    elsewhere = select(other.id).where(
        other.id == table.c.id, other.until == before, ~other.unit_id.between(first, last)
    )
    return [or_(here, table.c.id == any_(func.array(came.scalar_subquery()))), ~elsewhere.correlate(table).exists()]
