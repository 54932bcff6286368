"""One recorded run of one source: its files go in whole or not at all, and the record says what became of every row."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import SQLAlchemyError

from etl import files, record, units
from etl.features import Features
from etl.fields import Vocabulary
from etl.incidents import Incidents
from etl.load import Counts, Publication, Target, write
from etl.readers import reader
from etl.rows import Rows
from etl.stamp import Stamps, units_edition
from layers import model
from layers.errors import LoadError, OneMapError
from layers.pack import City
from layers.specs import SourceSpec

Report = Callable[[str, int, int], None]
MANY = 5_000
"""Rows written after which the tables are tidied, so that questions can be answered from the index alone."""
TABLES = {"units": ("unit",), "incidents": ("incident", "incident_count")}


@dataclass(frozen=True)
class Outcome:
    """What a load did."""

    source: str
    state: str
    """published, unchanged, dry-run"""
    read: int
    loaded: int
    unchanged: int
    rejected: int
    load_id: int | None = None
    data_time: datetime | None = None
    reasons: Mapping[str, int] = field(default_factory=dict)
    findings: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    files: tuple[str, ...] = ()


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
) -> Outcome:
    """Load a source's files, or with `dry_run` say what loading them would do.

    Loads that share `stamps` read the units once.

    Raises:
        LoadError: Nothing was published; the message says where, what and what would be right.
    """
    with engine.connect() as connection:
        number = record.source_id(connection, source.id)
        connection.commit()
        run = _Run(source, city, connection, number, inbox, now, report or _silent, stamps or Stamps())
        try:
            with record.alone(connection, number):
                outcome = run.rehearse() if dry_run else run.perform()
        except LoadError:
            raise
        except (OneMapError, psycopg.Error, SQLAlchemyError) as mistake:
            raise LoadError(_sentence(source, mistake)) from mistake
    if outcome.loaded >= MANY and not dry_run:
        run.report("tidy", 0, 1)
        _tidy(engine, TABLES.get(source.feeds, ("feature",)))
        run.report("tidy", 1, 1)
    return outcome


def _silent(step: str, done: int, total: int) -> None:
    """Report to nobody."""


def _sentence(source: SourceSpec, mistake: BaseException) -> str:
    if isinstance(mistake, psycopg.Error | SQLAlchemyError):
        said = str(getattr(mistake, "orig", mistake)).partition("\n")[0]
        return f"{source.id}: the database refused: {said}; nothing was published"
    return str(mistake) or repr(mistake)


def _tidy(engine: Engine, tables: tuple[str, ...]) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in tables:
            driver = cast("psycopg.Connection", connection.connection.driver_connection)
            driver.execute(psycopg.sql.SQL("VACUUM (ANALYZE) {}").format(psycopg.sql.Identifier(table)))


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
    began: float = field(default_factory=time.monotonic)

    def perform(self) -> Outcome:
        load = record.begin(self.connection, self.number, self.now)
        self.connection.commit()
        try:
            outcome = self._publish(load)
            self.connection.commit()
        except BaseException as mistake:
            # Whatever it was, the record says so; if even that fails, the next load finds this one interrupted.
            with suppress(SQLAlchemyError):
                self.connection.rollback()
                record.fail(self.connection, load, message=_sentence(self.source, mistake), finished=self._finished())
                self.connection.commit()
            raise
        return outcome

    def rehearse(self) -> Outcome:
        """Do all of it, and take it back."""
        load = record.begin(self.connection, self.number, self.now)
        found = files.find(self.source, city=self.city, inbox=self.inbox)
        counts = self._counts(load, found)
        self.connection.rollback()
        return self._outcome("dry-run", None, counts, [file.name for file in found])

    def _publish(self, load: int) -> Outcome:
        found = files.find(self.source, city=self.city, inbox=self.inbox)
        print_ = files.fingerprint(self.source, found, city=self.city, units=self._units())
        detail: dict[str, Any] = {"fingerprint": print_, "files": [file.name for file in found]}
        before = record.last_good(self.connection, self.number)
        if before is not None and _same(before.detail, print_):
            counts = _all_unchanged(before)
            if self.source.feeds != "incidents":
                counts.data_time = max(file.modified for file in found)
            detail["same_as"] = before.detail.get("same_as", before.id)
        else:
            counts = self._counts(load, found)
            detail |= {"findings": counts.findings} if counts.findings else {}
        state = record.finish(self.connection, load, counts=counts, finished=self._finished(), detail=detail)
        if counts.loaded:
            record.announce(self.connection, source=self.source.id, load=load, rows=counts.loaded)
        return self._outcome(state, load, counts, detail["files"])

    def _counts(self, load: int, found: list[files.Found]) -> Counts:
        driver = cast("psycopg.Connection", self.connection.connection.driver_connection)
        words = Vocabulary(self.source, self.city)
        pieces = self._pieces(found)
        newest = max(file.modified for file in found)
        into = Publication(driver, source=self.number, load=load, layer=self.source.feeds, step=self._step)
        if self.source.feeds == "units":
            return units.write(words, pieces, city=self.city, into=into, newest=newest)
        return write(self._target(words, newest), pieces, into=into)

    def _target(self, words: Vocabulary, newest: datetime) -> Target:
        self._step("units")
        stamp = self.stamps.of(self.connection, self.city)
        if self.source.feeds != "incidents":
            return Features(words, stamp=stamp, layer=self.city.layers[self.source.feeds], newest=newest)
        table = model.category
        categories = {row.code: row.id for row in self.connection.execute(select(table.c.code, table.c.id))}
        known = {code: categories[code] for code in self.city.categories}
        return Incidents(words, stamp=stamp, categories=known, now=self.now)

    def _pieces(self, found: list[files.Found]) -> Iterator[Rows]:
        read = reader(self.source.read.format)
        total, before = sum(file.size for file in found), 0
        self.report("read", 0, total)
        for file in found:
            for rows in read(file.path, name=file.name, spec=self.source.read):
                yield rows
                self.report("read", before + int(rows.done * file.size), total)
            before += file.size
        self.report("read", total, total)

    def _step(self, name: str) -> None:
        self.report(name, 0, 1)

    def _units(self) -> int:
        if self.source.feeds == "units":
            return 0
        return units_edition(self.connection)

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
            load_id=load,
            data_time=counts.data_time,
            reasons=dict(counts.reasons),
            findings=counts.findings,
            seconds=time.monotonic() - self.began,
            files=tuple(names),
        )


def _same(detail: Mapping[str, Any], print_: str) -> bool:
    """Say whether a load would repeat the last one; a row that lay in the future then may not do so now."""
    return detail.get("fingerprint") == print_ and "future-time" not in detail.get("reasons", {})


def _all_unchanged(before: Any) -> Counts:  # noqa: ANN401 - a row of `load`
    counts = Counts(
        read=before.rows_read, unchanged=before.rows_read - before.rows_rejected, rejected=before.rows_rejected
    )
    counts.data_time = before.data_time
    counts.reasons.update(before.detail.get("reasons", {}))
    return counts
