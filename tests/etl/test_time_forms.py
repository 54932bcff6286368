"""Times as departments write them: several forms in one column, date and time in two."""

from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from pydantic import ValidationError

from etl.fields import instants_in
from layers.specs import FieldSpec
from tests.etl.town import COLUMNS, Town, case

ZONE = ZoneInfo("Asia/Shanghai")
FORMS = ("%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M", "%m/%d/%Y %I:%M:%S %p")


def test_every_declared_form_is_read_and_no_other() -> None:
    sent = ["2026/6/1 8:30:00", "2026-06-01 08:30", "06/01/2026 08:30:00 AM", "1.6.2026", None]
    found = instants_in(pa.array(sent, pa.string()), FORMS, ZONE)
    assert [value and value.isoformat() for value in found.to_pylist()] == ["2026-06-01T00:30:00+00:00"] * 3 + [
        None
    ] * 2


def test_numbers_are_times_as_their_format_counts_them() -> None:
    sent = [
        "46174.354166666664",
        "1780273800",
        "1780273800000",
        "2026-06-01 08:30",
        "46174,35",
        "1e3",
        "-3",
        None,
        "99999999999999",
    ]
    found = instants_in(pa.array(sent), ("days", "unix", "unix-ms", "%Y-%m-%d %H:%M"), ZONE)
    assert [value and value.isoformat() for value in found.to_pylist()] == ["2026-06-01T00:30:00+00:00"] * 4 + [
        None
    ] * 5
    assert instants_in(pa.array(["1780273800"]), ("days",), ZONE).null_count == 1


def test_times_with_zones_of_any_form_stand_among_others() -> None:
    sent = ["08:30:00", "00:30:00Z", "08:30:00+08", "08:30:00.0+0800", "08:30 +08:00", "08:30:00+8", "08:30:00 CST"]
    mixed = [f"2026-06-01{'T' if at % 2 else ' '}{time}" for at, time in enumerate(sent)]
    found = instants_in(pa.array([*mixed, "20260601T003000Z", "2026-06-01"]), (), ZONE)
    then, midnight = "2026-06-01T00:30:00+00:00", "2026-05-31T16:00:00+00:00"
    expected = [*[then] * 6, None, then, midnight]
    assert [value and value.isoformat() for value in found.to_pylist()] == expected


def test_halves_of_the_day_may_be_chinese() -> None:
    sent = ["2026/6/1 上午8:30", "2026/6/1 下午 12:05", "2026/6/1 PM1:00", "2026/6/1 8:30"]
    found = instants_in(pa.array(sent), ("%Y/%m/%d %p%I:%M", "%Y/%m/%d %p %I:%M"), ZONE).to_pylist()
    assert [value and value.astimezone(ZONE).strftime("%H:%M") for value in found] == ["08:30", "12:05", "13:00", None]


def test_a_leap_second_begins_the_next_minute_and_a_61st_is_no_time() -> None:
    ends = {":59": "29:59", ":60": "30:00", ":61": None, ":62": None}
    for form, day in (
        ("%Y/%m/%d %H:%M:%S", "1961/01/01 08:29"),
        ("ISO", "1961-01-01T08:29"),
        ("Z", "1961-01-01T00:29"),
    ):
        sent = [day + end + ("Z" if form == "Z" else "") for end in ends] + [f"{day}:01" + ("Z" if form == "Z" else "")]
        found = instants_in(pa.array(sent, pa.string()), (form,) if "%" in form else (), ZONE).to_pylist()
        assert [value and value.strftime("%M:%S") for value in found] == [*ends.values(), "29:01"], form


def test_a_date_and_a_time_in_two_columns_are_one_time(town: Town) -> None:
    town.cases([case("A", 时间="2026/06/01", 标题="08:30"), case("B", 标题="08:30"), case("C", 时间="", 标题="")])
    form = ("%Y/%m/%d %H:%M", "%Y/%m/%d")
    source = town.source("hotline", fields={"reported_at": {"columns": ("时间", "标题"), "format": form}})
    outcome = town.load(source)
    assert (outcome.loaded, outcome.reasons) == (1, {"bad-time": 2})
    assert town.one("SELECT reported_at FROM incident").isoformat() == "2026-06-01T00:30:00+00:00"
    rejected, empty = town.rejected(outcome)
    assert "is empty" in empty.message
    right = "2026/01/31 08:30 (%Y/%m/%d %H:%M) or 2026/01/31 (%Y/%m/%d)"
    expected = f"时间 + 标题 is '2026/06/01 08:30:00 08:30'; it should look like {right}"
    assert rejected.message == expected


def test_a_field_has_one_origin() -> None:
    with pytest.raises(ValidationError, match="needs either a column, columns or a value"):
        FieldSpec(column="时间", columns=COLUMNS)
