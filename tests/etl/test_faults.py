"""Killed, cut off, restarted, out of space, twice at once: after a re-run all is as after one clean load.

Real processes, a real server. `ONEMAP_TEST_KILLS=20 make test PYTEST="-s tests/etl/test_faults.py"` kills as often
as that at random points of a load of 300,000 rows, and prints what it saw.
"""

import os
import random
import resource
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from layers.embedded import Embedded
from tests.conftest import Databases
from tests.etl.loader import BEFORE_ALL, BEFORE_MERGE, SEEN, Loader, contents, one, until

KILLS = int(os.environ.get("ONEMAP_TEST_KILLS", "0"))
ROWS = 300_000 if KILLS else 20_000
SPACE = 17 << 20
"""Bytes a file may have when the disk is full: more than a segment of the write-ahead log, so that only tables are."""


@dataclass(frozen=True)
class Scene:
    """A database that holds the first snapshot, a loader with the second in its inbox, and what a clean load gives."""

    loader: Loader
    template: str
    before: tuple[int, int, int]
    after: tuple[int, int, int]
    clean: tuple[Any, ...]
    seconds: float


def seen(url: str) -> tuple[int, int, int]:
    with psycopg.connect(url) as driver:
        found = driver.execute(SEEN).fetchone()
    assert found is not None
    return found[0], int(found[1]), found[2]


@pytest.fixture(scope="module")
def scene(databases: Databases, template: str, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    loader = Loader(tmp_path_factory.mktemp("faults"))
    loader.prepare()
    url = plain(databases.make(template))
    loader.run(url, "units")
    loader.send(range(ROWS * 6 // 10), title="first")
    loader.run(url)
    loader.send(range(ROWS * 2 // 10, ROWS), title="second")
    clean = plain(databases.make(str(make_url(url).database)))
    loader.run(clean)
    took = one(clean, "SELECT extract(epoch FROM finished_at - started_at)::float FROM load ORDER BY id DESC LIMIT 1")
    return Scene(loader, str(make_url(url).database), seen(url), seen(clean), contents(clean), took)


@pytest.fixture
def url(scene: Scene, databases: Databases) -> Iterator[str]:
    made = databases.make(scene.template)
    yield plain(made)
    databases.drop(made)


def plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def last(url: str) -> tuple[str, str]:
    with psycopg.connect(url) as driver:
        found = driver.execute("SELECT state, detail ->> 'message' FROM load ORDER BY id DESC LIMIT 1").fetchone()
    assert found is not None
    return found[0], found[1]


def test_the_scene_inserts_changes_retires_and_rejects(scene: Scene) -> None:
    assert scene.before != scene.after
    assert scene.after[0] == scene.after[1]
    assert all(count > 0 for count, _ in scene.clean)


@pytest.mark.timeout(3600)
def test_killed_at_any_moment_a_load_is_there_whole_or_not_at_all(scene: Scene, databases: Databases) -> None:
    chance = random.Random(KILLS)  # noqa: S311 - moments, not secrets
    found = {"not at all": 0, "whole": 0}
    for _ in range(KILLS or 3):
        copy = databases.make(scene.template)
        url = plain(copy)
        process = scene.loader.start(url)
        until(lambda url=url: last(url)[0] == "running")  # type: ignore[misc]
        moment = time.monotonic() + chance.uniform(0, scene.seconds * 1.1)
        while time.monotonic() < moment:
            assert seen(url) in (scene.before, scene.after)
            time.sleep(min(0.05, max(moment - time.monotonic(), 0)))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        visible = seen(url)
        assert visible in (scene.before, scene.after)
        found["whole" if visible == scene.after else "not at all"] += 1
        scene.loader.run(url)
        assert contents(url) == scene.clean
        databases.drop(copy)
        done = sum(found.values())
        print(f"\n{done} kills in loads of {ROWS:,} rows ({scene.seconds:.1f} s): {found}", flush=True)  # noqa: T201 - a report


def test_killed_while_all_is_staged_it_is_shown_as_interrupted_and_repeated(scene: Scene, url: str) -> None:
    with scene.loader.held(url, BEFORE_MERGE) as (process, _, _):
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert seen(url) == scene.before
    scene.loader.run(url)
    assert contents(url) == scene.clean
    assert one(url, "SELECT state FROM load ORDER BY id DESC OFFSET 1 LIMIT 1") == "interrupted"


def test_a_connection_that_is_cut_publishes_nothing_and_is_explained(scene: Scene, url: str) -> None:
    with scene.loader.held(url, BEFORE_MERGE) as (process, backend, _):
        one(url, f"SELECT pg_terminate_backend({backend})")
        _, said = process.communicate()
        assert process.returncode == 1
        assert "hotline: the database refused: " in said
        assert "Traceback" not in said
    assert seen(url) == scene.before
    assert last(url)[0] == "failed"
    scene.loader.run(url)
    assert contents(url) == scene.clean


def test_two_loaders_at_once_load_once(scene: Scene, url: str) -> None:
    with scene.loader.held(url, BEFORE_ALL) as (one_, _, holder):
        other = scene.loader.start(url)
        until(lambda: one(url, "SELECT count(*) = 2 FROM pg_stat_activity WHERE wait_event = 'advisory'"))
        holder.close()
        for process in (one_, other):
            _, said = process.communicate()
            assert process.returncode == 0, said
    assert contents(url) == scene.clean
    states = "SELECT array_agg(state ORDER BY id) FROM (SELECT * FROM load ORDER BY id DESC LIMIT 2) AS newest"
    assert one(url, states) == ["published", "unchanged"]


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Embedded, Loader]]:
    """A server that a test may stop, and a small first snapshot in it."""
    folder = tmp_path_factory.mktemp("own")
    server, loader = Embedded(folder / "server"), Loader(folder)
    loader.prepare()
    server.start()
    loader.run(server.url, "units")
    loader.send(range(3_000), title="first")
    loader.run(server.url)
    yield server, loader
    server.stop()


@pytest.mark.parametrize(("how", "rows"), [("stopped", range(1_000, 5_000)), ("crashed", range(2_000, 7_000))])
def test_a_database_that_restarts_in_the_middle_loses_nothing(
    own_server: tuple[Embedded, Loader], how: str, rows: range
) -> None:
    server, loader = own_server
    loader.send(rows, title=how)
    before = contents(server.url)
    with loader.held(server.url, BEFORE_MERGE) as (process, _, _):
        if how == "stopped":
            server.stop()
        else:
            os.kill(int((server.cluster / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
            until(lambda: not server.is_running())
        _, said = process.communicate()
        assert process.returncode == 1
        assert "Traceback" not in said
        server.start()
    assert contents(server.url) == before
    loader.run(server.url)
    wrong = sum(number % 1000 == 7 for number in rows)
    assert one(server.url, "SELECT count(*) FROM incident WHERE retired_at IS NULL") == len(rows) - wrong
    assert (
        one(server.url, "SELECT sum(n) FROM incident_count WHERE rank = 0 AND grain = 1 AND category_id = 0")
        == len(rows) - wrong
    )


def test_a_full_disk_publishes_nothing_and_is_explained(own_server: tuple[Embedded, Loader]) -> None:
    server, loader = own_server
    rows, before = range(20_000), contents(server.url)
    # What cannot be compressed takes the space it has.
    loader.send(rows, title=random.Random(1).randbytes(8_000).hex())  # noqa: S311 - a filling, not a secret
    server.stop()
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SPACE, unlimited[1]))
    try:
        server.start()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    process = loader.start(server.url)
    _, said = process.communicate()
    assert process.returncode == 1
    assert "hotline: the database refused: could not " in said
    assert "nothing was published" in said
    assert last(server.url)[0] == "failed"
    assert contents(server.url) == before
    server.stop()
    server.start()
    loader.run(server.url)
    assert one(server.url, "SELECT count(*) FROM incident WHERE retired_at IS NULL") == len(rows) - 20
