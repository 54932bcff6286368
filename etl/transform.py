"""From the rows of a file to the columns of a table: all that needs neither the database nor other rows.

So pieces may be transformed side by side, here or on other machines; what follows, one piece after the other, is
`etl.load`.
"""

import os
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from etl.checks import Verdicts, readable
from etl.fields import Vocabulary, trimmed
from etl.hashes import stamped_hashes
from etl.memory import Memory, Recalled
from etl.place import BEFORE
from etl.request import Request, reported_before
from etl.rows import Rows
from etl.stamp import Stamp

SIDE_BY_SIDE = min(len(os.sched_getaffinity(0)), 8)
"""Threads: most of the time they are in Arrow, NumPy, pandas and GEOS, which let others run."""


class Target(Protocol):
    """Turns the rows of a source into the columns of a table, from several threads."""

    table: str
    words: Vocabulary
    stamp: Stamp

    def columns(self, rows: Rows, verdicts: Verdicts) -> dict[str, pa.Array]:
        """Return the table's columns for every row, `key` first; what may not in is told to the verdicts."""

    def newest(self, columns: dict[str, pa.Array]) -> NDArray[np.int64]:
        """Return how recent each row says that the data are, in numbers of `etl.instants`."""

    def data_time(self, newest: int) -> datetime | None:
        """Return how recent the data are whose most recent row says so."""


@dataclass(frozen=True)
class Piece:
    """A piece of a file as the table takes it, but for the rows that are remembered, and the verdicts on its rows."""

    rows: Rows
    """All of them."""
    recalled: Recalled | None
    columns: dict[str, pa.Array]
    """Of every other row, the hash last; those of rejected rows mean nothing."""
    verdicts: Verdicts
    read: int
    """These rows, without those that nobody asked for."""
    newest: NDArray[np.int64]
    """How recent each of them says that the data are."""
    former: dict[date, pa.Array]
    """Of each of them, the unit it was in before each edition of the boundaries."""


def transform(target: Target, rows: Rows, request: Request, recalled: Recalled | None = None) -> Piece:
    """Check, place and name the rows of one piece of which nothing is remembered."""
    others = rows if recalled is None else recalled.others(rows)
    verdicts = Verdicts(others)
    readable(verdicts, target.words.source.read.encoding)
    columns = target.columns(others, verdicts)
    named = [name for name in columns if name.startswith(BEFORE)]
    former = {date.fromisoformat(name.removeprefix(BEFORE)): columns.pop(name) for name in named}
    read = len(others) + len(rows.broken) - _blank(columns, verdicts) - _not_asked_for(columns, verdicts, request)
    hashed = {**columns, "row_hash": stamped_hashes(columns)}
    return Piece(rows, recalled, hashed, verdicts, read, target.newest(columns), former)


def transformed(target: Target, pieces: Iterable[Rows], request: Request, memory: Memory) -> Generator[Piece]:
    """Yield piece after piece in their order, a few of them transformed while earlier ones are written."""

    def remembering(rows: Rows) -> Piece:
        return transform(target, rows, request, memory.recall(rows))

    waiting: deque[Future[Piece]] = deque()
    with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="transform") as threads:
        try:
            for rows in pieces:
                waiting.append(threads.submit(remembering, rows))
                if len(waiting) > SIDE_BY_SIDE:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for left in waiting:
                left.cancel()


def _blank(columns: dict[str, pa.Array], verdicts: Verdicts) -> int:
    """Leave out rows in which nothing stands at all, as sheets have them between others; return how many."""
    rows = verdicts.rows
    blank = ~np.asarray(columns["key"].is_valid())
    if rows.shapes is not None:
        blank &= shapely.is_missing(rows.shapes)
    for name in rows.names:
        if blank.any():
            blank &= ~np.asarray(trimmed(rows.columns.column(name)).is_valid())
    return verdicts.leave_out(blank)


def _not_asked_for(columns: dict[str, pa.Array], verdicts: Verdicts, request: Request) -> int:
    """Leave out rows reported before the time asked for; return how many. What has no readable time stays in."""
    if request.since is None or "reported_at" not in columns:
        return 0
    return verdicts.leave_out(reported_before(columns["reported_at"], request.since))
