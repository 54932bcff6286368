"""Questions about sources: their last load, how recent their data is, and whether they are due."""

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import BigInteger, ColumnElement, FromClause, case, cast, column, func, select, table, true

from layers.model import load, source
from layers.questions import Question
from layers.specs import SourceSpec

Freshness = Literal["fresh", "due", "overdue", "unknown"]
DONE = ("published", "unchanged")
INTERRUPTED = "interrupted"
HELD = "held"
"""Read and checked, but not published: its places look wrong, and a person must say whether they are."""
LOADING = 0x6F6E6D6C
"""The class of advisory locks that loads of one source take in turn, and hold for as long as they live."""
LOCKS = table("pg_locks", *map(column, ("locktype", "database", "classid", "objid", "granted")))
DATABASES = table("pg_database", column("oid"), column("datname"))


def state(past: FromClause) -> ColumnElement[str]:
    """Return how a load stands: one that says it runs, but whose process is gone, was interrupted."""
    here = select(DATABASES.c.oid).where(DATABASES.c.datname == func.current_database()).scalar_subquery()
    lives = (
        select(true())
        .where(
            LOCKS.c.locktype == "advisory",
            LOCKS.c.granted,
            LOCKS.c.database == here,
            cast(LOCKS.c.classid, BigInteger) == LOADING,
            cast(LOCKS.c.objid, BigInteger) == past.c.source_id,
        )
        .exists()
    )
    return case(((past.c.state == "running") & ~lives, INTERRUPTED), else_=past.c.state).label("state")


def last_loads() -> Question:
    """Ask for every source's last load, whatever became of it, and the data time of the last that succeeded."""
    past = load.alias("past")
    columns = [item for item in past.c if item.name != "state"]
    own = select(*columns, state(past)).where(past.c.source_id == source.c.id).order_by(past.c.id.desc()).limit(1)
    done = own.where(past.c.state.in_(DONE), past.c.data_time.is_not(None))
    last = own.lateral("last")
    shown = [item for item in last.c if item.name != "source_id"]
    reached = done.with_only_columns(past.c.data_time).scalar_subquery().label("reached")
    return select(source.c.code, reached, *shown).outerjoin(last, true())


def freshness(spec: SourceSpec, data_time: datetime | None, now: datetime) -> Freshness:
    """Say how a source stands: fresh for one period after its data time, due for another, then overdue."""
    if data_time is None:
        return "unknown"
    period = timedelta(minutes=spec.refresh_minutes)
    if now <= data_time + period:
        return "fresh"
    return "due" if now <= data_time + 2 * period else "overdue"
