"""Counts with a column for each status, of what is late, and of fewer kinds on the levels that have many units.

They are made anew from the incidents, which takes a minute or two for each million. A new database has the table
already: the first step makes it after the tables as they are now.
"""

from pathlib import Path

from alembic import op
from sqlalchemy import inspect

from layers.model import incident_count

revision = "0010"
down_revision = "0009"

ROLL_UP = Path(__file__).parents[2] / "sql" / "roll_up.sql"
STATEMENTS = """
ALTER TABLE settings ADD COLUMN IF NOT EXISTS judged_at timestamptz NOT NULL DEFAULT '1970-01-01 00:00:00+00';
DROP INDEX incident_unit;
CREATE INDEX incident_unit ON incident (unit_id, reported_at)
    INCLUDE (category_id, status, source_id, closed_at, due_at) WHERE retired_at IS NULL;
CREATE INDEX IF NOT EXISTS incident_kind ON incident (category_id, unit_id, reported_at)
    INCLUDE (status, source_id, closed_at, due_at) WHERE retired_at IS NULL;
"""
COUNTED = """
DO $do$
DECLARE
    known settings;
BEGIN
    SELECT * INTO known FROM settings;
    IF FOUND THEN
        EXECUTE incident_counting(
            'SELECT 1 AS sign, (due_at < $4)::integer AS late, * FROM incident WHERE retired_at IS NULL'
        ) USING known.time_zone, known.levels, 60 / known.levels, known.judged_at;
    END IF;
END
$do$
"""


def upgrade() -> None:
    """Exchange the table, and count all that is there."""
    connection = op.get_bind()
    connection.exec_driver_sql(STATEMENTS)
    connection.exec_driver_sql(ROLL_UP.read_text(encoding="utf-8"))
    if "status" in {column["name"] for column in inspect(connection).get_columns("incident_count")}:
        op.drop_table("incident_count")
        incident_count.create(connection)
        connection.exec_driver_sql(COUNTED)
