"""Whatever goes wrong is said in a sentence, and a database that comes back is used again."""

import asyncio
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from dashboard.app import create_app
from layers.filters import NAMES
from layers.pack import City
from layers.settings import Settings
from tests.conftest import Databases
from tests.dashboard.conftest import Client


@pytest.fixture
def lonely(databases: Databases, city: City) -> Iterator[Client]:
    """A client of a database that has no tables."""
    url = databases.make()
    made = Client(create_app(Settings(city=city.folder), city, url))
    yield made
    made.close()
    databases.drop(url)


def test_alive_while_the_database_answers(client: Client) -> None:
    answer = client.json("/healthz")
    assert answer["status"] == "ok"
    assert answer["database"].startswith("PostgreSQL")


def test_away_and_back_again(databases: Databases, template: str, server: Engine, city: City) -> None:
    url = databases.make(template)
    name = url.rsplit("/", 1)[1].split("?")[0]
    client = Client(create_app(Settings(city=city.folder), city, url))
    assert client.get("/healthz").status_code == 200
    with server.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"), {"name": name}
        )
        for address in ("/healthz", "/api/city", "/api/summary"):
            answer = client.get(address)
            assert answer.status_code == 503
            assert answer.headers["content-type"] == "application/problem+json"
            assert "the database does not answer" in answer.json()["detail"]
            assert answer.json()["reason"] == "away"
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
    assert client.get("/healthz").status_code == 200
    assert client.json("/api/city")["name"] == "方城市"
    client.close()


def test_a_database_without_tables_says_what_to_run(lonely: Client) -> None:
    answer = lonely.get("/api/city")
    assert answer.status_code == 503
    assert "onemap init" in answer.json()["detail"]
    assert answer.json()["reason"] == "empty", "what the page says in its own language"


def test_an_address_that_is_not_there_is_no_page(client: Client) -> None:
    answer = client.get("/api/fountains")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "there is nothing at '/api/fountains'; /api/docs lists every address",
    }


def test_a_mistake_in_the_program_is_no_riddle(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(client.app.state, "city")
    answer = client.get("/api/city")
    assert answer.status_code == 500
    assert answer.json()["detail"] == "something is wrong with OneMap itself; the server's log says what"


def test_many_at_once_wait_for_a_connection(client: Client) -> None:
    async def crowd() -> list[int]:
        answers = await asyncio.gather(*(client.http.get("/api/summary") for _ in range(60)))
        return [answer.status_code for answer in answers]

    assert set(client.loop.run_until_complete(crowd())) == {200}


def test_every_address_is_described_and_its_page_needs_no_other_machine(client: Client) -> None:
    paths = client.json("/api/openapi.json")["paths"]
    assert {"/healthz", "/api/city", "/api/layers", "/api/sources", "/api/summary", "/api/incidents"} <= set(paths)
    names = {item["name"] for item in paths["/api/summary"]["get"]["parameters"]}
    assert names == set(NAMES)
    page = client.get("/api/docs").text
    links = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert links
    assert all(link.startswith("/api/docs/") and client.get(link).status_code == 200 for link in links)
