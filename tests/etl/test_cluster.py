"""A load whose files are read on a cluster of real processes ends as one without, row for row and reject for reject."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from distributed import LocalCluster

from etl.request import Request
from layers.errors import LoadError
from tests.etl.test_first import various
from tests.etl.town import Town, case

FILES = 5
ROWS = """
    SELECT key, unit_id, category_id, status, reported_at, closed_at, due_at, title, ST_AsEWKB(geom), attributes,
           row_hash FROM incident ORDER BY id
"""
REJECTS = "SELECT file, row_number, reason, message, row::text, key FROM reject ORDER BY id"
COUNTS = "SELECT * FROM incident_count WHERE n <> 0 ORDER BY 1, 2, 3, 4, 5, 6"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    start: Any = LocalCluster  # it has no types
    with closing(start(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0")) as cluster:
        yield str(cluster.scheduler_address)


def send(town: Town, *, title: str) -> None:
    """Put a backlog into the inbox, with rows of every kind of mistake and keys that come again in another file."""
    for number in range(FILES):
        rows = [row | {"编号": f"{number}-{row['编号']}", "标题": title} for row in various(60)]
        rows += [
            case("again"),
            case(f"{number}-a", 分类="?"),
            case(f"{number}-b", 时间="soon"),
            case("", 标题="no key"),
        ]
        rows += [case(f"{number}-c", 经度="0", 纬度="0"), case(f"{number}-d", 标题="\x00")]
        town.cases(rows, name=f"hotline/{number}.csv")


def test_with_a_cluster_a_load_ends_as_without(town: Town, empty_town: Town, address: str) -> None:
    alone, together = town, empty_town
    together.load("units")
    together.inbox = alone.inbox
    found = []
    for one, request in ((alone, Request()), (together, Request(scheduler=address))):
        ends = []
        for title in ("first", "second"):
            send(one, title=title)
            outcome = one.load("hotline", request=request)
            ends.append((outcome.read, outcome.loaded, outcome.unchanged, dict(outcome.reasons), outcome.data_time))
        found.append((ends, [one.rows(question) for question in (ROWS, REJECTS, COUNTS)]))
    assert found[0] == found[1]
    assert sum(found[0][0][0][3].values()) == FILES * 6 - 1


def test_a_file_that_cannot_be_read_is_explained_as_without(town: Town, address: str) -> None:
    town.cases([case("A")], name="hotline/1.csv")
    town.write("hotline/2.csv", "")
    said = []
    for request in (Request(), Request(scheduler=address)):
        with pytest.raises(LoadError) as refused:
            town.load("hotline", request=request)
        said.append(str(refused.value))
    assert said[0] == said[1]
    assert town.one("SELECT count(*) FROM incident") == 0


def test_files_of_other_columns_stop_a_load_as_without(town: Town, address: str) -> None:
    town.cases([case("A")])
    town.load("hotline")
    town.write("hotline/2.csv", "编号,标题\nB,b\n".encode("gb18030"))
    said = []
    for request in (Request(), Request(scheduler=address)):
        with pytest.raises(LoadError, match="gone: 时间") as refused:
            town.load("hotline", request=request)
        said.append(str(refused.value))
    assert said[0] == said[1]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (Request(scheduler="tcp://127.0.0.1:9"), "no Dask scheduler answers at 'tcp://127.0.0.1:9'"),
        (Request(scheduler="nonsense:"), "no Dask scheduler answers at 'nonsense:'"),
        (Request(scheduler="tcp://127.0.0.1:9", limit=1), "leave --scheduler out"),
    ],
)
def test_a_cluster_that_cannot_be_used_is_explained(
    town: Town, request_: Request, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.cluster.PATIENCE", 1)
    town.cases([case("A")])
    with pytest.raises(LoadError, match=expected):
        town.load("hotline", request=request_)


def test_distributed_is_imported_only_when_asked() -> None:
    program = "import sys, etl.run, onemap; sys.exit('distributed' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0  # noqa: S603 - our own program
