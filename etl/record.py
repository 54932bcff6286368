"""The record of loads: begun before anything is read, finished in the transaction that publishes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import SQLAlchemyError

from etl.load import Counts
from etl.texts import sentence
from layers import model
from layers.sources import DONE, HELD, INTERRUPTED, LOADING

PATIENCE = "2s"
CHANNEL = "onemap_change"


def source_id(connection: Connection, code: str) -> int:
    """Return a source's number, given to it when it is first seen."""
    table = model.source
    connection.execute(upsert(table).values(code=code).on_conflict_do_nothing())
    return int(connection.execute(select(table.c.id).where(table.c.code == code)).scalar_one())


@contextmanager
def alone(connection: Connection, source: int) -> Iterator[None]:
    """Wait until no other load of the source runs, and keep others waiting."""
    key = {"class": LOADING, "source": source}
    # A statement whose client is dead gives way within seconds, so that the next load need not wait for its end.
    connection.execute(
        text("SELECT set_config('client_connection_check_interval', :patience, false)"), {"patience": PATIENCE}
    )
    connection.execute(text("SELECT pg_advisory_lock(:class, :source)"), key)
    connection.commit()
    try:
        yield
    finally:
        with suppress(SQLAlchemyError):  # a connection that is lost has let go of the lock by itself
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:class, :source)"), key)
            connection.commit()


def begin(connection: Connection, source: int, now: datetime) -> int:
    """Record that a load has begun; an earlier one that never finished was interrupted, since the lock is ours."""
    table = model.load
    stale = update(table).where(table.c.source_id == source, table.c.state == "running")
    connection.execute(stale.values(state=INTERRUPTED, detail={"message": "interrupted before it could finish"}))
    new = insert(table).values(source_id=source, started_at=now, state="running").returning(table.c.id)
    return int(connection.execute(new).scalar_one())


def judge(connection: Connection, now: datetime) -> None:
    """Let the counts know what is late by now, so that no question has to look for it; leave it if somebody writes."""
    connection.execute(text("SELECT incident_judge(:now)"), {"now": now})


def last_good(connection: Connection, source: int) -> Row[Any] | None:
    """Return the last load of a source that did not fail."""
    table = model.load
    asked = select(table).where(table.c.source_id == source, table.c.state.in_(DONE))
    return connection.execute(asked.order_by(table.c.id.desc()).limit(1)).one_or_none()


def reached(connection: Connection, source: int) -> datetime | None:
    """Return how recent the data of a source are so far."""
    table = model.load
    newest = select(func.max(table.c.data_time)).where(table.c.source_id == source, table.c.state.in_(DONE))
    found: datetime | None = connection.execute(newest).scalar_one()
    return found


def finish(connection: Connection, load: int, *, counts: Counts, finished: datetime, detail: Mapping[str, Any]) -> str:
    """Record how a load ended; return its state."""
    table = model.load
    state = "published" if counts.loaded or counts.retired else "unchanged"
    said: dict[str, Any] = {**detail, "reasons": dict(counts.reasons)}
    if counts.held is not None:
        state, said["message"] = HELD, sentence(counts.held)
    connection.execute(
        update(table)
        .where(table.c.id == load)
        .values(
            state=state,
            finished_at=finished,
            data_time=counts.data_time,
            rows_read=counts.read,
            rows_loaded=counts.loaded,
            rows_unchanged=counts.unchanged,
            rows_rejected=counts.rejected,
            rows_retired=counts.retired,
            detail=table.c.detail.concat(said),  # which rejects came again stands there already
        )
    )
    return state


def fail(connection: Connection, load: int, *, message: str, finished: datetime) -> None:
    """Record why a load was given up."""
    table = model.load
    connection.execute(
        update(table)
        .where(table.c.id == load)
        .values(state="failed", finished_at=finished, detail={"message": sentence(message)})
    )


def announce(connection: Connection, *, source: str, load: int, rows: int) -> None:
    """Tell those who follow changes, once."""
    detail = {"source": source, "load": load, "rows_loaded": rows}
    connection.execute(insert(model.change).values(kind="load", detail=detail))
    connection.execute(select(func.pg_notify(CHANNEL, "")))
