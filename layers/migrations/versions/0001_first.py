"""The tables of the first release."""

from pathlib import Path

from alembic import op

from layers.model import metadata

revision = "0001"
down_revision = None

ROLL_UP = Path(__file__).parents[2] / "sql" / "roll_up.sql"


def upgrade() -> None:
    """Create PostGIS, every table, and the triggers that keep the counts."""
    op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    metadata.create_all(op.get_bind())
    op.get_bind().exec_driver_sql(ROLL_UP.read_text(encoding="utf-8"))
