"""Parts of a source: since, limit, and what a dry run shows."""

import os
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from etl.request import Request, first
from etl.rows import Broken, Rows
from tests.etl.town import NOW, Town, case

SINCE = datetime(2026, 6, 1, tzinfo=UTC)


def test_since_leaves_out_what_was_reported_before(town: Town) -> None:
    old = {"时间": "2026/05/31 08:00:00"}
    town.cases([case("A", **old), case("B"), case("C", **old, 分类="?"), case("D", 分类="?"), case("E", 时间="?")])
    outcome = town.load(request=Request(since=SINCE))
    assert (outcome.read, outcome.loaded, outcome.rejected) == (3, 1, 2)
    assert outcome.reasons == {"unknown-category": 1, "bad-time": 1}
    assert town.load().loaded == 1


def test_the_time_asked_for_is_in(town: Town) -> None:
    town.cases([case("A", 时间="2026/06/01 08:00:00")])
    assert town.load(request=Request(since=SINCE)).loaded == 1


def test_since_leaves_out_older_files_of_anything_else(town: Town) -> None:
    head = "id,name,status,lon,lat\n"
    for name, moment in (("1", NOW.timestamp() - 5), ("2", NOW.timestamp())):
        file = town.write(f"cameras{name}.csv", f"{head}C{name},x,online,121.511,29.811\n")
        os.utime(file, (moment, moment))
    spec = town.source("cameras", read={"path": "cameras*.csv"})
    assert town.load(spec, request=Request(since=NOW)).files == ("cameras2.csv",)
    assert town.rows("SELECT key FROM feature") == [("C2",)]
    assert town.load(spec, request=Request(since=datetime(2100, 1, 1, tzinfo=UTC))).read == 0


def test_limit_looks_at_the_first_rows_of_the_files(town: Town) -> None:
    town.cases([case("A"), case("B", 分类="?"), case("C")], "hotline/1.csv")
    town.cases([case("D"), case("E")], "hotline/2.csv")
    outcome = town.load(request=Request(limit=4))
    assert (outcome.read, outcome.loaded, outcome.rejected) == (4, 3, 1)
    assert town.load().loaded == 1


def test_a_limit_counts_what_was_reported_since(town: Town) -> None:
    old = {"时间": "2026/05/31 08:00:00"}
    town.cases([*(case(f"OLD{at}", **old) for at in range(3)), case("A", **old), case("B"), case("?", 时间="?")])
    town.cases([case("D", **old), case("E"), case("F")], "hotline/2.csv")
    some = town.load(request=Request(since=SINCE, limit=3))
    assert (some.read, some.loaded, some.reasons) == (3, 2, {"bad-time": 1})
    assert town.rows("SELECT key FROM incident ORDER BY key") == [("B",), ("E",)]
    assert town.load(request=Request(since=SINCE, limit=9)).read == 4


def test_rows_that_could_not_be_taken_apart_count_for_the_limit() -> None:
    broken = tuple(Broken(number, "ragged-row", "", {}) for number in (2, 5))
    rows = Rows("x", pa.RecordBatch.from_pydict({"a": ["1", "3", "4"]}), np.array([1, 3, 4]), broken=broken)
    for many, good, bad in ((1, [1], []), (2, [1], [2]), (3, [1, 3], [2]), (4, [1, 3, 4], [2]), (5, [1, 3, 4], [2, 5])):
        some = first(rows, many)
        assert (some.numbers.tolist(), [item.number for item in some.broken]) == (good, bad)
        assert some.columns.num_rows == len(good)


def test_a_dry_run_shows_the_first_rows_that_would_stay_out(town: Town) -> None:
    town.cases([case("A"), case("B", 分类="?"), *(case("") for _ in range(20))])
    outcome = town.load(dry_run=True)
    assert len(outcome.errors) == 10
    assert outcome.errors[0][:3] == ("hotline/1.csv", 2, "unknown-category")
    assert outcome.errors[1][:3] == ("hotline/1.csv", 3, "missing-key")


def test_a_dry_run_of_a_snapshot_says_what_would_be_retired(town: Town) -> None:
    spec = town.source("hotline", mode="snapshot")
    town.cases([case("A"), case("B")])
    town.load(spec)
    town.cases([case("A")])
    assert town.load(spec, dry_run=True).retired == 1
    assert town.one("SELECT count(*) FROM incident WHERE retired_at IS NULL") == 2
