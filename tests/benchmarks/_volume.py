"""A city of 30,000 cells, 200,000 cameras and as many incidents as wanted, made inside the database."""

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psycopg
from sqlalchemy import create_engine, make_url, text

from etl import record
from etl.roll_up import roll_up
from layers.database import migrate
from layers.pack import City
from tests.benchmarks._bench import noted
from tests.benchmarks._scratch import scratch

PACK = Path(__file__).parents[2] / "data" / "ningbo"
NOW = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)
CAMERAS = 200_000
SHARES = {"hotline": 0.63, "grid-reports": 0.37}
PARTS = dict(
    part.split("\n", 1)
    for part in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split("\n-- ")
    if "\n" in part
)
# Indexes that belong to no constraint are built when the rows are in, as anybody would.
LATER = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = 'incident'::regclass AND NOT indisunique
"""


@contextmanager
def volume(rows: int) -> Iterator[str]:
    """Yield the address of a database of the city, gone afterwards."""
    with scratch(f"volume_{rows}") as url:
        own = url.render_as_string(hide_password=False)
        made(own, rows)
        yield own


def made(url: str, rows: int) -> None:
    """Fill an empty database."""
    city = City(PACK)
    engine = create_engine(url)
    migrate(engine, city)
    with engine.begin() as connection:
        sources = {code: record.source_id(connection, code) for code in ("units", "cameras", *SHARES)}
        loads = {code: record.begin(connection, number, NOW) for code, number in sources.items()}
        connection.execute(
            text("UPDATE load SET state = 'published', finished_at = started_at, data_time = started_at")
        )
    engine.dispose()
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as driver:
        do = partial(step, driver)
        driver.execute("SELECT setseed(0.5)")
        driver.execute("SET maintenance_work_mem = '1GB'")
        do("units", PARTS["units"], {"code": city.spec.code, "load": loads["units"]})
        do("cells", PARTS["cells"])
        do("cameras", PARTS["cameras"], {"source": sources["cameras"], "load": loads["cameras"], "rows": CAMERAS})
        indexes = driver.execute(LATER).fetchall()
        for name, _ in indexes:
            driver.execute(f"DROP INDEX {name}")
        driver.execute("SET onemap.counted = 'later'")
        for code, share in SHARES.items():
            values = {"source": sources[code], "load": loads[code], "rows": round(rows * share), "now": NOW}
            do(code, PARTS["incidents"], {**values, "kinds": kinds(driver, city, code)})
        for name, definition in indexes:
            do(name, definition)
        for code in SHARES:
            began = time.perf_counter()
            with driver.transaction():
                roll_up(driver, noted(driver, sources[code]), source=sources[code])
            said(f"roll-up of {code}", began)
        do("late", "SELECT incident_judge(%(now)s)", {"now": NOW})
        do("vacuum", "VACUUM (ANALYZE)")
        # Else the first questions write to disk what the steps before left in memory, to make room.
        do("checkpoint", "CHECKPOINT")


def kinds(driver: psycopg.Connection, city: City, source: str) -> int:
    """Say which categories a source has, the commonest first; return how many."""
    leaves = [(item.code, item.title.zh) for item in city.categories.values() if item.parent]
    own = leaves if source == "hotline" else leaves[: len(leaves) * 2 // 3][::-1]
    driver.execute("DROP TABLE IF EXISTS kind")
    driver.execute("CREATE TABLE kind (number integer, id smallint, hours float8, title text)")
    with driver.cursor() as cursor:
        rows = [(number, title, code) for number, (code, title) in enumerate(own, 1)]
        cursor.executemany("INSERT INTO kind SELECT %s, id, hours, %s FROM category WHERE code = %s", rows)
    return len(own)


def step(driver: psycopg.Connection, title: str, statement: str, values: Mapping[str, object] | None = None) -> None:
    """Execute, and say how long it took."""
    began = time.perf_counter()
    driver.execute(statement, values)
    said(title, began)


def said(title: str, began: float) -> None:
    """Print one line."""
    print(f"  {title}: {time.perf_counter() - began:.1f} s", file=sys.stderr, flush=True)
