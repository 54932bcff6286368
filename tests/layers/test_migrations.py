"""A database of the first release becomes what a new one is, and keeps what it holds."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, Engine, create_engine, text

from layers.database import driver_url, migrate
from layers.jobs import TABLES_SINCE
from layers.pack import City
from tests.conftest import Databases

FIRST = Path(__file__).parent / "first_release.sql"
ROWS = """
    INSERT INTO alembic_version VALUES ('0001');
    INSERT INTO settings (city_code, time_zone, levels) VALUES ('990100000000', 'Asia/Shanghai', 5);
    INSERT INTO source (code) VALUES ('hotline');
    INSERT INTO category (code, hours) VALUES ('noise', 4);
    INSERT INTO load (source_id, started_at, state) VALUES (1, '2026-06-01', 'published');
    INSERT INTO reject (load_id, file, row_number, reason, message, row) VALUES (1, 'a.csv', 1, 'bad-time', 'no', '{}');
    INSERT INTO feature (layer, source_id, key, unit_id, attributes, row_hash, load_id)
        VALUES ('cameras', 1, 'C1', 1::bigint << 48, '{}', 1, 1);
    INSERT INTO incident (source_id, key, unit_id, category_id, status, reported_at, due_at, row_hash, load_id)
        SELECT 1, 'H' || n, 1::bigint << 48, 1, 1 + n % 5, '2026-06-01', '2026-06-02', n, 1
        FROM generate_series(1, 50) AS n;
"""
ANOTHER = """
    INSERT INTO incident (key, source_id, unit_id, category_id, status, reported_at, due_at, row_hash, load_id)
    SELECT 'new', source_id, unit_id, category_id, status, reported_at, due_at, 0, load_id
    FROM incident WHERE status = 5 LIMIT 1
"""
COLUMNS = """
    SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
    WHERE table_schema IN ('public', 'jobs') ORDER BY 1, 2
"""
ORDER = """
    SELECT column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = 'incident' ORDER BY ordinal_position
"""
INDEXES = "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname IN ('public', 'jobs') ORDER BY 1, 2"
CONSTRAINTS = """
    SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace IN ('public'::regnamespace, 'jobs'::regnamespace) ORDER BY 1, 2
"""
OPTIONS = "SELECT relname, reloptions FROM pg_class WHERE reloptions IS NOT NULL ORDER BY 1"
TRIGGERS = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
FUNCTIONS = "SELECT prosrc FROM pg_proc WHERE proname SIMILAR TO '(incident|rejects)@_%' ESCAPE '@' ORDER BY proname"


@pytest.fixture
def old(databases: Databases, city: City) -> Iterator[Engine]:
    """A database of the first release with some rows, brought up to date."""
    url = databases.make()
    made = create_engine(driver_url(url))
    plain = made.url.set(drivername="postgresql").render_as_string(hide_password=False)
    for script in (FIRST.read_bytes(), ROWS.encode()):
        # The dump leaves its session without a search path.
        with psycopg.connect(plain) as driver:
            driver.execute(script)
    migrate(made, city)
    yield made
    made.dispose()
    databases.drop(url)


@pytest.mark.parametrize("question", [COLUMNS, ORDER, INDEXES, CONSTRAINTS, OPTIONS, TRIGGERS, FUNCTIONS])
def test_the_first_release_becomes_what_a_new_database_is(old: Engine, connection: Connection, question: str) -> None:
    with old.connect() as upgraded:
        assert upgraded.execute(text(question)).all() == connection.execute(text(question)).all()


def test_what_the_first_release_held_is_there_counted_and_in_force(old: Engine) -> None:
    with old.begin() as upgraded:
        one = [
            upgraded.execute(text(question)).scalar_one()
            for question in (
                "SELECT count(*) FROM incident WHERE retired_at IS NULL",
                "SELECT sum(status * row_hash) FROM incident WHERE key = 'H' || row_hash AND id = row_hash",
                "SELECT count(*) FROM feature WHERE retired_at IS NULL",
                "SELECT count(*) FROM reject WHERE resolved_by IS NULL",
                "SELECT sum(n) FROM incident_count WHERE grain = 1 AND rank = 0 AND category_id = 0",
            )
        ]
        assert one == [50, sum((1 + n % 5) * n for n in range(1, 51)), 1, 1, 50]
        # Numbers go on behind the highest that was given.
        upgraded.execute(text(ANOTHER))
        assert upgraded.execute(text("SELECT id FROM incident WHERE key = 'new'")).scalar_one() == 51
        upgraded.execute(text("UPDATE incident SET retired_at = now() WHERE status = 5"))
        left = "SELECT sum(n) FROM incident_count WHERE grain = 1 AND rank = 0 AND category_id = 0"
        assert upgraded.execute(text(left)).scalar_one() == 40


def test_bringing_up_to_date_twice_changes_nothing(old: Engine, city: City) -> None:
    with old.connect() as upgraded:
        before = upgraded.execute(text(INDEXES)).all()
    migrate(old, city)
    with old.connect() as upgraded:
        assert upgraded.execute(text(INDEXES)).all() == before


def test_the_tables_of_jobs_are_those_of_the_procrastinate_that_is_installed() -> None:
    newest = max(file.name for file in Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    # If not: a new migration drops the schema `jobs` and makes it anew, as 0006 says.
    assert newest.startswith(TABLES_SINCE)


def test_procrastinate_keeps_to_its_own_schema(connection: Connection) -> None:
    where = "SELECT DISTINCT relnamespace::regnamespace::text FROM pg_class WHERE relname LIKE 'procrastinate%'"
    assert connection.execute(text(where)).scalars().all() == ["jobs"]
