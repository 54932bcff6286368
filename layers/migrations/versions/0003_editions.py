"""Earlier versions of units are kept when a new edition of boundaries replaces them.

A new database has the table already: the first step makes it after the tables as they are now.
"""

from alembic import op

from layers.model import unit_past

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the table where it is missing."""
    unit_past.create(op.get_bind(), checkfirst=True)
