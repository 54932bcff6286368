"""What is due, and why: decisions, without a clock or a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from etl.schedule.arrivals import Arrived
from etl.schedule.due import plan
from etl.schedule.pace import LONGEST, Pace, lasting
from layers.jobs import Standing
from layers.pack import City

NOW = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)
FILE = Arrived(seen="a")


def new(source: str) -> Standing:
    """Return a source of which nothing is known."""
    return Standing(
        source=source,
        load=None,
        began=None,
        state=None,
        message=None,
        changed=None,
        changed_at=None,
        job=None,
        status=None,
        tries=0,
        not_before=None,
        at=None,
        seen=None,
        why=None,
    )


def loaded(source: str, ago: timedelta, *, number: int = 9, state: str = "published") -> Standing:
    """Return a source that a scheduler loaded some time ago."""
    began = NOW - ago
    return replace(
        new(source), load=number, began=began, state=state, job=1, status="succeeded", at=began, seen="a", tries=1
    )


def due(city: City, *stands: Standing, **arrived: Arrived) -> list[tuple[str, str]]:
    """Return what is put down; of sources not named, nothing is there."""
    known = {source: new(source) for source in city.sources} | {item.source: item for item in stands}
    files = dict.fromkeys(city.sources, Arrived(there=False)) | arrived
    return [(item.source.id, item.why) for item in plan(city, known, files, now=NOW)]


def test_units_come_before_what_is_placed_in_them(city: City) -> None:
    assert due(city, units=FILE, hotline=FILE, cameras=FILE) == [("units", "first")]
    running = replace(new("units"), job=1, status="doing")
    assert due(city, running, units=FILE, hotline=FILE) == []
    waiting = replace(new("units"), job=1, status="todo", tries=1, not_before=NOW + timedelta(minutes=1))
    assert due(city, waiting, units=FILE, hotline=FILE) == [("hotline", "first")]


@pytest.mark.parametrize(
    ("ago", "arrived", "why"),
    [
        (timedelta(minutes=59), FILE, []),
        (timedelta(minutes=60), FILE, [("hotline", "time")]),
        (timedelta(minutes=1), Arrived(seen="b"), [("hotline", "files")]),
        (timedelta(minutes=1), Arrived(seen="b", settled=False), []),
        (timedelta(minutes=60), Arrived(there=False), []),
    ],
)
def test_a_source_is_due_after_its_period_or_with_new_files_that_rest(
    city: City, ago: timedelta, arrived: Arrived, why: list[tuple[str, str]]
) -> None:
    assert due(city, loaded("hotline", ago), hotline=arrived) == why


def test_what_a_person_loaded_is_told_from_new_files_by_the_clock(city: City) -> None:
    by_hand = replace(loaded("hotline", timedelta(minutes=5)), job=None, status=None, seen=None, at=None)
    before, after = NOW - timedelta(minutes=6), NOW - timedelta(minutes=4)
    assert due(city, by_hand, hotline=Arrived(seen="a", newest=before.timestamp())) == []
    assert due(city, by_hand, hotline=Arrived(seen="a", newest=after.timestamp())) == [("hotline", "files")]


def test_new_boundaries_make_everything_due(city: City) -> None:
    units = replace(loaded("units", timedelta(minutes=3), number=10), changed=10, changed_at=NOW - timedelta(minutes=2))
    assert due(city, units, loaded("hotline", timedelta(minutes=4)), units=FILE, hotline=FILE) == [("hotline", "units")]
    later = loaded("hotline", timedelta(minutes=1), number=11)
    assert due(city, units, later, units=FILE, hotline=FILE) == []


def test_what_is_under_way_is_not_put_down_twice(city: City) -> None:
    for status in ("todo", "doing"):
        job = replace(loaded("hotline", timedelta(days=9)), status=status)
        assert due(city, job, hotline=Arrived(seen="b")) == []


def test_a_failure_waits_for_its_period_but_a_day_at_most(city: City) -> None:
    failed = replace(loaded("units", timedelta(hours=23), state="failed"), status="failed")
    assert due(city, failed, units=FILE) == []
    failed = replace(loaded("units", timedelta(hours=24), state="failed"), status="failed")
    assert due(city, failed, units=FILE) == [("units", "time")]
    # One that died before it could record a load is not begun again at every look.
    nothing = replace(new("hotline"), job=1, status="failed", at=NOW - timedelta(minutes=59), seen="a")
    assert due(city, nothing, hotline=FILE) == []


def test_each_wait_is_twice_the_last_and_an_hour_at_most() -> None:
    pace = Pace(retry=30)
    assert [pace.pause(tries).total_seconds() for tries in (1, 2, 3, 12)] == [30, 60, 120, LONGEST]
    assert [lasting(pace.pause(tries)) for tries in (1, 2, 4, 12)] == ["30 s", "60 s", "4 min", "60 min"]
