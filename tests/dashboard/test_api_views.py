"""`/api/views` and `/v/…`: views are kept under a link that leads back to the same numbers."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.dashboard.conftest import Client

QUERY = "unit=990101000000&from=2025-03-01&to=2025-05-01&category=noise&classes=equal"


def kept(client: Client, **said: str) -> dict[str, Any]:
    answer = client.send("POST", "/api/views", {"name": "Noise in spring", "query": f"?{QUERY}", **said})
    assert answer.status_code == 201, answer.text
    view: dict[str, Any] = answer.json()
    return view


def test_a_kept_view_is_listed_and_its_link_leads_to_the_same_address(empty_client: Client) -> None:
    view = kept(empty_client, description="for the weekly meeting")
    assert empty_client.json("/api/views") == [view]
    assert (view["query"], view["owner"], view["description"]) == (QUERY, None, "for the weekly meeting")
    assert view["created_at"].endswith("+08:00")
    led = empty_client.get(view["link"])
    assert led.status_code == 307
    assert urlsplit(led.headers["location"]).query == f"{QUERY}&view={view['slug']}"
    assert empty_client.get(f"{view['link']}?lang=en").headers["location"].endswith(f"&lang=en&view={view['slug']}")


def test_a_view_kept_from_a_kept_view_forgets_where_it_came_from(empty_client: Client) -> None:
    assert kept(empty_client, query="?unit=990101000000&view=abc")["query"] == "unit=990101000000"


def test_what_is_changed_is_changed_and_the_rest_stays(empty_client: Client) -> None:
    view = kept(empty_client)
    changed = empty_client.send("PATCH", f"/api/views/{view['slug']}", {"name": " Noise "}).json()
    assert (changed["name"], changed["query"], changed["slug"]) == ("Noise", QUERY, view["slug"])
    assert changed["updated_at"] > view["updated_at"]
    other = kept(empty_client, name="Other")
    empty_client.send("PATCH", f"/api/views/{view['slug']}", {"query": "status=closed"})
    assert [item["slug"] for item in empty_client.json("/api/views")] == [view["slug"], other["slug"]]


def test_a_forgotten_view_is_gone_and_its_link_says_so(empty_client: Client) -> None:
    view = kept(empty_client)
    assert empty_client.send("DELETE", f"/api/views/{view['slug']}").status_code == 204
    assert empty_client.json("/api/views") == []
    for method in ("GET", "DELETE", "PATCH"):
        answer = empty_client.send(method, f"/api/views/{view['slug']}", {} if method == "PATCH" else None)
        assert answer.status_code == 404
        assert view["slug"] in answer.json()["detail"]
    assert empty_client.get(view["link"]).headers["location"] == f"/?view={view['slug']}"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"query": "?category=nose"}, "no category has the id 'nose'"),
        ({"query": "?from=yesterday"}, "from is 'yesterday'"),
        ({"query": "q=" + "x" * 5000}, "at most 4,000 characters"),
        ({"name": "   "}, "name"),
        ({"owner": "me"}, "owner"),
    ],
)
def test_what_could_not_be_opened_again_is_refused(empty_client: Client, said: dict[str, str], reason: str) -> None:
    answer = empty_client.send("POST", "/api/views", {"name": "x", "query": "", **said})
    assert answer.status_code == 400
    assert reason in answer.json()["detail"]
    assert empty_client.json("/api/views") == []


def test_parameters_of_the_page_that_are_no_filter_are_kept(empty_client: Client) -> None:
    assert kept(empty_client, query="period=1y&layers=cameras,hotline&sort=open")["query"] == (
        "period=1y&layers=cameras,hotline&sort=open"
    )
