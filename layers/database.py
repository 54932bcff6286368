"""Connections to PostGIS, the schema's history, and what the database must know of the city pack."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, make_url, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from layers import model
from layers.errors import DatabaseUnavailableError, OneMapError
from layers.pack import City

POSTGIS = (3, 3)
READING = {
    "jit": "on",  # of long questions only: compiled code takes rows apart in half the time
    "jit_inline_above_cost": "-1",
    "jit_optimize_above_cost": "-1",  # takes longer than it saves, as inlining does
    "plan_cache_mode": "force_custom_plan",  # a plan for any city and period is a bad one for a street and a week
    "parallel_setup_cost": "10000",  # workers start slower than most questions are answered
    "parallel_tuple_cost": "0.03",  # and hand rows over faster than the planner thinks
    "statement_timeout": "30s",
}
"""What makes short questions quick, and lets none go on for ever."""
MIGRATING = 0x6F6E656D  # the advisory lock that two starts at once take in turn


def driver_url(url: str) -> str:
    """Return an address as SQLAlchemy wants it, whichever `postgres…://` form it was given in."""
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def connect(url: str) -> Engine:
    """Return an engine for programs that work in order; the caller disposes of it."""
    return create_engine(driver_url(url))


def connect_async(url: str, *, size: int = 10) -> AsyncEngine:
    """Return an engine for the dashboard; the caller disposes of it."""
    options = " ".join(f"-c {name}={value}" for name, value in READING.items())
    return create_async_engine(
        driver_url(url), pool_size=size, max_overflow=0, connect_args={"options": options}, pool_pre_ping=True
    )


def migrate(engine: Engine, city: City) -> None:
    """Bring the schema up to date and tell it the city: safe to repeat, and safe to run twice at once.

    Raises:
        DatabaseUnavailableError: No server answers, or it has no PostGIS 3.3.
        OneMapError: The database already holds another city.
    """
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
            _require_postgis(connection)
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(files("layers") / "migrations"))
            command.upgrade(config, "head")
            _remember(connection, city)
    except OperationalError as refused:
        where = engine.url.render_as_string(hide_password=True)
        msg = f"no answer from {where}: {refused.orig}; start it, or correct ONEMAP_DATABASE_URL"
        raise DatabaseUnavailableError(msg) from refused


def _require_postgis(connection: Connection) -> None:
    version = connection.execute(
        text("SELECT default_version FROM pg_available_extensions WHERE name = 'postgis'")
    ).scalar()
    if version is None or tuple(int(part) for part in version.split(".")[:2]) < POSTGIS:
        msg = f"the server has PostGIS {version or 'not at all'}, 3.3 is needed; Debian: postgresql-15-postgis-3"
        raise DatabaseUnavailableError(msg)


def _remember(connection: Connection, city: City) -> None:
    held = connection.execute(select(model.settings)).one_or_none()
    if held is None:
        connection.execute(
            insert(model.settings).values(
                city_code=city.spec.code, time_zone=city.spec.time_zone, levels=len(city.levels)
            )
        )
    elif (held.city_code, held.time_zone, held.levels) != (city.spec.code, city.spec.time_zone, len(city.levels)):
        msg = (
            f"this database holds the city {held.city_code!r} ({held.time_zone}, {held.levels} levels), the pack "
            f"{city.folder} is {city.spec.code!r}; use another database for it"
        )
        raise OneMapError(msg)
    _remember_categories(connection, city)
    for source in city.sources:
        connection.execute(insert(model.source).values(code=source).on_conflict_do_nothing())


def _remember_categories(connection: Connection, city: City) -> None:
    table = model.category
    for item in city.categories.values():
        parent = select(table.c.id).where(table.c.code == item.parent).scalar_subquery()
        statement = insert(table).values(code=item.code, parent_id=parent, hours=item.hours)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["code"],
                set_={"parent_id": statement.excluded.parent_id, "hours": statement.excluded.hours},
                where=(table.c.hours != statement.excluded.hours)
                | table.c.parent_id.is_distinct_from(statement.excluded.parent_id),
            )
        )
