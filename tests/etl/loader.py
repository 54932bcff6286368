"""The loader as a process of its own, which may be killed, and what it leaves in the database."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from layers.settings import HOME
from layers.sources import LOADING
from tests.etl.town import COLUMNS

PATIENCE = 180
CITY = Path(__file__).parents[1] / "city"
INCIDENTS = """
    SELECT key, unit_id, category_id, status, channel, severity, reported_at, accepted_at, dispatched_at, resolved_at,
           closed_at, due_at, title, address, geom, attributes, row_hash, retired_at IS NULL FROM incident ORDER BY key
"""
COUNTS = "SELECT * FROM incident_count WHERE n <> 0 ORDER BY rank, grain, unit_id, category_id, period, source_id"
CHANGES = """
    SELECT key, changed - 'retired_at', changed ? 'retired_at' FROM incident_change AS change
    JOIN incident ON incident.id = incident_id ORDER BY 1, change.id
"""
REJECTS = """
    SELECT dense_rank() OVER (ORDER BY load.id), file, row_number, reason, message, row::text, key
    FROM load, rejects_of(load.id) WHERE load.state = 'published' ORDER BY 1, 2, 3
"""
SEEN = """
    SELECT count(*) FILTER (WHERE retired_at IS NULL),
           (SELECT coalesce(sum(n), 0) FROM incident_count WHERE rank = 0 AND grain = 1 AND category_id = 0),
           (SELECT count(*) FROM incident_change)
    FROM incident
"""
BLOCKED = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def contents(url: str) -> tuple[Any, ...]:
    """Return a digest of all that one load after the other leaves behind, without the numbers of rows and loads."""
    with psycopg.connect(url) as driver:
        return tuple(
            driver.execute(f"SELECT count(*), md5(string_agg(row::text, chr(10))) FROM ({question}) AS row").fetchone()  # noqa: S608 - questions from above
            for question in (INCIDENTS, COUNTS, CHANGES, REJECTS)
        )


def one(url: str, statement: str) -> Any:  # noqa: ANN401 - whatever is asked for
    """Return the first value a statement finds, or nothing."""
    with psycopg.connect(url) as driver:
        found = driver.execute(statement).fetchone()
        return found and found[0]


def until(true: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever came true
    """Wait until something is true, and return it."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.02)
    msg = "it never came true"
    raise AssertionError(msg)


@dataclass(frozen=True)
class Loader:
    """A pack whose hotline is a snapshot, and an inbox."""

    folder: Path

    def prepare(self) -> None:
        """Copy the small city's pack."""
        shutil.copytree(CITY, self.folder / "city")
        source = self.folder / "city" / "sources" / "hotline.toml"
        source.write_text('mode = "snapshot"\n' + source.read_text(encoding="utf-8"), encoding="utf-8")

    def send(self, numbers: range, *, title: str) -> None:
        """Put a file of cases into the inbox, each thousandth of which has a category that nobody knows."""
        file = self.folder / "data" / "inbox" / "city" / "hotline" / "1.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w", encoding="gb18030", newline="") as lines:
            lines.write(",".join(COLUMNS) + "\n")
            for number in numbers:
                name = f"{title} {number}" if number % 10 == 0 else f"case {number}"
                kind, spot = ("?" if number % 1000 == 7 else "占道"), 121.505 + number % 997 / 1e5
                day = 1 + number % 28
                lines.write(f"K{number},{name},2026/05/{day:02} 08:30:00,,{kind},已受理,{spot:.5f},29.80225,\n")

    def start(self, url: str, source: str = "hotline") -> subprocess.Popen[str]:
        """Start loading."""
        return self.onemap(url, "load", source)

    def onemap(self, url: str, *words: str, **settings: str) -> subprocess.Popen[str]:
        """Start a command."""
        environment = {
            **os.environ,
            "ONEMAP_DATABASE_URL": url,
            "ONEMAP_CITY": str(self.folder / "city"),
            "ONEMAP_DATA_DIR": str(self.folder / "data"),
            **settings,
        }
        program = f"import sys; sys.argv = {['onemap', *words]}; from onemap import main; main()"
        return subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-c", program],
            env=environment,
            cwd=HOME,
            text=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def run(self, url: str, source: str = "hotline") -> None:
        """Load to the end."""
        process = self.start(url, source)
        _, said = process.communicate(timeout=PATIENCE * 3)
        assert process.returncode == 0, said

    @contextmanager
    def held(self, url: str, lock: str) -> Iterator[tuple[subprocess.Popen[str], int, psycopg.Connection]]:
        """Start a load that waits for a lock; yield it, its backend, and the connection that holds the lock."""
        holder = psycopg.connect(url)
        holder.execute(lock)
        process = self.start(url)
        try:
            yield process, until(lambda: one(url, BLOCKED)), holder
        finally:
            holder.close()
            if process.poll() is None:
                process.kill()
                process.communicate()


BEFORE_ALL = f"SELECT pg_advisory_lock({LOADING}, id) FROM source WHERE code = 'hotline'"  # noqa: S608 - a number
"""A lock that keeps a load from beginning."""
BEFORE_KEEPING = "LOCK TABLE remembered IN SHARE MODE"
"""A lock that stops a load where all is written and the indexes of a first one are not built."""
BEFORE_MERGE = "LOCK TABLE incident IN SHARE MODE"
"""A lock that stops a load where all is staged and nothing is written."""
