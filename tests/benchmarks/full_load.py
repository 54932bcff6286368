"""A file to the indexed, counted table: ours beside ogr2ogr + SQL, geopandas, and the bare COPY of a ready file.

All end with the same rows, indexes and counts in the same table. Ours builds most indexes when the rows are in, as the
first load of a city does; the others write into the indexed table, and once more like ours. The file is UTF-8 and
WGS 84, since neither ogr2ogr nor SQL knows GCJ-02. Needs `ogr2ogr` and `psql`.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psycopg
from sqlalchemy import text

from etl import indexes
from etl.roll_up import roll_up
from etl.run import load
from etl.stamp import OUTSIDE, Stamp, units_in_force
from tests.benchmarks._bench import NOW, ROWS, Bench, bench, noted
from tests.benchmarks._geopandas import geopandas

ROUNDS = int(os.environ.get("ONEMAP_BENCH_ROUNDS", "3"))
SQL = Path(__file__).with_suffix(".sql")
KEPT = """
    source_id, key, unit_id, category_id, status, channel, severity, reported_at, accepted_at, dispatched_at,
    resolved_at, closed_at, due_at, title, address, geom, attributes
"""
# Both ways: rows that are not ours, and rows of ours that are missing.
SAME = f"""
    SELECT count(*) FROM (
        (SELECT {KEPT} FROM incident EXCEPT ALL SELECT {KEPT} FROM bench_ours)
        UNION ALL
        (SELECT {KEPT} FROM bench_ours EXCEPT ALL SELECT {KEPT} FROM incident)
    ) AS different
"""  # noqa: S608 - columns from above


def main() -> None:
    """Print the seconds of every way, in turn, and how they compare."""
    with bench() as made:
        reference(made)
        ways: dict[str, Callable[[Bench], float | None]] = {
            "ours": ours,
            "ogr2ogr COPY + SQL": ogr2ogr,
            "geopandas sjoin + to_postgis": geopandas,
            "ogr2ogr, indexes afterwards": afterwards(ogr2ogr),
            "geopandas, indexes afterwards": afterwards(geopandas),
            "bare COPY, indexes kept": bare,
            "bare COPY, and counts": counted,
        }
        found: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(ROUNDS):
            for way, do in ways.items():
                found[way].append(timed(do, made))
                print(f"  {way}: {found[way][-1]:.1f} s, {made.one(SAME)} rows differ", file=sys.stderr)
        told(found)
        stamping(made)


def told(found: dict[str, list[float]]) -> None:
    """Print the medians."""
    medians = {way: statistics.median(times) for way, times in found.items()}
    print(f"\n{ROWS:,} incidents, file to indexed and counted table\n{'way':32}{'s':>8}{'ours is':>10}")
    for way, seconds in medians.items():
        print(f"{way:32}{seconds:8.1f}{seconds / medians['ours']:9.2f}×")
    share = medians["bare COPY, indexes kept"] / medians["bare COPY, and counts"]
    print(f"insert speed with counts kept: {share:.2f} of bare; goals: 2.5×, 4×, 0.35", flush=True)


def stamping(made: Bench) -> None:
    """Print how long finding the unit of every point takes, beside ST_Contains with a GiST on the points."""
    ogr(made)
    with made.engine.connect() as connection:
        asked = (
            "SELECT ogc_fid, ST_X(wkb_geometry), ST_Y(wkb_geometry) FROM raw WHERE wkb_geometry IS NOT NULL ORDER BY 1"
        )
        fid, lon, lat = (np.array(column) for column in zip(*connection.execute(text(asked)).all(), strict=True))
        began = time.perf_counter()
        stamp = Stamp(units_in_force(connection), made.city)
        drawn = time.perf_counter() - began
    times: list[tuple[float, float]] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        units = stamp.at(lon, lat)
        middle = time.perf_counter()
        with psycopg.connect(made.url) as driver:
            driver.execute(SQL.read_text(encoding="utf-8").partition("ANALYZE")[0])
            times.append((middle - began, time.perf_counter() - middle))
            theirs: dict[int, int] = dict(driver.execute("SELECT ogc_fid, unit_id FROM placed").fetchall())
    differ = sum(theirs.get(int(at), OUTSIDE) != unit for at, unit in zip(fid, units.tolist(), strict=True))
    raster, sql = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"\nplacing {len(lon):,} points: raster {raster:.2f} s (drawn in {drawn:.1f} s), ST_Contains {sql:.1f} s")
    print(f"{sql / raster:.1f}× as fast, {differ} points differ; goal: 10×, 0", flush=True)


def timed(do: Callable[[Bench], float | None], made: Bench) -> float:
    """Return the seconds of one way, from a table without incidents."""
    made.clear()
    if do is not ours:
        placeholder(made)
    began = time.perf_counter()
    seconds = do(made)
    return seconds or time.perf_counter() - began


def placeholder(made: Bench) -> None:
    """Record a load for those who do not record any."""
    with made.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO load (source_id, started_at, state) VALUES (:source, now(), 'running')"),
            {"source": made.number},
        )


def reference(made: Bench) -> None:
    """Load once and keep the result, for the others to be compared with, and as a ready file."""
    ours(made)
    with psycopg.connect(made.url, autocommit=True) as driver:
        driver.execute("CREATE TABLE bench_ours AS SELECT * FROM incident")
        # A load that stays, for those who copy the ready file.
        driver.execute("UPDATE bench_ours SET load_id = (SELECT min(id) FROM load)")
        question = "COPY bench_ours TO STDOUT (FORMAT binary)"
        with (made.inbox / "ready").open("wb") as ready, driver.cursor() as cursor, cursor.copy(question) as rows:
            ready.writelines(rows)
        driver.execute("CREATE TABLE bench_word (said text PRIMARY KEY, meant text)")
        words = made.city.mapping(made.source.fields["category"]) or {}
        with driver.cursor() as cursor:
            cursor.executemany("INSERT INTO bench_word VALUES (%s, %s)", list(words.items()))


def ours(made: Bench) -> float:
    """Load as `onemap load` does, without the tidying up that none of the others does either."""
    outcome = load(made.source, city=made.city, engine=made.engine, inbox=made.inbox, now=NOW)
    assert outcome.state == "published", outcome
    return outcome.seconds


def ogr(made: Bench) -> None:
    """Let ogr2ogr copy the file into a table with an index on its points."""
    options = [
        "-oo",
        "X_POSSIBLE_NAMES=经度",
        "-oo",
        "Y_POSSIBLE_NAMES=纬度",
        "-oo",
        "AUTODETECT_TYPE=NO",
        "-a_srs",
        "EPSG:4326",
    ]
    layer = [
        "-nln",
        "raw",
        "-lco",
        "LAUNDER=NO",
        "-lco",
        "UNLOGGED=ON",
        "-lco",
        "SPATIAL_INDEX=GIST",
        "-lco",
        "GEOMETRY_NAME=wkb_geometry",
    ]
    command = [
        "ogr2ogr",
        "-q",
        "-overwrite",
        "-f",
        "PostgreSQL",
        "PG:" + psycopg.conninfo.make_conninfo(made.url),
        str(made.file),
    ]
    subprocess.run([*command, *options, *layer, "--config", "PG_USE_COPY", "YES"], check=True)  # noqa: S603 - a fixed program


def ogr2ogr(made: Bench) -> None:
    """Copy with ogr2ogr, the rest in SQL."""
    ogr(made)
    values = {"source": made.number, "load": made.last, "zone": made.city.spec.time_zone}
    settings = [part for name, value in values.items() for part in ("-v", f"{name}={value}")]
    subprocess.run(["psql", "-q", "-1", "-v", "ON_ERROR_STOP=1", *settings, "-f", str(SQL), made.url], check=True)  # noqa: S603, S607 - a fixed program


def afterwards(do: Callable[[Bench], None]) -> Callable[[Bench], None]:
    """Let another way leave out the indexes that our first load leaves out, too, and build them in the end."""

    def way(made: Bench) -> None:
        with made.engine.connect() as connection:
            indexes.drop(connection)
        do(made)
        with made.engine.begin() as connection:
            indexes.build(connection)

    return way


def bare(made: Bench) -> None:
    """Copy a ready file; nobody counts."""
    with psycopg.connect(made.url) as driver:
        driver.execute("SELECT set_config('onemap.counted', 'later', true)")
        copy(made, driver)


def counted(made: Bench) -> None:
    """Copy a ready file, and count as the first load of a source does."""
    with psycopg.connect(made.url) as driver:
        driver.execute("SELECT set_config('onemap.counted', 'later', true)")
        copy(made, driver)
        roll_up(driver, noted(driver, made.number), source=made.number)


def copy(made: Bench, driver: psycopg.Connection) -> None:
    """Send the ready file."""
    rows = "COPY incident FROM STDIN (FORMAT binary)"
    with (made.inbox / "ready").open("rb") as ready, driver.cursor() as cursor, cursor.copy(rows) as target:
        while piece := ready.read(1 << 20):
            target.write(piece)


if __name__ == "__main__":
    main()
