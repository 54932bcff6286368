"""Tables are tidied after a load that wrote much, so that questions can be answered from their indexes alone."""

from typing import cast

import psycopg
from psycopg import sql
from sqlalchemy import Engine

MANY, SHARE = 5_000, 0.1
"""Rows written, and their share of those read, after which nobody waits for PostgreSQL to do it by itself."""
TABLES = {"units": ("unit",), "incidents": ("incident", "incident_count")}


def needed(*, written: int, read: int) -> bool:
    """Say whether a load wrote so much."""
    return written >= max(MANY, SHARE * read)


def tidy(engine: Engine, feeds: str) -> None:
    """Tidy the tables that a source feeds."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        driver = cast("psycopg.Connection", connection.connection.driver_connection)
        for table in TABLES.get(feeds, ("feature",)):
            driver.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(table)))
