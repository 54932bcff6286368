"""References of incidents are checked once a statement, and the first load of a source counts by itself.

Foreign keys look up every row by itself: with three of them, a load wrote half as many rows in a second. The trigger
that counts sees all rows of a statement as one table, and looks up each source, category and load once.
"""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"

ROLL_UP = Path(__file__).parents[2] / "sql" / "roll_up.sql"
STATEMENTS = """
ALTER TABLE incident DROP CONSTRAINT IF EXISTS incident_source_id_fkey;
ALTER TABLE incident DROP CONSTRAINT IF EXISTS incident_category_id_fkey;
ALTER TABLE incident DROP CONSTRAINT IF EXISTS incident_load_id_fkey;
"""


def upgrade() -> None:
    """Let the trigger check what the foreign keys did."""
    op.get_bind().exec_driver_sql(STATEMENTS)
    op.get_bind().exec_driver_sql(ROLL_UP.read_text(encoding="utf-8"))
