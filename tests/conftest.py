"""What every test may ask for: a small city, real PostGIS databases, and Ningbo loaded once by the real ETL."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from layers.database import driver_url, migrate
from layers.pack import City
from tests.filling import fill

HERE = Path(__file__).parent


class Together(LoadScopeScheduling):  # type: ignore[misc] # it has no types
    """Keeps with one worker what looks at one dashboard, and each file of the other tests."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "browser" if file.startswith("tests/browser/") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together:
    """Share the tests among the workers."""
    return Together(config, log)


@pytest.fixture(scope="session")
def server() -> Iterator[Engine]:
    """The server tests make their databases on; `make test` starts one."""
    url = os.environ.get("ONEMAP_TEST_DATABASE_URL")
    if url is None:
        pytest.fail("ONEMAP_TEST_DATABASE_URL is not set; run `make test`, which starts a server and sets it")
    engine = create_engine(driver_url(url), isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


class Databases:
    """Makes databases on the server and drops them at the end."""

    def __init__(self, server: Engine) -> None:
        """Remember the server."""
        self.server = server
        self.made: list[str] = []

    def make(self, template: str = "template0") -> str:
        """Return the address of a new database, a copy of the template."""
        name = f"onemap_test_{uuid.uuid4().hex[:12]}"
        with self.server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        self.made.append(name)
        return self.server.url.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Drop a database, whoever is still connected."""
        name = make_url(url).database
        with self.server.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def databases(server: Engine) -> Iterator[Databases]:
    made = Databases(server)
    yield made
    for name in made.made:
        made.drop(made.server.url.set(database=name).render_as_string(hide_password=False))


@pytest.fixture(scope="session")
def city() -> City:
    """A city of squares: 2 districts, 4 streets, 8 communities, 16 cells; see `tests/city/README.md`."""
    return City(HERE / "city")


@pytest.fixture(scope="session")
def template(databases: Databases, city: City) -> str:
    """The name of a database with the schema and the small city's settings, and nothing else."""
    url = databases.make()
    engine = create_engine(driver_url(url))
    migrate(engine, city)
    engine.dispose()
    return str(make_url(url).database)


@pytest.fixture
def database_url(databases: Databases, template: str) -> Iterator[str]:
    """An empty database of the small city, this test's own: what is committed goes with it."""
    url = databases.make(template)
    yield url
    databases.drop(url)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = create_engine(driver_url(database_url))
    yield made
    made.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as made:
        yield made


@pytest.fixture(scope="session")
def filled_url(databases: Databases, template: str, city: City) -> str:
    """A small city with 3,000 incidents and 1,200 cameras, for reading only."""
    url = databases.make(template)
    engine = create_engine(driver_url(url))
    fill(engine, city, incidents=3_000, cameras=1_200)
    engine.dispose()
    return url
