"""A city of its own for each test, with its units loaded."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.conftest import Databases
from tests.etl.loader import Loader
from tests.etl.schedule.scheduling import Scheduling


def plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def with_units(databases: Databases, template: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database in which the units are loaded."""
    url = plain(databases.make(template))
    loader = Loader(tmp_path_factory.mktemp("units"))
    loader.prepare()
    loader.run(url, "units")
    return str(make_url(url).database)


@pytest.fixture
def empty(database_url: str, tmp_path: Path) -> Scheduling:
    """Nothing loaded."""
    loader = Loader(tmp_path)
    loader.prepare()
    return Scheduling(loader, plain(database_url))


@pytest.fixture
def scheduling(databases: Databases, with_units: str, tmp_path: Path) -> Iterator[Scheduling]:
    """The units loaded, by a person; the pack is a copy, so a scheduler finds their file new and the load unchanged."""
    url = databases.make(with_units)
    loader = Loader(tmp_path)
    loader.prepare()
    yield Scheduling(loader, plain(url))
    databases.drop(url)
