"""The indexes of incidents, while the first of all incidents come in: dropped before, built when the rows are there.

To keep them up to date row by row takes three times as long as to build them at once. No question misses those of a
table without rows, and to build them keeps only writers waiting, who wait anyway, for a lock. Keys stay unique all the
time. What a load that was killed leaves undone, the next one does first.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Index, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from layers.model import incident

WRITING = 0x6F6E6D69
"""The class of the lock that loads of incidents share, and the first of all has alone."""
PATIENCE = "1s"
"""How long the drop waits for those who read the table; if they do not end, the indexes stay."""
PUT_OFF = sorted((index for index in incident.indexes if not index.unique), key=lambda index: str(index.name))


@contextmanager
def put_off(connection: Connection) -> Iterator[None]:
    """Hold the lock for a load; if there are no incidents yet, drop the indexes, and see to it that they come back."""
    alone = _locked(connection, "pg_try_advisory_lock")
    if alone and connection.execute(text("SELECT NOT EXISTS (SELECT FROM incident)")).scalar_one():
        drop(connection)
    else:
        if alone:
            build(connection)
            connection.commit()
            _locked(connection, "pg_advisory_unlock")
        _locked(connection, "pg_advisory_lock_shared")
        alone = False
    connection.commit()
    try:
        yield
    finally:
        with suppress(SQLAlchemyError):  # a connection that is lost has let go of the lock by itself
            connection.rollback()
            build(connection)
            _locked(connection, "pg_advisory_unlock" if alone else "pg_advisory_unlock_shared")
            connection.commit()


def build(connection: Connection) -> None:
    """Build the indexes that are not there, within the caller's transaction."""
    for index in missing(connection):
        index.create(connection)


def missing(connection: Connection) -> list[Index]:
    """Return the indexes that are put off."""
    there = set(connection.execute(text("SELECT indexname FROM pg_indexes WHERE tablename = 'incident'")).scalars())
    return [index for index in PUT_OFF if index.name not in there]


def drop(connection: Connection) -> None:
    """Drop the indexes for now, in a transaction of its own, unless somebody reads for longer than a moment."""
    try:
        connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
        for index in PUT_OFF:
            index.drop(connection, checkfirst=True)
        connection.commit()
    except OperationalError:
        connection.rollback()


def _locked(connection: Connection, function: str) -> bool:
    return bool(connection.execute(text(f"SELECT {function}(:class, 0)"), {"class": WRITING}).scalar_one())
