"""Indexes for what people type: keys from their beginning, names by any part.

A new database has them already: the first step makes it after the tables as they are now.
"""

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS = """
CREATE INDEX IF NOT EXISTS feature_key ON feature (key COLLATE "C") WHERE retired_at IS NULL;
CREATE INDEX IF NOT EXISTS feature_letters ON feature USING gin (string_to_array(lower(name), NULL::text))
    WHERE retired_at IS NULL;
CREATE INDEX IF NOT EXISTS incident_key ON incident (key COLLATE "C") WHERE retired_at IS NULL;
"""


def upgrade() -> None:
    """Add what is missing."""
    op.get_bind().exec_driver_sql(STATEMENTS)
