"""`/api/incidents`: pages that together are everything the filter means, each record once."""

from datetime import datetime

import pytest

from tests.dashboard.conftest import Client

WEST = "990101000000"


def pages(client: Client, query: str) -> list[dict[str, object]]:
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
        ("after=nonsense", "after is 'nonsense'; give the `next` of the page before, unchanged"),
        ("limit=0", "limit is '0'; Input should be greater than or equal to 1"),
        ("limit=501", "limit is '501'; Input should be less than or equal to 500"),
        ("unplaced=perhaps", "unplaced is 'perhaps'"),
        ("unit=7", "no unit has the id '7'; known: 990100000000"),
        ("sort=up", "no parameter has the id 'sort'; known: after, as_of, bbox"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_sentence(client: Client, query: str, sentence: str) -> None:
    answer = client.get(f"/api/incidents?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert sentence in answer.json()["detail"]


def test_an_incident_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.get("/api/incidents/99999999").status_code == 404
