"""A database with Ningbo's units, and one file of cases in an encoding and a datum that everybody knows."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, text

from etl.copying import numbers_from
from etl.roll_up import Rows
from etl.run import load
from layers.database import migrate
from layers.pack import City
from layers.specs import SourceSpec
from simulate import incidents
from simulate.city import write_units
from simulate.partition import build
from simulate.places import Ground
from simulate.plan import read
from simulate.write import Table, render, write
from tests.benchmarks._scratch import scratch

ROWS = int(os.environ.get("ONEMAP_BENCH_ROWS", "1000000"))
PACK = Path(__file__).parents[2] / "data" / "ningbo"
NOW = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)

NOTED = """
    SELECT unit_id, (extract(epoch FROM reported_at) * 1000000)::bigint, (extract(epoch FROM due_at) * 1000000)::bigint,
           category_id, status, (status = 5 AND closed_at <= due_at)::integer
    FROM incident WHERE source_id = %(source)s AND retired_at IS NULL
"""


@dataclass(frozen=True)
class Bench:
    """A database with a city's units, and one file."""

    city: City
    source: SourceSpec
    table: Table
    """What the file holds."""
    engine: Engine
    inbox: Path

    @property
    def url(self) -> str:
        """The database as libpq takes it."""
        return self.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)

    @property
    def file(self) -> Path:
        """The file of cases."""
        return self.inbox / self.source.read.path

    @property
    def number(self) -> int:
        """What the table calls the source."""
        return int(self.one("SELECT id FROM source WHERE code = 'hotline'"))

    @property
    def last(self) -> int:
        """A load that others may claim for theirs."""
        return int(self.one("SELECT max(id) FROM load"))

    def one(self, statement: str) -> Any:  # noqa: ANN401 - whatever is asked for
        """Return the one value a statement finds."""
        with self.engine.connect() as connection:
            return connection.execute(text(statement)).scalar()

    def clear(self) -> None:
        """Take all incidents away."""
        with psycopg.connect(self.url, autocommit=True) as driver:
            driver.execute("DROP TABLE IF EXISTS raw")
            driver.execute("TRUNCATE incident, incident_count, incident_change, reject, source_shape CASCADE")
            driver.execute("DELETE FROM load WHERE source_id = (SELECT id FROM source WHERE code = 'hotline')")
            driver.execute("CHECKPOINT")


def noted(driver: psycopg.Connection, source: int) -> Rows:
    """Return what counting needs to know of the incidents of a source, from the table itself."""
    kinds = {"unit": "i8", "reported": "i8", "due": "i8", "category": "i2", "status": "i2", "on_time": "i4"}
    return numbers_from(driver, NOTED, {"source": source}, **kinds)


@contextmanager
def bench(rows: int = ROWS) -> Iterator[Bench]:
    """Make the file and a database with the units, gone afterwards."""
    with scratch("bench") as url, TemporaryDirectory() as folder:
        engine = create_engine(url)
        try:
            city, source, table = sent(Path(folder), rows)
            made = Bench(city, source, table, engine, Path(folder))
            migrate(engine, made.city)
            load(made.city.sources["units"], city=made.city, engine=engine, inbox=made.inbox, now=NOW)
            yield made
        finally:
            engine.dispose()


def sent(inbox: Path, rows: int) -> tuple[City, SourceSpec, Table]:
    """Write the units and the file of cases, in an encoding and a datum that everybody knows."""
    city = City(PACK)
    plain = city.sources["hotline"].model_dump()
    plain["read"] |= {"path": "hotline.csv", "encoding": None}
    plain["place"] |= {"datum": "4326"}
    source = SourceSpec.model_validate(plain)
    plan = read(city.folder)
    partition = build(city, plan)
    write_units(inbox, city, city.sources["units"], partition)
    world = incidents.world(city, plan, Ground(partition), rows=rows, now=NOW)
    columns, _ = incidents.columns(world, "hotline", rows)
    table = render(city, source, columns)
    write(inbox / source.read.path, source, table)
    return city, source, table
