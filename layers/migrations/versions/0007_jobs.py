"""What `onemap schedule` has to do is kept in tables of procrastinate's own, in a PostgreSQL schema of their own.

All that is in them can be told again from the loads, so a later version of procrastinate with other tables needs no
steps of its own: a migration drops the schema and makes it anew.
"""

from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy import func, select

from layers.jobs import SCHEMA

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the schema, and in it what procrastinate wants."""
    connection = op.get_bind()
    path = connection.scalar(select(func.current_setting("search_path")))
    connection.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")
    # Its statements name no schema.
    connection.execute(select(func.set_config("search_path", SCHEMA, True)))  # noqa: FBT003 - until the transaction ends
    connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    connection.execute(select(func.set_config("search_path", path, True)))  # noqa: FBT003
