"""What one load does to the tables: check, copy, merge and count, all within the caller's transaction."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa

from etl.checks import Keys
from etl.first import First
from etl.former import Former
from etl.hashes import key_hashes
from etl.instants import NEVER
from etl.memory import Memory
from etl.merge import Merge
from etl.rejects import Rejects
from etl.request import Request
from etl.staging import Staging, Values
from etl.suspicion.doubts import Suspicion, holding
from etl.suspicion.earlier import Earlier
from etl.suspicion.watch import Watch
from etl.transform import Piece, Target, transform
from layers.errors import LoadError
from layers.specs import SourceSpec


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
    build: Callable[[], None] = lambda: None
    """Builds the indexes that were put off until the rows are in."""
    request: Request = field(default_factory=Request)

    def staging(self, table: str) -> Staging:
        """Return the staging table that feeds a table."""
        return Staging(self.driver, table, self.values)

    def entry(self, table: str, source: SourceSpec) -> First | Merge:
        """Return the way into a table: straight in where it has nothing of the source yet, else by comparison."""
        if First.possible(self.driver, table, self.values):
            return First(self.driver, table, self.values, self.build)
        return Merge(self.staging(table), source, whole=not self.request.partial, now=self.now)

    def earlier(self, table: str, datum: str) -> Earlier:
        """Return what earlier loads of the source left behind."""
        return Earlier(self.driver, table=table, values=self.values, datum=datum)

    def rejects(self) -> Rejects:
        """Return where rows go that stay out."""
        return Rejects(self.driver, load=self.load, source=self.source)

    @property
    def values(self) -> Values:
        """What statements need to know of the load."""
        return {"source": self.source, "load": self.load, "layer": self.layer}


def write(target: Target, pieces: Iterable[Piece], *, into: Publication, memory: Memory) -> Counts:
    """Write every piece, and every row that stays out with its reason; pieces may begin when this is called."""
    counts, newest = Counts(), NEVER
    rejects = into.rejects()
    source = target.words.source
    entry = into.entry(target.table, source)
    former = Former(into.driver, target.table, into.values)
    keys = Keys(entry.holding)
    label = source.fields["key"].column or "key"
    watch = Watch(target.words, stamp=target.stamp, earlier=into.earlier(target.table, source.place.datum))
    if isinstance(entry, Merge):
        memory.believe(entry.known)
    for sent in pieces:
        piece = _unmistakable(sent, entry, keys, target, into.request)
        verdicts, key = piece.verdicts, piece.columns["key"]
        watch.see(piece.rows)
        counts.read += piece.read
        keys.check(key, verdicts, label)
        newest = max(newest, int(np.max(piece.newest, where=verdicts.good, initial=NEVER)))
        if piece.recalled is not None and isinstance(entry, Merge):
            again = piece.recalled.rows
            counts.read += len(again)
            keys.unchanged(piece.rows.file, piece.rows.numbers[~piece.recalled.fresh], again["key_hash"])
            entry.again(piece.recalled.places)
            newest = max(newest, int(np.max(again["newest"], initial=NEVER)))
        if np.any(verdicts.good):
            good = pa.array(verdicts.good)
            accepted = pa.RecordBatch.from_pydict(piece.columns).filter(good)
            former.note(accepted, {day: units.filter(good) for day, units in piece.former.items()})
            entry.stage(accepted, verdicts)
        entry.withhold(key, verdicts)
        rejects.add(verdicts, key)
        watch.judged(verdicts)
        memory.note(piece.recalled, verdicts.settled, piece.columns, piece.newest)
    rejects.close()
    counts.rejected, counts.reasons = rejects.count, rejects.reasons
    counts.findings |= watch.findings()
    counts.suspect(watch.suspicions(), source, into.request)
    if counts.held:
        entry.withdraw()
        return counts
    into.step("merge")
    merged = entry.run()
    former.write()
    counts.loaded, counts.unchanged = merged.loaded, merged.unchanged
    counts.retired = merged.retired
    if merged.unsure:
        counts.findings["not_retired"] = [{"because": merged.unsure}]
    counts.data_time = target.data_time(newest)
    counts.conserve()
    memory.keep()
    return counts


def _unmistakable(piece: Piece, entry: First | Merge, keys: Keys, target: Target, request: Request) -> Piece:
    """Return a piece in which nothing is remembered of rows whose key may come twice: their order decides."""
    recalled = piece.recalled
    if recalled is None or not isinstance(entry, Merge):
        return piece
    doubtful = entry.known.twice(recalled.places)
    doubtful |= keys.doubtful(recalled.rows["key_hash"], key_hashes(piece.columns["key"].drop_null()))
    if not doubtful.any():
        return piece
    return transform(target, piece.rows, request, recalled.without(doubtful))
