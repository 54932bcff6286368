"""The first load of a source goes straight in, and later ones write only what differs: both end as if neither did."""

from datetime import UTC, datetime

import numpy as np
import psycopg
import pyarrow as pa
import pytest
import shapely
from sqlalchemy.exc import IntegrityError

from etl import roll_up, rows
from etl.checks import Verdicts
from etl.incidents import geometry, points
from tests.etl.town import Town, case

LEFT = "SELECT count(*) FROM incident_count WHERE (n, accepted, closed, on_time, late) <> (0, 0, 0, 0, 0)"


def various(number: int) -> list[dict[str, str]]:
    return [
        case(
            f"K{at}",
            时间=f"2026/0{1 + at % 6}/{1 + at % 28:02} {at % 24:02}:30:00",
            结案=f"2026/0{1 + at % 6}/{1 + at % 28:02} 23:59:00" if at % 3 else "",
            分类=("占道", "违停", "噪声")[at % 3],
            状态="已结案" if at % 3 else "已受理",
            经度=f"{121.505 + at % 70 / 1000:.5f}" if at % 5 else "",
            纬度=f"{29.80225 + at % 30 / 1000:.5f}" if at % 5 else "",
            社区=("990101001001", "990102000000", "")[at % 3] if not at % 5 else "",
        )
        for at in range(number)
    ]


@pytest.mark.parametrize("at_once", [1000, 150])
def test_the_counts_of_a_first_load_are_those_the_triggers_keep(
    town: Town, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(roll_up, "AT_ONCE", at_once)
    for part in range(4):
        town.cases(various(400)[part::4], name=f"hotline/{part}.csv")
    assert town.load("hotline").loaded == 400
    assert town.one("SELECT count(DISTINCT rank) FROM incident_count WHERE n > 0") == 5
    counts = town.one("SELECT count(*) FROM incident_count")
    with town.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM incident")
    assert town.one(LEFT) == 0
    assert town.one("SELECT count(*) FROM incident_count") == counts


def test_after_a_first_load_the_triggers_count_again(town: Town) -> None:
    town.cases(various(10))
    town.load("hotline")
    town.cases(various(12))
    assert (
        town.load("hotline").loaded,
        town.one("SELECT sum(n) FROM incident_count WHERE rank = 0 AND grain = 2 AND category_id = 0"),
    ) == (2, 12)


def test_a_key_that_stands_in_an_earlier_file_stays_out_of_a_first_load(town: Town) -> None:
    for number in (1, 2):
        town.cases([case("A", 标题=f"{number}"), case(f"B{number}")], name=f"hotline/{number}.csv")
    outcome = town.load("hotline")
    assert (outcome.loaded, dict(outcome.reasons)) == (3, {"duplicate-key": 1})
    assert town.one("SELECT title FROM incident WHERE key = 'A'") == "1"


def test_a_key_of_an_unchanged_row_stays_out_the_second_time(town: Town) -> None:
    town.cases([case("A"), case("B")], name="hotline/1.csv")
    town.load("hotline")
    town.cases([case("A", 标题="another"), case("C")], name="hotline/2.csv")
    outcome = town.load("hotline")
    assert (outcome.loaded, outcome.unchanged, dict(outcome.reasons)) == (1, 2, {"duplicate-key": 1})
    assert town.one("SELECT count(*) FROM incident WHERE title = 'another'") == 0


def test_a_reject_is_resolved_by_the_row_that_was_there_before(town: Town) -> None:
    town.cases([case("A")])
    town.load("hotline")
    town.cases([case("A", 分类="?")])
    bad = town.load("hotline")
    assert len(town.rejected(bad)) == 1
    town.cases([case("A")])
    assert town.load("hotline").unchanged == 1
    assert town.rejected(bad) == []


@pytest.mark.parametrize("column", ["source_id", "category_id", "load_id"])
def test_an_incident_that_names_what_is_not_there_is_refused(town: Town, column: str) -> None:
    town.cases([case("A")])
    town.load("hotline")
    with pytest.raises(IntegrityError) as refused, town.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE incident SET {column} = 999")  # noqa: S608 - a name from above
    assert isinstance(refused.value.orig, psycopg.errors.ForeignKeyViolation)


def test_points_are_written_as_postgis_writes_them() -> None:
    shapes = np.array([shapely.Point(121.5, 29.8), None, shapely.Point(-73.9, 40.7), *[None] * 7], dtype=object)
    columns = pa.RecordBatch.from_pydict({"n": pa.array(range(10))})
    sent = rows.Rows("a.csv", columns, np.arange(10))
    assert points(shapes, Verdicts(sent)).equals(geometry(shapes))


def test_how_recent_data_are_does_not_depend_on_what_stays_out(town: Town) -> None:
    town.cases([case("A", 时间="2026/06/02 08:00:00"), case("B", 时间="2026/06/03 08:00:00", 分类="?")])
    assert town.load("hotline").data_time == datetime(2026, 6, 2, 0, tzinfo=UTC)
