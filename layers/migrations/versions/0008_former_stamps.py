"""Where incidents and features were before an edition of boundaries moved them stands beside them.

A new database may have the tables already: the first step makes it after the tables as they are now. Of editions loaded
before this step the former stamps are not known, so they are none that one can ask for.
"""

from alembic import op

from layers.editions import edition, feature_was, incident_was

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the tables where they are missing."""
    for table in (edition, incident_was, feature_was):
        table.create(op.get_bind(), checkfirst=True)
