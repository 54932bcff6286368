"""Questions about sources: their last load, how recent their data is, and whether they are due."""

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select, true

from layers.model import load, source
from layers.questions import Question
from layers.specs import SourceSpec

Freshness = Literal["fresh", "due", "overdue", "unknown"]
DONE = ("published", "unchanged")


def last_loads() -> Question:
    """Ask for every source's last load, whatever became of it, and the data time of the last that succeeded."""
    past = load.alias("past")
    own = select(past).where(past.c.source_id == source.c.id).order_by(past.c.id.desc()).limit(1)
    done = own.where(past.c.state.in_(DONE), past.c.data_time.is_not(None))
    last = own.lateral("last")
    columns = [column for column in last.c if column.name != "source_id"]
    reached = done.with_only_columns(past.c.data_time).scalar_subquery().label("reached")
    return select(source.c.code, reached, *columns).outerjoin(last, true())


def freshness(spec: SourceSpec, data_time: datetime | None, now: datetime) -> Freshness:
    """Say how a source stands: fresh for one period after its data time, due for another, then overdue."""
    if data_time is None:
        return "unknown"
    period = timedelta(minutes=spec.refresh_minutes)
    if now <= data_time + period:
        return "fresh"
    return "due" if now <= data_time + 2 * period else "overdue"
