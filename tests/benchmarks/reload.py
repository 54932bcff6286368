"""A load of which one row in a hundred changed: what it costs in time and WAL, beside updating every row."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np
import pyarrow as pa
from sqlalchemy import Engine, create_engine, text

from etl import merge, staging
from etl.known import Known
from etl.request import Request
from etl.rows import Mask
from etl.run import load
from layers.database import migrate
from layers.pack import City
from tests.benchmarks._scratch import scratch

ROWS = int(os.environ.get("ONEMAP_BENCH_ROWS", "300000"))
ROUNDS = 3
PACK = Path(__file__).parents[1] / "city"
NOW = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)
MADE_UP = Request(accept_suspicion=True)
HEAD = "编号,标题,时间,结案,分类,状态,经度,纬度,社区\n"
ALL = """
INSERT INTO incident AS kept
    (source_id, key, unit_id, category_id, status, channel, severity, reported_at, accepted_at, dispatched_at,
     resolved_at, closed_at, due_at, title, address, geom, attributes, row_hash, load_id)
SELECT %(source)s, key, unit_id, category_id, status, channel, severity, reported_at, accepted_at, dispatched_at,
       resolved_at, closed_at, due_at, title, address, geom, attributes, row_hash, %(load)s
FROM staged
ON CONFLICT (source_id, key) DO UPDATE SET
    unit_id = excluded.unit_id, category_id = excluded.category_id, status = excluded.status,
    channel = excluded.channel, severity = excluded.severity, reported_at = excluded.reported_at,
    accepted_at = excluded.accepted_at, dispatched_at = excluded.dispatched_at, resolved_at = excluded.resolved_at,
    closed_at = excluded.closed_at, due_at = excluded.due_at, title = excluded.title, address = excluded.address,
    geom = excluded.geom, attributes = excluded.attributes, row_hash = excluded.row_hash, load_id = excluded.load_id
"""
UPDATE_ALL = {
    "incident_unchanged": "DELETE FROM staged WHERE false",
    "incident_history": "SELECT 1",
    "incident_merge": ALL,
}
"""The same load with the usual statement instead of ours: same staging, same triggers, same result."""


def main() -> None:
    """Print seconds and megabytes of both ways, in turn, in one run."""
    with scratch("reload") as url, TemporaryDirectory() as folder:
        engine = create_engine(url)
        city, inbox = City(PACK), Path(folder)
        try:
            migrate(engine, city)
            load(city.sources["units"], city=city, engine=engine, inbox=inbox, now=NOW)
            for newest in (True, False):
                compare(city, engine, inbox, newest=newest)
        finally:
            engine.dispose()


def compare(city: City, engine: Engine, inbox: Path, *, newest: bool) -> None:
    """Print both ways for changes of the newest rows, or of rows all over the year."""
    send(inbox, 0, newest=newest)
    which = "the newest rows" if newest else "rows all over the year"
    print(f"\nre-load of {ROWS:,} rows, 1 % changed, {which}")
    print(f"{'way':34}{'s in all':>10}{'s writing':>11}{'WAL MB':>9}")
    load(city.sources["hotline"], city=city, engine=engine, inbox=inbox, now=NOW, request=MADE_UP)
    found: dict[str, list[tuple[float, float, float]]] = {"staging, hash, MERGE": [], "ON CONFLICT, all rows": []}
    for number in range(1, 2 * ROUNDS + 1):
        way = list(found)[number % 2]
        send(inbox, number, newest=newest)
        found[way].append(measured(city, engine, inbox, ours=number % 2 == 0))
    ours, others = ([median(values) for values in zip(*runs, strict=True)] for runs in found.values())
    for way, values in zip(found, (ours, others), strict=True):
        print(f"{way:34}{values[0]:10.2f}{values[1]:11.2f}{values[2]:9.1f}")
    print(
        f"{'times as fast, share of the WAL':34}{others[0] / ours[0]:9.1f}×{others[1] / ours[1]:10.1f}×"
        f"{100 * ours[2] / others[2]:8.1f}%",
        flush=True,
    )


def send(inbox: Path, number: int, *, newest: bool) -> None:
    """Write the file of cases; each time another hundredth of them is closed or opened again."""
    file = inbox / "hotline" / "1.csv"
    file.parent.mkdir(exist_ok=True)
    with file.open("w", encoding="gb18030", newline="") as lines:
        lines.write(HEAD)
        for row in range(ROWS):
            closed = row >= ROWS - ROWS * number // 100 if newest else 1 <= row % 100 <= number
            end = "2026/06/20 12:00:00,占道,已结案" if closed else ",占道,已受理"
            month, day = divmod(row * 336 // ROWS, 28)
            at = f"2025/{1 + month:02}/{1 + day:02} 08:30:00"
            spot = f"{121.5 + row % 7993 / 1e5:.5f},{29.8 + row % 3989 / 1e5:.5f}"
            lines.write(f"H{row:07},摊贩占道经营 {row},{at},{end},{spot},\n")


def measured(city: City, engine: Engine, inbox: Path, *, ours: bool) -> tuple[float, float, float]:
    """Load once; return the seconds in all, those of writing from the staging table, and the WAL written in MB."""
    writing: list[float] = []
    run = merge.Merge.run

    def timed(self: merge.Merge) -> merge.Merged:
        began = time.perf_counter()
        try:
            return run(self)
        finally:
            writing.append(time.perf_counter() - began)

    def instead(name: str) -> str:
        return UPDATE_ALL.get(name) or staging.statement(name)

    def nothing(self: Known, batch: pa.RecordBatch) -> Mask:
        del self
        return np.zeros(len(batch), dtype=np.bool_)

    tidy(engine)
    before = position(engine)
    began = time.perf_counter()
    with (
        patch.object(merge.Merge, "run", timed),
        patch.object(merge, "statement", staging.statement if ours else instead),
        patch.object(Known, "there", Known.there if ours else nothing),
    ):
        load(city.sources["hotline"], city=city, engine=engine, inbox=inbox, now=NOW, request=MADE_UP)
    return time.perf_counter() - began, writing[0], (position(engine) - before) / 1e6


def tidy(engine: Engine) -> None:
    """Clear away what the run before left, and begin both ways just after a checkpoint."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in ("incident", "incident_count"):
            connection.execute(text(f"ALTER TABLE {table} SET (autovacuum_enabled = false)"))
        connection.execute(text("VACUUM (ANALYZE) incident, incident_count"))
        connection.execute(text("CHECKPOINT"))


def position(engine: Engine) -> float:
    """Return how many bytes the write-ahead log has."""
    with engine.connect() as connection:
        return float(connection.execute(text("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")).scalar_one())


if __name__ == "__main__":
    main()
