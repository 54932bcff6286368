"""Times are found by their values, and said in the fewest forms that read them."""

import pytest

from etl.guess.times import refresh, time_in, times
from tests.etl.guess.columns import NEW_YORK, SHANGHAI, column, sample


@pytest.mark.parametrize(
    ("values", "formats"),
    [
        (["2026-01-05T08:30:00", "2026-01-05"], ()),
        (["2026-01-05 08:30:00+08:00", "2026-01-05 08:30:00+08"], ()),
        (["2026/1/5 上午8:30:00", "2026/1/5 下午8:30:00"], ("%Y/%m/%d %p%I:%M:%S",)),
        (["2019/2/28 11:25:05", "2019-02-14 20:00:00"], ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S")),
        (["05/13/2022 12:00:03 AM"], ("%m/%d/%Y %I:%M:%S %p",)),
        (["13.05.2022 08:30"], ("%d.%m.%Y %H:%M",)),
        (["2026年1月5日8时30分"], ("%Y年%m月%d日%H时%M分",)),
        (["20260105083000"], ("%Y%m%d%H%M%S",)),
        (["20260105"], ("%Y%m%d",)),
    ],
)
def test_forms_are_found(values: list[str], formats: tuple[str, ...]) -> None:
    found = time_in(column("受理时间", *values), SHANGHAI)
    assert found is not None
    assert set(found.formats) == set(formats)


@pytest.mark.parametrize("values", [["1006", "1007"], ["占道", "噪声"], ["13800000000"], ["29.80225"]])
def test_what_is_no_time_is_none(values: list[str]) -> None:
    assert time_in(column("编号", *values), SHANGHAI) is None


@pytest.mark.parametrize(
    ("values", "formats"),
    [
        (("46174.5", "46175"), {"days"}),
        (("1780272000", "1780273000"), {"unix"}),
        (("1780272000000",), {"unix-ms"}),
        (("46174.5", "2026-06-01 12:00:00"), {"days", "%Y-%m-%d %H:%M:%S"}),
    ],
)
def test_numbers_are_times_only_where_the_name_says_so(values: tuple[str, ...], formats: set[str]) -> None:
    found = time_in(column("受理时间", *values), SHANGHAI)
    assert found is not None
    assert set(found.formats) == formats
    assert time_in(column("设备", *values), SHANGHAI) is None


def test_eight_digits_are_a_date_only_where_the_name_says_so() -> None:
    assert time_in(column("设备", "20260105", "20260106"), SHANGHAI) is None
    assert time_in(column("安装日期", "20260105", "20260106"), SHANGHAI) is not None


def test_day_and_month_that_could_be_either_are_named_as_a_doubt() -> None:
    american = time_in(column("Created Date", "05/01/2022"), NEW_YORK)
    chinese = time_in(column("Created Date", "05/01/2022"), SHANGHAI)
    assert american is not None
    assert chinese is not None
    assert (american.formats, american.sure) == (("%m/%d/%Y",), "unsure")
    assert chinese.formats == ("%d/%m/%Y",)
    sure = time_in(column("Created Date", "05/01/2022", "05/31/2022"), SHANGHAI)
    assert sure is not None
    assert (sure.formats, sure.sure) == (("%m/%d/%Y",), "sure")


@pytest.mark.parametrize(
    ("values", "form"),
    [
        (("26/03/01 8:00", "26/03/29 8:00", "26/4/2 8:00"), "%y/%m/%d %H:%M"),
        (("26-03-01", "26-03-12"), "%y-%m-%d"),
        (("01/05/2022", "01/06/2022", "01/07/2022"), "%m/%d/%Y"),
        (("2026年3月", "2026年12月"), "%Y年%m月"),
        (("2026-03", "2026-04"), "%Y-%m"),
    ],
)
def test_of_several_forms_the_one_by_which_a_file_spans_least_is_taken(values: tuple[str, ...], form: str) -> None:
    found = time_in(column("受理时间", *values), SHANGHAI)
    assert found is not None
    assert found.formats == (form,)


def test_a_date_and_its_time_of_day_become_one() -> None:
    (found,) = times(
        sample(CRASH__DATE=["06/30/2024"], BOROUGH=["BRONX"], CRASH__TIME=["17:30"]),
        NEW_YORK,
    )
    assert (found.columns, found.formats) == (("CRASH DATE", "CRASH TIME"), ("%m/%d/%Y %H:%M",))
    assert found.role == "reported_at"


def test_a_file_that_spans_a_week_is_due_every_week() -> None:
    days = sample(受理时间=[f"2026-01-0{day} 08:00:00" for day in range(1, 8)])
    found = times(days, SHANGHAI)
    assert refresh(days, found, feeds="incidents", zone=SHANGHAI).value == "7d"
    assert refresh(days, [], feeds="layer", zone=SHANGHAI).value == "30d"
