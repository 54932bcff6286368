"""A small town for loads: a database, an inbox, its units."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from layers.database import driver_url
from layers.pack import City
from tests.conftest import Databases
from tests.etl.town import Town


@pytest.fixture
def empty_town(city: City, engine: Engine, tmp_path: Path) -> Town:
    """A town without units, in a database of its own."""
    return Town(city, engine, tmp_path / "inbox")


@pytest.fixture
def own_town(empty_town: Town) -> Town:
    """A town with its 31 units, which the test may change."""
    empty_town.load("units")
    return empty_town


@pytest.fixture(scope="session")
def shared_engine(
    databases: Databases, template: str, city: City, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """One database for all tests that leave its units alone."""
    made = create_engine(driver_url(databases.make(template)))
    Town(city, made, tmp_path_factory.mktemp("inbox")).load("units")
    yield made
    made.dispose()


@pytest.fixture
def town(city: City, shared_engine: Engine, tmp_path: Path) -> Town:
    """A town with its 31 units and nothing else."""
    with shared_engine.begin() as connection:
        connection.execute(
            text("TRUNCATE incident, incident_change, incident_count, feature, reject, change, source_shape CASCADE")
        )
        connection.execute(text("DELETE FROM load WHERE id <> (SELECT max(load_id) FROM unit)"))
    return Town(city, shared_engine, tmp_path / "inbox")


@pytest.fixture
def unit_code(town: Town) -> Callable[[str], str | None]:
    """Answers the code of the unit an incident was placed in."""

    def code(key: str) -> str | None:
        found = town.rows("SELECT u.code FROM incident i JOIN unit u ON u.id = i.unit_id WHERE i.key = :key", key=key)
        return found[0][0] if found else None

    return code
