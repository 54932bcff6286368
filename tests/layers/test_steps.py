"""Periods in steps: days, weeks from Monday, months; nothing left out, nothing twice."""

from datetime import date, timedelta

import pytest

from layers import steps


@pytest.mark.parametrize("by", steps.SIZES)
@pytest.mark.parametrize("first", [date(2024, 2, 28), date(2024, 12, 30), date(2025, 1, 1)])
@pytest.mark.parametrize("days", [1, 6, 7, 31, 400])
def test_every_day_is_in_one_step_that_begins_where_the_calendar_says(by: steps.Size, first: date, days: int) -> None:
    last = first + timedelta(days=days - 1)
    firsts = steps.cut(first, last, by)
    ends = steps.ends(firsts, last)
    assert sum((end - begin).days + 1 for begin, end in zip(firsts, ends, strict=True)) == days
    for number in range(days):
        day = first + timedelta(days=number)
        at = steps.place(day, firsts)
        assert firsts[at] <= day <= ends[at]
    assert by != "week" or {day.weekday() for day in firsts[1:]} <= {0}
    assert by != "month" or {day.day for day in firsts[1:]} <= {1}


def test_a_period_is_cut_into_steps_that_can_be_seen_one_after_the_other() -> None:
    first = date(2025, 1, 1)
    sizes = [steps.suitable(first, first + timedelta(days=days - 1)) for days in (1, 30, 90, 366, 800)]
    assert sizes == ["day", "day", "week", "week", "month"]
