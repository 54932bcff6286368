"""Which period another one is compared with."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from layers.errors import FilterError
from layers.filters import Filter, parse
from layers.pack import City
from layers.periods import earlier

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("since", "until", "against", "expected"),
    [
        ("2025-03-01", "2025-03-31", "before", ("2025-01-30", "2025-03-01")),
        ("2025-03-10", "2025-03-17", "week", ("2025-03-03", "2025-03-10")),
        ("2025-02-01", "2025-03-01", "year", ("2024-02-01", "2024-02-29")),
        ("2024-02-29", "2024-03-01", "year", ("2023-02-28", "2023-03-01")),
        ("2025-03-10", "2025-03-12", "2024-12-31", ("2024-12-31", "2025-01-02")),
        ("2025-03-10T08:00:00", "2025-03-10T20:00:00", "2025-01-01", ("2025-01-01T00:00:00Z", "2025-01-01T12:00:00Z")),
        ("2025-03-10T08:00:00", "2025-03-10T20:00:00", "before", ("2025-03-09T12:00:00Z", "2025-03-10T00:00:00Z")),
    ],
)
def test_the_other_period_is_as_long_on_the_citys_clocks(
    city: City, since: str, until: str, against: str, expected: tuple[str, str]
) -> None:
    asked = parse([("from", since), ("to", until), ("category", "noise")], city)
    wanted = parse([("from", expected[0]), ("to", expected[1]), ("category", "noise")], city)
    assert earlier(asked, against, city.time_zone) == wanted


@pytest.mark.parametrize(
    ("asked", "against"),
    [
        (Filter(), "before"),
        (Filter(start=date(2025, 1, 1)), "year"),
        (Filter(start=date(2025, 1, 1), end=date(2025, 1, 2)), "yesterday"),
        (Filter(start=date(2025, 1, 1), end=date(2025, 1, 2)), "2025-02-30"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_a_remedy(asked: Filter, against: str) -> None:
    with pytest.raises(FilterError, match=r"give|write"):
        earlier(asked, against, ZONE)
