"""What grows with the number of incidents and what does not: the same questions at every size of ONEMAP_BENCH_VOLUME.

Summaries of every level, period, category and status; points by view; conditions that no count knows; what a change of
filter sends. Beside them the same counts by a spatial join in PostGIS and by DuckDB.
"""

import math
import os
import random
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import product
from pathlib import Path

import httpx
from sqlalchemy import Connection, create_engine, make_url, text

from layers import counts, units
from layers.database import READING
from layers.filters import Filter, parse
from layers.model import level_shift
from layers.pack import City
from layers.settings import Settings
from layers.tallies import Family
from layers.units import Unit
from tests.benchmarks._peers import Duck, joined
from tests.benchmarks._served import serve
from tests.benchmarks._table import Line, Table, grown, timed, told
from tests.benchmarks._tipg import tile, tipg
from tests.benchmarks._volume import NOW, PACK, volume

SIZES = [int(size) for size in os.environ.get("ONEMAP_BENCH_VOLUME", "1000000,10000000").split(",")]
ROUNDS = 3
ASKED = int(os.environ.get("ONEMAP_BENCH_ASKED", "40"))
"""Questions of a line of the table, of random units and kinds."""
DAY = timedelta(days=1)
TODAY = NOW.date() + DAY
PERIODS: Mapping[str, tuple[date | None, date | None]] = {
    "30 days": (TODAY - 30 * DAY, TODAY),
    "365 days": (TODAY - 365 * DAY, TODAY),
    "all time": (None, None),
}
KINDS = ("no category", "a leaf", "a branch")
STATES = ("any status", "closed", "open")
OPEN = ("reported", "accepted", "dispatched", "resolved")
CONDITIONS = {
    "a channel, 365 days": "channel=phone&from={year}&to={today}",
    "a severity, all time": "where=severity:ge:2",
    "words in the title, 30 days": "q=网格&from={month}&to={today}",
    "nights, 365 days": "hours=22-6&from={year}&to={today}",
    "weekends, 365 days": "weekday=6&weekday=7&from={year}&to={today}",
    "an attribute, 30 days": "where=wanted:eq:投诉&from={month}&to={today}",
}
ROWS = {
    "words in the title, all time": "q=暴露垃圾",
    "an attribute, all time": "where=wanted:eq:投诉",
}
"""What no index knows of all years: every row has to be read, which nothing promises to do in a second."""


def main() -> None:
    """Fill a database of every size, one after the other, and print what each question took in all of them."""
    tables = {}
    for rows in SIZES:
        with volume(rows) as url:
            tables[rows] = measured(url)
        told(rows, tables[rows])
    if len(SIZES) > 1:
        grown(tables)


def measured(url: str) -> Table:
    """Ask everything of one database."""
    options = " ".join(f"-c {name}={value}" for name, value in READING.items())
    engine = create_engine(url, connect_args={"options": options})
    city, table = City(PACK), defaultdict[str, Line](Line)
    settings = Settings(city=PACK)
    with serve(settings, url) as client, engine.connect() as connection:
        print(f"  load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
        places = sample(connection)
        summaries(client, connection, city, places, table)
        views(client, city, table)
        fields(client, places, "fields", CONDITIONS, table)
        fields(client, places, "all rows", ROWS, table)
        values(client, city, table)
        tiles(url, client, table)
        peers(url, connection, city, places, table)
    engine.dispose()
    return table


def sample(connection: Connection) -> dict[str, list[str]]:
    """Return codes of some units of each level: the busiest and others by chance, always the same."""
    chance = random.Random(1)  # noqa: S311 - a sample, not a secret
    found: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(units.listed()):
        found[row.level].append(row.code)
    return {level: [codes[0], *chance.choices(codes, k=ASKED)][:ASKED] for level, codes in found.items()}


def summaries(
    client: httpx.Client, connection: Connection, city: City, places: Mapping[str, Sequence[str]], table: Table
) -> None:
    """Ask for summaries of every level, period, category and status."""
    chance = random.Random(2)  # noqa: S311 - a sample, not a secret
    leaves = [code for code, item in city.categories.items() if item.parent]
    tops = [code for code, item in city.categories.items() if not item.parent]
    for (level, codes), (period, span), kind, state in product(places.items(), PERIODS.items(), KINDS, STATES):
        for code in codes[: max(ASKED // 4, 4)]:
            asked = {"unit": [code], "from": [str(span[0])] if span[0] else [], "to": [str(span[1])] if span[1] else []}
            asked["category"] = {"a leaf": [chance.choice(leaves)], "a branch": [chance.choice(tops)]}.get(kind, [])
            asked["status"] = {"closed": ["closed"], "open": list(OPEN)}.get(state, [])
            pairs = [(name, value) for name, each in asked.items() for value in each]
            answer, http = timed(partial(client.get, "/api/summary", params=tuple(pairs)))
            answer.raise_for_status()
            before = worked(connection)
            _, sql = counted(connection, city, parse(pairs, city))
            work = worked(connection) - before
            for title in (
                f"summary, {level}",
                f"summary, {period}",
                f"summary, {kind}",
                f"summary, {state}",
                "summary",
            ):
                table[title].http.append(http)
                table[title].sql.append(sql)
                table[title].work.append(work)
                table[title].sent.append(int(answer.headers["content-length"]))


def views(client: httpx.Client, city: City, table: Table) -> None:
    """Ask for incidents in view, from the whole city down to a few streets, where most of them are and elsewhere."""
    west, south, east, north = client.get("/api/city").json()["bounds"]
    chance = random.Random(3)  # noqa: S311 - a sample, not a secret
    leaves = [code for code, item in city.categories.items() if item.parent]
    tops = [code for code, item in city.categories.items() if not item.parent]
    # Whole months, and days that are none.
    periods: Mapping[str, tuple[date | None, date | None]] = {
        **PERIODS,
        "400 days in part": (TODAY - 410 * DAY, TODAY - 10 * DAY),
        "45 days in part": (TODAY - 55 * DAY, TODAY - 10 * DAY),
    }
    kinds: Mapping[str, list[list[str]]] = {
        "no category": [[]],
        "a leaf": [[code] for code in leaves],
        "a branch": [[code] for code in tops],
    }
    states: Mapping[str, list[str]] = {"any status": [], "open": list(OPEN)}
    for zoom in (9, 10, 11, 12, 13, 14, 15, 16, 17):
        wide, high = 1920 * 360 / 256 / 2**zoom, 1080 * 360 / 256 / 2**zoom * 0.87
        for number, (period, span), kind, state in product(range(2), periods.items(), kinds, states):
            x = west + 0.02 if number == 0 else chance.uniform(west, max(west, east - wide))
            y = south + 0.02 if number == 0 else chance.uniform(south, max(south, north - high))
            box = f"{x:.5f},{y:.5f},{x + wide:.5f},{y + high:.5f}"
            asked: dict[str, str | list[str]] = {"bbox": box, "zoom": str(zoom)}
            asked |= {"category": chance.choice(kinds[kind]), "status": states[state]}
            asked |= {name: str(day) for name, day in zip(("from", "to"), span, strict=True) if day}
            answer, http = timed(partial(client.get, "/api/points/incidents.geojson", params=asked))
            by = answer.json()["by"] if answer.is_success else "refused"
            for title in (f"zoom {zoom}", period, kind, state, f"by {by}"):
                table[f"points, {title}"].answered(answer, http)
            table["points"].answered(answer, http)


def fields(
    client: httpx.Client,
    places: Mapping[str, Sequence[str]],
    name: str,
    conditions: Mapping[str, str],
    table: Table,
) -> None:
    """Ask for summaries with conditions that the counts do not know."""
    days = {"year": TODAY - 365 * DAY, "month": TODAY - 30 * DAY, "today": TODAY}
    for (title, query), level in product(conditions.items(), list(places)[:3]):
        for code in places[level][:4]:
            address = f"/api/summary?unit={code}&{query.format(**days)}"
            answer, http = timed(partial(client.get, address))
            for line in (f"{name}, {title}, {level}", name):
                table[line].answered(answer, http)


def values(client: httpx.Client, city: City, table: Table) -> None:
    """Ask for the values of all cells, as a change of filter does."""
    for query in ("", f"&from={TODAY - 365 * DAY}&to={TODAY}", f"&from={TODAY - 30 * DAY}&to={TODAY}"):
        address = f"/api/indicators/count/values?level={city.levels[-1].id}{query}"
        for _ in range(3):
            answer, http = timed(partial(client.get, address))
            table["values, all cells"].answered(answer, http)


def tiles(url: str, client: httpx.Client, table: Table) -> None:
    """Ask for what lies in a tile where most incidents are: ours as points and counts, tipg's as a vector tile."""
    with tipg(url) as other:
        for zoom in (9, 12, 14):
            if other is None:
                break
            theirs, box = tile(120.95, 29.05, zoom)
            for _ in range(ROUNDS):
                answer, took = timed(partial(client.get, f"/api/points/incidents.geojson?bbox={box}&zoom={zoom}"))
                table[f"a tile, zoom {zoom}: ours"].answered(answer, took)
                answer, took = timed(partial(other.get, theirs))
                table[f"a tile, zoom {zoom}: tipg, 10,000 at most"].answered(answer, took)


def peers(url: str, connection: Connection, city: City, places: Mapping[str, Sequence[str]], table: Table) -> None:
    """Ask for the counts of 365 days from a spatial join and from DuckDB; all must find as many."""
    start, end = TODAY - 365 * DAY, TODAY
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    engine = create_engine(url, connect_args={"options": f"-c jit=off -c timezone={city.spec.time_zone}"})
    with Duck(plain) as duck, engine.connect() as slow:
        for level in list(places)[:3]:
            of = Unit.of(connection.execute(units.one(places[level][0])).mappings().one())
            shift = level_shift(of.rank + 1, len(city.levels))
            title, asked = f"{level}, 365 days: {{}}", Filter(unit=of.code, start=start, end=end)
            for _ in range(ROUNDS):
                ours, took = counted(connection, city, asked)
                table[title.format("ours")].sql.append(took)
                ducks, took = timed(partial(duck.counted, of, shift, start, end))
                table[title.format("DuckDB")].sql.append(took)
            theirs, took = timed(partial(joined, slow, of, start, end))
            table[title.format("spatial join")].sql.append(took)
            print(f"  {level}: {ours:,} counted, DuckDB {ducks:,}, spatial join {theirs:,}", file=sys.stderr)
    engine.dispose()


def counted(connection: Connection, city: City, asked: Filter) -> tuple[int, float]:
    """Return how many there are, and the milliseconds of the statement alone."""
    found = [Unit.of(row) for row in connection.execute(units.family(asked.unit or city.spec.code)).mappings()]
    question = counts.tally(asked, city, of=Family(found[0], found[1:]), now=datetime.now(UTC))
    rows, took = timed(lambda: connection.execute(question).all())
    return sum(row.n for row in rows if row.part == "day"), took


def worked(connection: Connection) -> float:
    """Return the milliseconds that the database's process has had a processor: the same, however busy the machine."""
    process = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    file = Path(f"/proc/{process}/schedstat")
    return int(file.read_text().split()[0]) / 1e6 if file.is_file() else math.nan


if __name__ == "__main__":
    main()
