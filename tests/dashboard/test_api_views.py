"""`/api/views` and `/v/…`: views are kept under a link that leads back to the same numbers."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Engine

from layers.pack import City
from tests.dashboard.conftest import Client
from tests.filling import fill

QUERY = "unit=990101000000&from=2025-03-01&to=2025-05-01&category=noise&classes=equal"


@pytest.fixture
def town(engine: Engine, city: City, empty_client: Client) -> Client:
    """A client of a city with units and no views."""
    fill(engine, city)
    return empty_client


def kept(client: Client, **said: str) -> dict[str, Any]:
    answer = client.send("POST", "/api/views", {"name": "Noise in spring", "query": f"?{QUERY}", **said})
    assert answer.status_code == 201, answer.text
    view: dict[str, Any] = answer.json()
    return view


def test_a_kept_view_is_listed_and_its_link_leads_to_the_same_address(town: Client) -> None:
    view = kept(town, description="for the weekly meeting")
    assert town.json("/api/views") == [view]
    assert (view["query"], view["owner"], view["description"]) == (QUERY, None, "for the weekly meeting")
    assert view["created_at"].endswith("+08:00")
    led = town.get(view["link"])
    assert led.status_code == 307
    assert urlsplit(led.headers["location"]).query == f"{QUERY}&view={view['slug']}"
    assert town.get(f"{view['link']}?lang=en").headers["location"].endswith(f"&lang=en&view={view['slug']}")


def test_a_view_kept_from_a_kept_view_forgets_where_it_came_from(town: Client) -> None:
    assert kept(town, query="?unit=990101000000&view=abc")["query"] == "unit=990101000000"


def test_what_is_changed_is_changed_and_the_rest_stays(town: Client) -> None:
    view = kept(town)
    changed = town.send("PATCH", f"/api/views/{view['slug']}", {"name": " Noise "}).json()
    assert (changed["name"], changed["query"], changed["slug"]) == ("Noise", QUERY, view["slug"])
    assert changed["updated_at"] > view["updated_at"]
    other = kept(town, name="Other")
    town.send("PATCH", f"/api/views/{view['slug']}", {"query": "status=closed"})
    assert [item["slug"] for item in town.json("/api/views")] == [view["slug"], other["slug"]]


def test_a_name_is_given_once_and_whoever_asks_is_told_which_view_has_it(town: Client) -> None:
    first, other = kept(town), kept(town, name="Other")
    for method, address, name in (
        ("POST", "/api/views", " noise in SPRING "),
        ("PATCH", f"/api/views/{other['slug']}", "Noise in spring"),
    ):
        answer = town.send(method, address, {"name": name, **({"query": ""} if method == "POST" else {})})
        assert answer.status_code == 409
        said = answer.json()
        assert (said["value"], said["slug"]) == (first["name"], first["slug"])
        assert said["detail"].startswith(f"/api/views/{first['slug']} is called 'Noise in spring' already")
    assert [view["name"] for view in town.json("/api/views")] == ["Other", "Noise in spring"]
    again = town.send("PATCH", f"/api/views/{first['slug']}", {"name": "NOISE in spring", "query": "status=closed"})
    assert (again.status_code, again.json()["name"]) == (200, "NOISE in spring")


def test_of_two_views_kept_at_once_under_one_name_one_is_refused(town: Client) -> None:
    async def both() -> list[int]:
        sent = [town.http.post("/api/views", json={"name": "Twins", "query": ""}) for _ in range(4)]
        return sorted(answer.status_code for answer in await asyncio.gather(*sent))

    assert town.loop.run_until_complete(both()) == [201, 409, 409, 409]


def test_a_forgotten_view_is_gone_and_its_link_says_so(town: Client) -> None:
    view = kept(town)
    assert town.send("DELETE", f"/api/views/{view['slug']}").status_code == 204
    assert town.json("/api/views") == []
    for method in ("GET", "DELETE", "PATCH"):
        answer = town.send(method, f"/api/views/{view['slug']}", {} if method == "PATCH" else None)
        assert answer.status_code == 404
        assert view["slug"] in answer.json()["detail"]
    assert town.get(view["link"]).headers["location"] == f"/?view={view['slug']}"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"query": "?category=nose"}, "no category has the id 'nose'"),
        ({"query": "?unit=7"}, "no unit has the id '7'"),
        ({"query": "?unit=7&as_of=2020-01-01&level=grid"}, "no unit has the id '7'"),
        ({"query": "?from=yesterday"}, "from is 'yesterday'"),
        ({"query": "q=" + "x" * 5000}, "at most 4,000 characters"),
        ({"name": "   "}, "name"),
        ({"owner": "me"}, "owner"),
    ],
)
def test_what_could_not_be_opened_again_is_refused(town: Client, said: dict[str, str], reason: str) -> None:
    answer = town.send("POST", "/api/views", {"name": "x", "query": "", **said})
    assert answer.status_code == 400
    assert reason in answer.json()["detail"]
    assert town.json("/api/views") == []


def test_parameters_of_the_page_that_are_no_filter_are_kept(town: Client) -> None:
    assert kept(town, query="period=1y&layers=cameras,hotline&sort=open")["query"] == (
        "period=1y&layers=cameras,hotline&sort=open"
    )
