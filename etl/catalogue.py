"""What has been loaded, for the tables that people read: every source with its freshness, every load of a source."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.postgresql import distinct_on

from layers import model
from layers.errors import UnknownNameError
from layers.pack import City
from layers.sources import DONE, Freshness, freshness, state
from layers.specs import SourceSpec

LOAD = (*(column for column in model.load.c if column.name != "state"), state(model.load))


@dataclass(frozen=True)
class Load:
    """A recorded run."""

    id: int
    source: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    data_time: datetime | None
    read: int | None
    loaded: int | None
    unchanged: int | None
    rejected: int | None
    retired: int | None
    message: str | None
    """Why it failed."""
    reasons: dict[str, int]
    findings: dict[str, list[dict[str, object]]]
    """What was noticed of rows that came in."""


@dataclass(frozen=True)
class Standing:
    """A source, its last good load, and its last run, which may have failed."""

    source: SourceSpec
    freshness: Freshness
    data_time: datetime | None
    good: Load | None
    last: Load | None


def standings(connection: Connection, city: City, now: datetime) -> list[Standing]:
    """Return every source of the pack with how it stands."""
    good = {item.source: item for item in _newest(connection, only_good=True)}
    last = {item.source: item for item in _newest(connection, only_good=False)}
    return [
        Standing(
            source=source,
            freshness=freshness(source, moment, now),
            data_time=moment,
            good=good.get(source.id),
            last=last.get(source.id),
        )
        for source in city.sources.values()
        for moment in [good[source.id].data_time if source.id in good else None]
    ]


def loads(connection: Connection, *, source: str | None = None, limit: int | None = 50) -> list[Load]:
    """Return the loads of a source, or of all, the newest first.

    Raises:
        UnknownNameError: There is no such source.
    """
    known = set(connection.execute(select(model.source.c.code)).scalars())
    if source is not None and source not in known:
        raise UnknownNameError(kind="source", name=source, known=known)
    asked = select(model.source.c.code, *LOAD).join_from(model.load, model.source)
    if source is not None:
        asked = asked.where(model.source.c.code == source)
    return [_load(row) for row in connection.execute(asked.order_by(model.load.c.id.desc()).limit(limit))]


def _newest(connection: Connection, *, only_good: bool) -> list[Load]:
    table = model.load
    asked = select(model.source.c.code, *LOAD).join_from(table, model.source).ext(distinct_on(table.c.source_id))
    if only_good:
        asked = asked.where(table.c.state.in_(DONE))
    return [_load(row) for row in connection.execute(asked.order_by(table.c.source_id, table.c.id.desc()))]


def _load(row: Row[Any]) -> Load:
    return Load(
        id=row.id,
        source=row.code,
        state=row.state,
        started_at=row.started_at,
        finished_at=row.finished_at,
        data_time=row.data_time,
        read=row.rows_read,
        loaded=row.rows_loaded,
        unchanged=row.rows_unchanged,
        rejected=row.rows_rejected,
        retired=row.rows_retired,
        message=row.detail.get("message"),
        reasons=row.detail.get("reasons", {}),
        findings=row.detail.get("findings", {}),
    )
