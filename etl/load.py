"""What one load does to the tables: check, copy, merge and count, all within the caller's transaction."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc

from etl.checks import Keys, Verdicts, readable
from etl.fields import INSTANT, Vocabulary
from etl.hashes import row_hashes
from etl.merge import Merge
from etl.rejects import Rejects
from etl.request import Request
from etl.rows import Rows
from etl.staging import Staging
from etl.stamp import Stamp
from etl.suspicion.doubts import Suspicion, holding
from etl.suspicion.watch import Watch
from layers.errors import LoadError
from layers.specs import SourceSpec


class Target(Protocol):
    """Turns the rows of a source into the columns of a table."""

    table: str
    words: Vocabulary
    stamp: Stamp
    newest: datetime | None

    def columns(self, rows: Rows, verdicts: Verdicts) -> dict[str, pa.Array]:
        """Return the table's columns for every row, `key` first; what may not in is told to the verdicts."""


@dataclass
class Counts:
    """What became of the rows."""

    read: int = 0
    loaded: int = 0
    unchanged: int = 0
    rejected: int = 0
    retired: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    data_time: datetime | None = None
    findings: dict[str, Any] = field(default_factory=dict)
    """What people should know of the rows that did come in, kept in the load's detail."""
    held: str | None = None
    """Why nothing was written, though it could have been: a person must look first."""

    def suspect(self, suspicions: Sequence[Suspicion], source: SourceSpec, request: Request) -> None:
        """Note what the load is suspected of, and that it is held where that is more than its source allows."""
        if suspicions:
            self.findings["suspicions"] = [item.finding() for item in suspicions]
        self.held = None if request.accept_suspicion else holding(source, suspicions)

    def conserve(self) -> None:
        """Make sure that no row was lost.

        Raises:
            LoadError: The numbers do not add up.
        """
        if self.read != self.loaded + self.unchanged + self.rejected:
            msg = (
                f"{self.read} rows were read, but {self.loaded} loaded + {self.unchanged} unchanged + "
                f"{self.rejected} rejected is not that; nothing was published"
            )
            raise LoadError(msg)


@dataclass(frozen=True)
class Publication:
    """Where a load writes: a transaction that its caller commits."""

    driver: psycopg.Connection
    source: int
    load: int
    layer: str
    step: Callable[[str], None]
    """Told the name of each step that takes a while."""
    now: datetime
    request: Request = field(default_factory=Request)

    def staging(self, table: str) -> Staging:
        """Return the staging table that feeds a table."""
        return Staging(self.driver, table, {"source": self.source, "load": self.load, "layer": self.layer})

    def rejects(self) -> Rejects:
        """Return where rows go that stay out."""
        return Rejects(self.driver, self.load)


def write(target: Target, pieces: Iterable[Rows], *, into: Publication) -> Counts:
    """Write every piece through a staging table, and every row that stays out with its reason."""
    counts = Counts()
    staging = into.staging(target.table)
    rejects = into.rejects()
    keys = Keys(staging.holding)
    source = target.words.source
    merge = Merge(staging, source, whole=not into.request.partial, now=into.now)
    label = source.fields["key"].column or "key"
    watch = Watch(target.words, stamp=target.stamp, driver=into.driver)
    for rows in pieces:
        counts.read += len(rows) + len(rows.broken)
        verdicts = Verdicts(rows)
        readable(verdicts)
        watch.see(rows)
        columns = target.columns(rows, verdicts)
        counts.read -= _not_asked_for(columns, verdicts, into.request)
        keys.check(columns["key"], verdicts, label)
        good = pa.array(verdicts.good)
        accepted = {name: column.filter(good) for name, column in columns.items()}
        if np.any(verdicts.good):
            accepted["row_hash"] = row_hashes(list(accepted.values()))
            merge.stage(pa.RecordBatch.from_pydict(accepted), verdicts)
        merge.withhold(columns["key"], verdicts)
        rejects.add(verdicts, columns["key"])
    counts.rejected, counts.reasons = rejects.written, rejects.reasons
    counts.suspect(watch.suspicions(), source, into.request)
    if counts.held:
        return counts
    into.step("merge")
    merged = merge.run()
    counts.loaded, counts.unchanged = merged.loaded, merged.unchanged
    counts.retired = merged.retired
    if merged.unsure:
        counts.findings["not_retired"] = [{"because": merged.unsure}]
    counts.data_time = target.newest
    counts.conserve()
    return counts


def _not_asked_for(columns: dict[str, pa.Array], verdicts: Verdicts, request: Request) -> int:
    """Leave out rows reported before the time asked for; return how many. What has no readable time stays in."""
    if request.since is None or "reported_at" not in columns:
        return 0
    early = pc.less(columns["reported_at"], pa.scalar(request.since, INSTANT))
    return verdicts.leave_out(np.asarray(pc.fill_null(early, fill_value=False)))
