"""A database that is there for one benchmark only."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, create_engine, make_url, text

from layers.database import driver_url


@contextmanager
def scratch(name: str) -> Iterator[URL]:
    """Yield the address of an empty database on the server of the tests, gone afterwards."""
    url = make_url(driver_url(os.environ["ONEMAP_TEST_DATABASE_URL"]))
    own = f"onemap_{name}_{os.getpid()}"
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {own}"))
        try:
            yield url.set(database=own)
        finally:
            with server.connect() as connection:
                connection.execute(text(f"DROP DATABASE {own} WITH (FORCE)"))
    finally:
        server.dispose()
