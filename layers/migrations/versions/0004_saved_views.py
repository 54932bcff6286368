"""Views of the map can be kept under a name.

A new database may have the table already: the first step makes it after the tables as they are now.
"""

from alembic import op

from layers.views import saved_view

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table where it is missing."""
    saved_view.create(op.get_bind(), checkfirst=True)
