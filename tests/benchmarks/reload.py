"""A load of which one row in a hundred changed: what it costs in time and WAL, beside updating every row.

Measured twice: as loads come, one after the other, and with a checkpoint just before each, the worst there is: after it
the first change of a page writes the whole page into the log, which is told apart. Needs PostgreSQL 15.
"""

import os
import time
from dataclasses import astuple, dataclass
from itertools import product
from statistics import median
from unittest.mock import patch

import numpy as np
import pyarrow as pa
from sqlalchemy import Engine, text

from etl import merge, staging
from etl.known import Known
from etl.memory import Memory
from etl.request import Request
from etl.rows import Mask, Rows
from etl.run import load
from simulate.write import write
from tests.benchmarks._bench import NOW, ROWS, Bench, bench

ROUNDS = int(os.environ.get("ONEMAP_BENCH_ROUNDS", "3"))
MADE_UP = Request(accept_suspicion=True)
CLOSED, GOING_ON = "已结案", "办理中"
END = "2026/06/30 19:59:00"
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
"""The same load with the usual statement instead of ours: same staging, same triggers, same result.

It makes every row anew, as a load does that remembers none."""


@dataclass(frozen=True)
class Cost:
    """What a load cost: seconds in all and of writing from the staging table; megabytes of WAL."""

    whole: float
    writing: float
    records: float
    images: float
    """Pages that were logged whole, because nothing had changed them since the checkpoint."""


def main() -> None:
    """Print what both ways cost, in turn, in one run."""
    with bench(ROWS) as made:
        with made.engine.begin() as connection:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_walinspect"))
        load(made.source, city=made.city, engine=made.engine, inbox=made.inbox, now=NOW, request=MADE_UP)
        for newest, checkpoint in product((True, False), (False, True)):
            compare(made, newest=newest, checkpoint=checkpoint)


def compare(made: Bench, *, newest: bool, checkpoint: bool) -> None:
    """Print both ways for changes of the newest rows, or of rows all over the years."""
    which = "the newest rows" if newest else "rows all over the years"
    when = "just after a checkpoint" if checkpoint else "as loads come"
    print(f"\nre-load of {ROWS:,} rows, 1 % changed: {which}, {when}")
    print(f"{'way':34}{'s in all':>10}{'s writing':>11}{'WAL MB':>9}{'and pages':>11}")
    found: dict[str, list[Cost]] = {"staging, hash, MERGE": [], "ON CONFLICT, all rows": []}
    for number in range(2 * ROUNDS):
        way = list(found)[number % 2]
        send(made, number, newest=newest)
        found[way].append(measured(made, ours=number % 2 == 0, checkpoint=checkpoint))
    ours, others = (Cost(*map(median, zip(*map(astuple, runs), strict=True))) for runs in found.values())
    for way, cost in zip(found, (ours, others), strict=True):
        print(f"{way:34}{cost.whole:10.2f}{cost.writing:11.2f}{cost.records:9.1f}{cost.images:11.1f}")
    share = (ours.records + ours.images) / (others.records + others.images)
    print(
        f"{'times as fast, share of the WAL':34}{others.whole / ours.whole:9.1f}×{others.writing / ours.writing:10.1f}×"
        f"{100 * ours.records / others.records:8.1f}%{100 * share:10.1f}%",
        flush=True,
    )


def send(made: Bench, number: int, *, newest: bool) -> None:
    """Write the file anew; each time another hundredth of the rows is closed, or goes on if it was."""
    every = np.arange(ROWS)
    chosen = every[::-1] // (ROWS // 100) == number if newest else every % 100 == number
    table = made.table
    closed = table["状态"] == CLOSED
    table["状态"] = np.where(chosen, np.where(closed, GOING_ON, CLOSED), table["状态"]).astype(object)
    for column in ("办结时间", "结案时间"):
        table[column] = np.where(chosen, np.where(closed, "", END), table[column]).astype(object)
    write(made.file, made.source, table)


def measured(made: Bench, *, ours: bool, checkpoint: bool) -> Cost:
    """Load once; return what it cost."""
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

    def forgotten(self: Memory, rows: Rows) -> None:
        del self, rows

    def kept(self: Memory) -> None:
        del self

    tidy(made.engine, checkpoint=checkpoint)
    before = made.one("SELECT pg_current_wal_insert_lsn()")
    began = time.perf_counter()
    with (
        patch.object(merge.Merge, "run", timed),
        patch.object(merge, "statement", staging.statement if ours else instead),
        patch.object(Known, "there", Known.there if ours else nothing),
        patch.object(Memory, "recall", Memory.recall if ours else forgotten),
        patch.object(Memory, "keep", Memory.keep if ours else kept),
    ):
        outcome = load(made.source, city=made.city, engine=made.engine, inbox=made.inbox, now=NOW, request=MADE_UP)
    seconds = time.perf_counter() - began
    assert outcome.loaded, outcome
    records, images = logged(made.engine, before)
    return Cost(seconds, writing[0], records, images)


def tidy(engine: Engine, *, checkpoint: bool) -> None:
    """Clear away what the run before left."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in ("incident", "incident_count"):
            connection.execute(text(f"ALTER TABLE {table} SET (autovacuum_enabled = false)"))
        connection.execute(text("VACUUM (ANALYZE) incident, incident_count"))
        if checkpoint:
            connection.execute(text("CHECKPOINT"))


def logged(engine: Engine, since: str) -> tuple[float, float]:
    """Return the megabytes logged since, without the pages that were logged whole, and of these."""
    asked = (
        "SELECT sum(record_size) / 1e6, sum(fpi_size) / 1e6 FROM pg_get_wal_stats(:since, pg_current_wal_flush_lsn())"
    )
    with engine.connect() as connection:
        records, images = connection.execute(text(asked), {"since": since}).one()
    return float(records), float(images)


if __name__ == "__main__":
    main()
