"""`/api/incidents`: pages that together are everything the filter means, each record once."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any

import pytest

from layers.orders import NAMES
from tests.dashboard.conftest import Client

WEST = "990101000000"
STATUSES = ("reported", "accepted", "dispatched", "resolved", "closed")


def pages(client: Client, query: str) -> list[dict[str, Any]]:
    found, after = [], ""
    while True:
        page = client.json(f"/api/incidents?{query}{after and f'&after={after}'}")
        found += page["incidents"]
        after = page["next"]
        if after is None:
            return found


@pytest.mark.parametrize(
    "query",
    [
        f"unit={WEST}&limit=500",
        "from=2025-03-01&to=2025-03-20&limit=7",
        "q=case 1&category=order&limit=100",
        "unit=990101001001001&status=closed&limit=1",
        "channel=app&bbox=121.5,29.8,121.54,29.82&limit=50",
    ],
)
def test_the_pages_hold_every_record_once_newest_first(client: Client, query: str) -> None:
    found = pages(client, query)
    counted = client.json(f"/api/summary?{query.rsplit('&limit', 1)[0]}")["total"]
    order = [(datetime.fromisoformat(str(item["reported_at"])), item["id"]) for item in found]
    assert len({item["id"] for item in found}) == len(found) == counted > 0
    assert order == sorted(order, reverse=True)


SAME = {"source", "severity", "accepted_at", "dispatched_at", "resolved_at"}
"""What all incidents of the small city have the same of, or nothing."""


def value(item: dict[str, Any], name: str) -> Any:  # noqa: ANN401 - whatever the field holds
    """Return what an incident is ordered by."""
    if name == "unit":
        return [step["code"] for step in item["path"]]
    return STATUSES.index(item["status"]) if name == "status" else item[name]


@pytest.mark.parametrize("sort", [f"{sign}{name}" for name in NAMES for sign in ("", "-")])
def test_every_order_is_the_same_page_by_page_by_leaps_and_asked_for_one(client: Client, sort: str) -> None:
    query = f"unit={WEST}&from=2025-03-01&to=2025-03-15&sort={sort}"
    found = pages(client, f"{query}&limit=9")
    name, falling = sort.removeprefix("-"), sort.startswith("-")
    there = [(value(item, name), item["id"]) for item in found if value(item, name) is not None]
    missing = [item["id"] for item in found if value(item, name) is None]
    assert len({str(first) for first, _ in there}) > 1 or name in SAME
    assert there == sorted(there, reverse=falling)
    assert missing == sorted(missing, reverse=falling)
    assert [item["id"] for item in found] == [*(number for _, number in there), *missing]
    assert len({item["id"] for item in found}) == client.json(f"/api/summary?{query.rpartition('&')[0]}")["total"]
    leap = client.json(f"/api/incidents?{query}&limit=9&skip=5")
    after = client.json(f"/api/incidents?{query}&limit=9")["next"]
    further = client.json(f"/api/incidents?{query}&limit=9&after={after}&skip=3")
    assert (leap["incidents"], further["incidents"]) == (found[5:14], found[12:21])
    for at in {0, max(len(there) - 1, 0), len(found) - 1}:
        asked = client.json(f"/api/incidents/{found[at]['id']}/position?{query}")
        assert asked == {"position": at}


def test_an_incident_has_no_position_in_a_list_without_it(client: Client) -> None:
    (record,) = client.json("/api/incidents?q=H12")["incidents"]
    where = f"/api/incidents/{record['id']}/position"
    assert client.json(f"{where}?status={record['status']}")["position"] is not None
    other = next(status for status in STATUSES if status != record["status"])
    assert client.json(f"{where}?status={other}") == {"position": None}
    assert client.get("/api/incidents/99999999/position").status_code == 404


def test_a_link_to_a_page_from_before_there_were_orders_still_leads_there(client: Client) -> None:
    newest = client.json("/api/incidents?limit=3")["incidents"]
    at = datetime.fromisoformat(newest[1]["reported_at"]).astimezone(UTC).isoformat()
    after = urlsafe_b64encode(f"{at} {newest[1]['id']}".encode()).decode().rstrip("=")
    assert client.json(f"/api/incidents?limit=1&after={after}")["incidents"] == newest[2:]


def test_the_end_of_a_page_is_no_place_in_another_order(client: Client) -> None:
    after = client.json("/api/incidents?limit=3&sort=key")["next"]
    assert client.get(f"/api/incidents?after={after}&sort=-key").status_code == 400


@pytest.mark.parametrize("unit", ["990100000000", WEST, "990101001000"])
def test_the_unplaced_are_as_many_as_the_summary_says(client: Client, unit: str) -> None:
    found = pages(client, f"unit={unit}&unplaced=true&limit=500")
    assert len(found) == client.json(f"/api/summary?unit={unit}")["unplaced"] > 0
    assert {item["placed"] for item in found} == {False}


def test_a_record_tells_where_when_and_what_in_words(client: Client) -> None:
    (record,) = client.json("/api/incidents?q=H12")["incidents"]
    assert record["key"] == "H12"
    assert record["path"][0]["level"] == "city"
    assert record["path"][-1] == record["unit"]
    assert record["reported_at"].endswith("+08:00")
    assert record["category_name_en"]
    assert record["status"] in {"reported", "accepted", "dispatched", "resolved", "closed"}
    assert (record["lon"] is None) == (record["lat"] is None)
    alone = client.json(f"/api/incidents/{record['id']}")
    assert alone == record | {"history": [], "retired_at": None}


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("after=nonsense", "after is 'nonsense'; give the `next` of the page before, unchanged and in the same order"),
        ("limit=0", "limit is '0'; Input should be greater than or equal to 1"),
        ("limit=501", "limit is '501'; Input should be less than or equal to 500"),
        ("unplaced=perhaps", "unplaced is 'perhaps'"),
        ("unit=7", "no unit has the id '7'; known: 990100000000"),
        ("sort=up", "no order has the id 'up'; known: accepted_at, address, category"),
        ("skip=-1", "skip is '-1'; Input should be greater than or equal to 0"),
        ("order=key", "no parameter has the id 'order'; known: after, as_of, bbox"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_sentence(client: Client, query: str, sentence: str) -> None:
    answer = client.get(f"/api/incidents?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert sentence in answer.json()["detail"]


def test_an_incident_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.get("/api/incidents/99999999").status_code == 404
