"""The application of the small city, asked as a program asks it."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from dashboard.app import create_app
from layers.pack import City
from layers.settings import Settings


class Client:
    """Asks one application over and over, in one event loop, as a server would."""

    def __init__(self, app: FastAPI) -> None:
        """Open the application."""
        self.app = app
        self.loop = asyncio.new_event_loop()
        self.life = app.router.lifespan_context(app)
        self.loop.run_until_complete(self.life.__aenter__())
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://onemap.test")

    def get(self, address: str, **headers: str) -> httpx.Response:
        """Ask for an address."""
        asked = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.loop.run_until_complete(self.http.get(address, headers=asked))

    def send(self, method: str, address: str, said: object = None) -> httpx.Response:
        """Send something to an address."""
        return self.loop.run_until_complete(self.http.request(method, address, json=said))

    def json(self, address: str) -> Any:  # noqa: ANN401 - whatever the address answers
        """Ask for an address that must answer."""
        answer = self.get(address)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def close(self) -> None:
        """Close the application and the loop."""
        self.loop.run_until_complete(self.http.aclose())
        self.loop.run_until_complete(self.life.__aexit__(None, None, None))
        self.loop.close()


@pytest.fixture(scope="session")
def client(filled_url: str, city: City) -> Iterator[Client]:
    """A client of the small city's filled database, for reading only."""
    made = Client(create_app(Settings(city=city.folder), city, filled_url))
    yield made
    made.close()


@pytest.fixture
def empty_client(database_url: str, city: City) -> Iterator[Client]:
    """A client of a database with tables and nothing in them."""
    made = Client(create_app(Settings(city=city.folder), city, database_url))
    yield made
    made.close()
