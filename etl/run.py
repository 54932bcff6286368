"""One recorded run of one source: its files go in whole or not at all, and the record says what became of every row."""

import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import SQLAlchemyError

from etl import files, indexes, record, rejects, units
from etl.cluster import worked
from etl.drift import Drift
from etl.editions import restamp
from etl.features import Features
from etl.fields import Vocabulary
from etl.incidents import Incidents
from etl.load import Counts, Publication, write
from etl.memory import Memory
from etl.mended import Mended
from etl.reading import Reading, Report
from etl.repetition import repeated, repeats
from etl.request import Request
from etl.stamp import Stamps, units_changed, units_edition
from etl.tidy import needed, tidy
from etl.transform import Piece, Target, transformed
from layers import model
from layers.errors import LoadError, OneMapError
from layers.pack import City
from layers.specs import SourceSpec

WHOLE = Request()
SHOWN = 10
"""Rows that would stay out, as many as a dry run shows."""


@dataclass(frozen=True)
class Outcome:
    """What a load did."""

    source: str
    state: str
    """published, unchanged, held, dry-run, or (of a whole city) no file"""
    read: int
    loaded: int
    unchanged: int
    rejected: int
    retired: int = 0
    load_id: int | None = None
    data_time: datetime | None = None
    reasons: Mapping[str, int] = field(default_factory=dict)
    findings: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    files: tuple[str, ...] = ()
    errors: tuple[tuple[str, int, str, str], ...] = ()
    """Of a dry run, the first rows that would stay out: file, row, reason, message."""
    held: str | None = None
    """Why the load waits for a person, or would."""


def order(city: City) -> list[SourceSpec]:
    """Return the sources in the order they can be loaded: units before what is placed in them, high levels first."""
    return sorted(city.sources.values(), key=lambda source: (source.feeds != "units", _rank(source, city), source.id))


def _rank(source: SourceSpec, city: City) -> int:
    """Return the level of a source that feeds units of one level only; 0 for any other."""
    level = source.fields.get("level")
    return city.rank(level.value) if source.feeds == "units" and level and level.value else 0


def load(  # noqa: PLR0913 - all that a run depends on, by name
    source: SourceSpec,
    *,
    city: City,
    engine: Engine,
    inbox: Path,
    now: datetime,
    dry_run: bool = False,
    report: Report | None = None,
    stamps: Stamps | None = None,
    request: Request = WHOLE,
) -> Outcome:
    """Load a source's files, or the part of them a request asks for; with `dry_run` say what that would do.

    Loads that share `stamps` read the units once.

    Raises:
        LoadError: Nothing was published; the message says where, what and what would be right.
    """
    with engine.connect() as connection:
        number = record.source_id(connection, source.id)
        connection.commit()
        run = _Run(source, city, connection, number, inbox, now, report or _silent, stamps or Stamps(), request)
        try:
            with record.alone(connection, number):
                outcome = run.rehearse() if dry_run else run.perform()
        except LoadError:
            raise
        except (OneMapError, psycopg.Error, SQLAlchemyError) as mistake:
            raise LoadError(_sentence(source, mistake)) from mistake
    if source.feeds == "incidents" and not dry_run:
        with engine.begin() as connection:
            record.judge(connection, now)
    if needed(written=outcome.loaded + outcome.retired, read=outcome.read) and not dry_run:
        run.report("tidy", 0, 1)
        tidy(engine, source.feeds)
        run.report("tidy", 1, 1)
    return outcome


def _silent(step: str, done: int, total: int) -> None:
    """Report to nobody."""


def _sentence(source: SourceSpec, mistake: BaseException) -> str:
    if isinstance(mistake, psycopg.Error | SQLAlchemyError):
        said = str(getattr(mistake, "orig", mistake)).partition("\n")[0]
        return f"{source.id}: the database refused: {said}; nothing was published"
    return str(mistake) or repr(mistake)


@dataclass
class _Run:
    source: SourceSpec
    city: City
    connection: Connection
    number: int
    inbox: Path
    now: datetime
    report: Report
    stamps: Stamps
    request: Request
    began: float = field(default_factory=time.monotonic)

    def perform(self) -> Outcome:
        load = record.begin(self.connection, self.number, self.now)
        self.connection.commit()
        try:
            with indexes.put_off(self.connection) if self.source.feeds == "incidents" else nullcontext():
                outcome = self._publish(load)
                self.connection.commit()
        except BaseException as mistake:
            # Whatever it was, the record says so; if even that fails, the next load finds this one interrupted.
            with suppress(SQLAlchemyError, psycopg.Error):
                if not self.connection.invalidated and self._driver().broken:
                    # What cut this connection may have cut those that wait in the pool.
                    self.connection.invalidate()
                    self.connection.engine.dispose()
                self.connection.rollback()
                record.fail(self.connection, load, message=_sentence(self.source, mistake), finished=self._finished())
                self.connection.commit()
            raise
        return outcome

    def rehearse(self) -> Outcome:
        """Do all of it, and take it back."""
        load = record.begin(self.connection, self.number, self.now)
        found = self._found()
        counts = self._counts(load, found)
        kept_out = rejects.of_load(self.connection, load, limit=SHOWN)
        self.connection.rollback()
        outcome = self._outcome("dry-run", None, counts, [file.name for file in found])
        return replace(outcome, errors=tuple((row.file, row.row_number, row.reason, row.message) for row in kept_out))

    def _publish(self, load: int) -> Outcome:
        found = self._found()
        detail: dict[str, Any] = {"files": [file.name for file in found], "datum": self.source.place.datum}
        before = record.last_good(self.connection, self.number)
        if not self.request.partial:
            detail["fingerprint"] = files.fingerprint(self.source, found, city=self.city, units=self._units())
        if before is not None and repeats(detail, before.detail) and not self._overtaken(before.id):
            counts = repeated(before)
            if self.source.feeds != "incidents":
                counts.data_time = max(file.modified for file in found)
            detail["same_as"] = before.detail.get("same_as", before.id)
        else:
            counts = self._counts(load, found)
        detail |= {"findings": counts.findings} if counts.findings else {}
        if self.request.partial and before is not None:
            # A few old rows sent again do not make the source older.
            counts.data_time = max(filter(None, (before.data_time, counts.data_time)), default=None)
        state = record.finish(self.connection, load, counts=counts, finished=self._finished(), detail=detail)
        if counts.loaded or counts.retired:
            record.announce(self.connection, source=self.source.id, load=load, rows=counts.loaded + counts.retired)
        return self._outcome(state, load, counts, detail["files"])

    def _counts(self, load: int, found: list[files.Found]) -> Counts:
        driver = self._driver()
        words = Vocabulary(self.source, self.city)
        drift = Drift(self.connection, self.source, number=self.number, load=load, accept=self.request.accept_drift)
        mended = Mended(driver, source=self.number)
        reading = Reading(words, self.request, drift, self.report, mended)
        newest = max((file.modified for file in found), default=self.now)
        into = Publication(
            driver,
            source=self.number,
            load=load,
            layer=self.source.feeds,
            step=self._step,
            now=self.now,
            build=self._build,
            request=self.request,
        )
        if self.source.feeds == "units":
            with closing(reading.pieces(found)) as rows:
                counts = units.write(words, rows, city=self.city, into=into, newest=newest)
            if self.source.edition is not None and (counts.loaded or counts.retired):
                self._step("place")
                moved = restamp(self.connection, self.city, driver=driver, load=load)
                counts.findings |= {"restamped": moved} if moved else {}
        else:
            target = self._target(words, newest)
            memory = Memory(driver, source=self.number, recipe=self._recipe())
            with self._pieces(target, found, reading, memory) as pieces:
                counts = write(target, pieces, into=into, memory=memory)
        if counts.held is None:
            mended.resolve(load=load)
            drift.keep()
        return counts

    @contextmanager
    def _pieces(
        self, target: Target, found: list[files.Found], reading: Reading, memory: Memory
    ) -> Iterator[Iterator[Piece]]:
        """Lend the pieces; no file is read on once a load is given up."""
        if self.request.scheduler is not None:
            with closing(worked(target, found, reading)) as pieces:
                yield pieces
        else:
            with (
                closing(reading.pieces(found)) as rows,
                closing(transformed(target, rows, self.request, memory)) as pieces,
            ):
                yield pieces

    def _recipe(self) -> str | None:
        """Return what tells whether rows become what they became before; nothing where not all of them come."""
        if self.request.partial or self.request.scheduler is not None:
            return None
        return files.fingerprint(self.source, [], city=self.city, units=self._units())

    def _found(self) -> list[files.Found]:
        """Return the files to read: one that was named, or those that are there, without those too old to ask for."""
        if self.request.file is not None:
            return [files.named(self.request.file)]
        since = self.request.since
        reached = record.reached(self.connection, self.number)
        found = files.find(self.source, city=self.city, inbox=self.inbox, since=since or reached)
        if since is None or self.source.feeds == "incidents":
            return found
        return [file for file in found if file.modified >= since]

    def _target(self, words: Vocabulary, newest: datetime) -> Target:
        self._step("units")
        stamp = self.stamps.of(self.connection, self.city)
        stamp.draw()
        if self.source.feeds != "incidents":
            return Features(words, stamp=stamp, layer=self.city.layers[self.source.feeds], newest=newest)
        table = model.category
        categories = {row.code: row.id for row in self.connection.execute(select(table.c.code, table.c.id))}
        known = {code: categories[code] for code in self.city.categories}
        return Incidents(words, stamp=stamp, categories=known, now=self.now)

    def _build(self) -> None:
        if indexes.missing(self.connection):
            self._step("indexes")
            indexes.build(self.connection)

    def _driver(self) -> psycopg.Connection:
        return cast("psycopg.Connection", self.connection.connection.driver_connection)

    def _step(self, name: str) -> None:
        self.report(name, 0, 1)

    def _units(self) -> int:
        if self.source.feeds == "units":
            return 0
        return units_edition(self.connection)

    def _overtaken(self, load: int) -> bool:
        """Tell whether units that another source brought since, without an edition, may stand where ours were."""
        return self.source.feeds == "units" and self.source.edition is None and units_changed(self.connection, load)

    def _finished(self) -> datetime:
        return self.now + timedelta(seconds=time.monotonic() - self.began)

    def _outcome(self, state: str, load: int | None, counts: Counts, names: list[str]) -> Outcome:
        return Outcome(
            source=self.source.id,
            state=state,
            read=counts.read,
            loaded=counts.loaded,
            unchanged=counts.unchanged,
            rejected=counts.rejected,
            retired=counts.retired,
            load_id=load,
            data_time=counts.data_time,
            reasons=dict(counts.reasons),
            findings=counts.findings,
            seconds=time.monotonic() - self.began,
            files=tuple(names),
            held=counts.held,
        )
