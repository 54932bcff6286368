"""A reject that comes again as it was is not written again: it has a hash, and a function tells a load's rejects.

Rejects that are there already have no hash, so each is written once more where it comes again.
"""

from pathlib import Path

from alembic import op

revision = "0016"
down_revision = "0015"

REJECTS = Path(__file__).parents[2] / "sql" / "rejects.sql"


def upgrade() -> None:
    """Add the column, which the first step has made in a new database, and the function."""
    connection = op.get_bind()
    connection.exec_driver_sql("ALTER TABLE reject ADD COLUMN IF NOT EXISTS hash bigint")
    connection.exec_driver_sql(REJECTS.read_text(encoding="utf-8"))
