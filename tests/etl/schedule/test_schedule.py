"""`onemap schedule` as real processes on a real server: once, in order, again after what passes, never half."""

import signal
import subprocess
import time

import psycopg
from sqlalchemy import create_engine, make_url, text

from tests.conftest import Databases
from tests.etl.loader import BEFORE_KEEPING, BLOCKED, PATIENCE, contents, one, until
from tests.etl.readers.test_services import Service, service
from tests.etl.schedule.conftest import plain
from tests.etl.schedule.scheduling import Scheduling, stopped

__all__ = ["service"]
CAMERAS = "id,name,status,lon,lat\n"
GATE = "C1,Gate,online,121.51,29.81\n"


def held(scheduling: Scheduling, lock: str, *options: str) -> tuple[subprocess.Popen[str], psycopg.Connection]:
    """Start a scheduler, and wait until its load of the hotline waits for a lock that we hold."""
    holder = psycopg.connect(scheduling.url)
    holder.execute(lock)
    process = scheduling.start(*options)
    until(lambda: one(scheduling.url, BLOCKED))
    return process, holder


def test_two_schedulers_load_what_is_due_once_and_units_first(empty: Scheduling) -> None:
    empty.loader.send(range(500), title="case")
    (empty.inbox / "cameras.csv").write_text(CAMERAS + GATE, encoding="utf-8")
    with empty.running(), empty.running():
        for source in ("hotline", "cameras"):
            until(lambda source=source: empty.states(source) == ["published"])  # type: ignore[misc]
        time.sleep(2)
    for source in ("units", "hotline", "cameras"):
        assert empty.states(source) == ["published"]
        assert empty.job(source) == ("succeeded", 1)
    last_of_units = "SELECT max(load_id) FROM unit"
    others = "SELECT min(load.id) FROM load JOIN source ON source.id = source_id WHERE code <> 'units'"
    assert one(empty.url, last_of_units) < one(empty.url, others)
    assert one(empty.url, "SELECT count(*) FROM jobs.procrastinate_workers") == 0


def test_once_loads_what_is_due_and_ends(empty: Scheduling) -> None:
    (empty.inbox).mkdir(parents=True)
    (empty.inbox / "cameras.csv").write_text(CAMERAS + GATE, encoding="utf-8")
    for _ in range(2):
        process = empty.start("--once")
        _, said = process.communicate(timeout=PATIENCE * 2)
        assert process.returncode == 0, said
    assert (empty.states("units"), empty.states("cameras"), empty.states("hotline")) == (["published"],) * 2 + ([],)


def test_a_service_that_is_away_is_asked_again_and_then_loaded(scheduling: Scheduling, service: Service) -> None:
    cameras = scheduling.loader.folder / "city" / "sources" / "cameras.toml"
    read = f'format = "http-json"\nurl = "{service.url}"'
    said = cameras.read_text(encoding="utf-8").replace('format = "csv"\npath = "cameras.csv"', read)
    cameras.write_text(said, encoding="utf-8")
    service.answer = lambda _: [{"id": "C1", "name": "Gate", "status": "online", "lon": 121.51, "lat": 29.81}]
    service.refuse(*[(503, {}, b"")] * 5)  # a load asks five times before it gives up
    with scheduling.running():
        scheduling.until_states("cameras", "failed", "published")
        until(lambda: scheduling.job("cameras") == ("succeeded", 2))
    message = "SELECT detail ->> 'message' FROM load WHERE state = 'failed'"
    assert "it answered 503, 5 times; try again later" in one(scheduling.url, message)


def test_each_try_waits_longer_until_a_database_is_back(scheduling: Scheduling) -> None:
    theirs = scheduling.loader.folder / "theirs" / "cameras.db"
    scheduling.settings["ONEMAP_SOURCE_THEIRS"] = f"sqlite:///{theirs}"
    cameras = scheduling.loader.folder / "city" / "sources" / "cameras.toml"
    read = 'format = "sql"\ndatabase = "ONEMAP_SOURCE_THEIRS"\nquery = "SELECT * FROM cameras"'
    said = cameras.read_text(encoding="utf-8").replace('format = "csv"\npath = "cameras.csv"', read)
    cameras.write_text(said, encoding="utf-8")
    # It is made elsewhere and comes back whole, at once: no try may find half of it.
    elsewhere = scheduling.loader.folder / "elsewhere"
    elsewhere.mkdir()
    engine = create_engine(f"sqlite:///{elsewhere / theirs.name}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE cameras (id text, name text, status text, lon real, lat real)"))
        connection.execute(text("INSERT INTO cameras VALUES ('C1', 'Gate', 'online', 121.51, 29.81)"))
    engine.dispose()
    with scheduling.running():
        until(lambda: scheduling.states("cameras")[:3] == ["failed"] * 3)
        elsewhere.rename(theirs.parent)
        until(lambda: scheduling.states("cameras")[-1] == "published")
    assert set(scheduling.states("cameras")[:-1]) == {"failed"}
    waited = """
        SELECT array_agg(extract(epoch FROM began - ended)::float) FROM (
            SELECT id, started_at AS began, lag(finished_at) OVER (ORDER BY id) AS ended FROM load
            WHERE source_id = (SELECT id FROM source WHERE code = 'cameras')
        ) AS tries WHERE ended IS NOT NULL
    """
    first, second, third, *_ = one(scheduling.url, waited)
    assert first >= 0.4
    assert second >= 0.8
    assert third >= 1.6


def test_a_broken_file_fails_once_and_waits_for_another(scheduling: Scheduling) -> None:
    file = scheduling.inbox / "cameras.csv"
    file.parent.mkdir(parents=True)
    file.write_text("nothing,of,this\n1,2,3\n", encoding="utf-8")
    with scheduling.running():
        scheduling.until_states("cameras", "failed")
        until(lambda: scheduling.job("cameras") == ("failed", 1))
        time.sleep(2)
        assert scheduling.states("cameras") == ["failed"]
        file.write_text(CAMERAS + GATE, encoding="utf-8")
        scheduling.until_states("cameras", "failed", "published")


def test_a_new_file_is_loaded_within_seconds_and_one_that_is_being_written_waits(scheduling: Scheduling) -> None:
    file = scheduling.inbox / "cameras.csv"
    file.parent.mkdir(parents=True)
    with scheduling.running("--settle", "1"):
        file.write_text(CAMERAS + GATE, encoding="utf-8")
        scheduling.until_states("cameras", "published")
        unfinished = file.with_suffix(".csv.part")
        unfinished.write_text("half", encoding="utf-8")
        with file.open("a", encoding="utf-8") as lines:
            for number in range(2, 12):
                lines.write(f"C{number},Gate,online,121.51,29.81\n")
                lines.flush()
                time.sleep(0.3)
                assert scheduling.states("cameras") == ["published"]
        rested = time.monotonic()
        scheduling.until_states("cameras", "published", "published")
        assert time.monotonic() - rested < 10
    assert one(scheduling.url, "SELECT count(*) FROM feature WHERE layer = 'cameras'") == 11


def test_a_killed_scheduler_s_load_is_taken_up_by_another(scheduling: Scheduling, databases: Databases) -> None:
    scheduling.loader.send(range(3_000), title="case")
    clean = plain(databases.make(str(make_url(scheduling.url).database)))
    scheduling.loader.run(clean)
    process, holder = held(scheduling, BEFORE_KEEPING)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert one(scheduling.url, "SELECT count(*) FROM incident") == 0
    # The loading process ends with its scheduler, and its connection with it.
    until(lambda: not one(scheduling.url, BLOCKED))
    holder.close()
    with scheduling.running("--lost", "3", "--grace", "2"):
        until(lambda: scheduling.job("hotline") == ("succeeded", 2))
    assert scheduling.states("hotline") == ["interrupted", "published"]
    assert contents(scheduling.url) == contents(clean)


def test_a_stop_ends_a_load_that_takes_too_long_and_the_next_start_does_it(scheduling: Scheduling) -> None:
    scheduling.loader.send(range(100), title="case")
    process, holder = held(scheduling, BEFORE_KEEPING, "--grace", "0.5")
    asked = time.monotonic()
    assert stopped(process) == 0
    assert time.monotonic() - asked < 15
    assert scheduling.job("hotline")[0] == "todo"
    assert one(scheduling.url, "SELECT count(*) FROM incident") == 0
    holder.close()
    with scheduling.running():
        until(lambda: scheduling.job("hotline")[0] == "succeeded")
    assert scheduling.states("hotline") == ["interrupted", "published"]
    assert one(scheduling.url, "SELECT count(*) FROM incident") == 100 - 1
