"""The embedded database: real clusters in temporary folders."""

import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from layers import embedded
from layers.embedded import Embedded
from layers.errors import DatabaseUnavailableError


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Embedded]:
    made = Embedded(tmp_path / "data")
    yield made
    made.stop()


def answer(cluster: Embedded, question: LiteralString) -> object:
    with psycopg.connect(cluster.url) as connection:
        cursor = connection.execute(question)
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def test_a_started_cluster_answers_and_listens_on_no_network_address(cluster: Embedded) -> None:
    assert cluster.start()
    assert answer(cluster, "SHOW listen_addresses") == ""
    assert str(answer(cluster, "SHOW server_version_num")) >= "150000"


def test_a_second_start_finds_the_first(cluster: Embedded) -> None:
    assert cluster.start()
    assert not cluster.start()


def test_two_starts_at_once_do_not_collide(cluster: Embedded) -> None:
    started: list[bool] = []
    both = [threading.Thread(target=lambda: started.append(cluster.start())) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(started) == [False, True]


def test_a_killed_server_starts_again_with_what_was_committed(cluster: Embedded) -> None:
    cluster.start()
    answer(cluster, "SELECT 7 AS number INTO kept")
    pid = int((cluster.cluster / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    while Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().split(")")[1][:3]:
        pass
    cluster.start()
    assert answer(cluster, "SELECT number FROM kept") == 7


def test_a_folder_only_its_owner_may_enter_is_no_obstacle(tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    made = Embedded(hidden / "data")
    try:
        assert made.start()
    finally:
        made.stop()


def test_reset_leaves_an_empty_database(cluster: Embedded) -> None:
    cluster.start()
    answer(cluster, "SELECT 1 AS number INTO gone")
    cluster.reset()
    assert answer(cluster, "SELECT to_regclass('gone')") is None


def test_without_postgis_the_remedy_is_one_sentence(cluster: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_candidates", list)
    with pytest.raises(DatabaseUnavailableError, match=r"install PostgreSQL .* or set ONEMAP_DATABASE_URL"):
        cluster.start()


def test_what_was_in_memory_is_read_back_after_a_start(cluster: Embedded) -> None:
    cluster.start()
    if not answer(cluster, "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_prewarm'"):
        pytest.skip("this PostgreSQL was installed without pg_prewarm")
    answer(cluster, "SELECT repeat('a', 1000) AS text INTO kept FROM generate_series(1, 10000)")
    cluster.stop()
    cluster.start()
    log = cluster.cluster / "server.log"
    end = time.monotonic() + 60
    while not (found := re.findall(r"autoprewarm successfully prewarmed (\d+) of", log.read_text())):
        assert time.monotonic() < end
        time.sleep(0.1)
    assert int(found[-1]) > 1000
