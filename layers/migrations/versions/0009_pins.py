"""Incidents without a place can be pinned by hand; such a change of an incident is of no load.

A new database has it already: the first step makes it after the tables as they are now.
"""

from alembic import op

from layers.pins import pin

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the table where it is missing, and let changes be of no load."""
    pin.create(op.get_bind(), checkfirst=True)
    op.alter_column("incident_change", "load_id", nullable=True)
