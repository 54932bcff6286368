"""`/api/summary`: every number of a unit, and that they add up."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dashboard.conftest import Client

CITY, WEST, CELL = "990100000000", "990101000000", "990101001001001"
UNITS = [CITY, WEST, "990102000000", "990101002000", "990102001002", CELL]
QUERIES = [
    "from=2025-03-01&to=2025-04-05",
    "from=2025-03-01T09:30:00%2B08:00&to=2025-06-05",
    "category=order&status=closed&status=reported",
    "source=hotline&channel=phone",
    "bbox=121.51,29.80,121.55,29.82",
    "within=POLYGON((121.5 29.8,121.56 29.8,121.5 29.83,121.5 29.8))",
    "q=Road 7",
    "from=2024-12-31",
    "to=2025-05-01&category=noise",
]


def adds_up(answer: dict[str, Any]) -> None:
    total = answer["total"]
    assert sum(child["total"] for child in answer["children"]) + answer["unplaced"] == total
    assert sum(day["total"] for day in answer["by_day"]) == total
    assert sum(item["total"] for item in answer["by_status"]) == total
    assert sum(item["total"] for item in answer["by_category"]) == total
    assert sum(item["total"] for item in answer["by_source"]) == total
    for numbers in [answer, *answer["children"]]:
        assert numbers["open"] + numbers["closed"] == numbers["total"]
        assert numbers["closed"] + numbers["overdue"] == numbers["due"]
        assert numbers["on_time"] <= numbers["closed"]
        assert numbers["overdue"] <= numbers["open"]


@settings(max_examples=60, deadline=None)
@given(unit=st.sampled_from(UNITS), asked=st.lists(st.sampled_from(QUERIES), max_size=1))
def test_every_number_adds_up(client: Client, unit: str, asked: list[str]) -> None:
    adds_up(client.json("&".join([f"/api/summary?unit={unit}", *asked])))


def test_without_a_unit_it_is_the_citys(client: Client) -> None:
    answer = client.json("/api/summary")
    assert answer["unit"] == {"code": CITY, "name": "方城市", "name_en": "Square City", "level": "city"}
    assert answer["total"] == 3000


def test_children_come_in_code_order_even_when_nothing_happened(client: Client) -> None:
    answer = client.json("/api/summary?from=2030-01-01&to=2030-01-03")
    assert [(child["code"], child["total"]) for child in answer["children"]] == [(WEST, 0), ("990102000000", 0)]
    assert answer["by_day"] == [{"day": "2030-01-01", "total": 0}, {"day": "2030-01-02", "total": 0}]
    assert answer["by_category"] == []
    assert [item["code"] for item in answer["by_status"]] == [
        "reported",
        "accepted",
        "dispatched",
        "resolved",
        "closed",
    ]


def test_days_have_no_holes_while_there_are_at_most_three_years_of_them(client: Client) -> None:
    days = client.json("/api/summary?from=2024-01-01&to=2026-01-01")["by_day"]
    assert [day["day"] for day in days] == [str(date(2024, 1, 1) + timedelta(number)) for number in range(731)]
    longer = client.json("/api/summary?from=2020-01-01&to=2026-01-01")["by_day"]
    assert all(day["total"] for day in longer)


def test_a_period_within_days_counts_the_days_it_touches(client: Client) -> None:
    answer = client.json("/api/summary?from=2025-03-01T09:00:00&to=2025-03-02T09:00:00")
    assert [day["day"] for day in answer["by_day"]] == ["2025-03-01", "2025-03-02"]


def test_the_two_ways_of_counting_answer_alike(client: Client) -> None:
    # The box holds every place, so it changes nothing but the way; what has no place is not in it.
    everywhere = client.json("/api/summary?bbox=-180,-90,180,90&from=2025-03-01&to=2025-06-01")
    quick = client.json("/api/summary?from=2025-03-01&to=2025-06-01")
    exact = client.json("/api/summary?from=2025-03-01T00:00:00&to=2025-06-01&channel=phone&channel=app")
    assert everywhere["total"] < quick["total"]
    assert exact["total"] < quick["total"]
    instants = client.json("/api/summary?from=2025-02-28T16:00:00Z&to=2025-05-31T16:00:00.000Z")
    assert {**instants, "as_of": ""} == {**quick, "as_of": ""}


def test_a_branch_is_its_leaves(client: Client) -> None:
    branch = client.json("/api/summary?category=order")
    leaves = client.json("/api/summary?category=order-stall&category=order-parking")
    own = next(item["total"] for item in branch["by_category"] if item["code"] == "order")
    assert {item["code"] for item in branch["by_category"]} == {"order", "order-stall", "order-parking"}
    assert branch["total"] == leaves["total"] + own


def test_categories_are_named_in_both_languages_the_most_frequent_first(client: Client) -> None:
    shares = client.json("/api/summary")["by_category"]
    assert [item["total"] for item in shares] == sorted((item["total"] for item in shares), reverse=True)
    assert {"code": "noise", "name": "噪声", "name_en": "Noise"}.items() <= next(
        item for item in shares if item["code"] == "noise"
    ).items()


def test_the_lowest_level_has_no_children_so_everything_is_unplaced(client: Client) -> None:
    answer = client.json(f"/api/summary?unit={CELL}")
    assert answer["children"] == []
    assert answer["unplaced"] == answer["total"] > 0
