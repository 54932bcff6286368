"""What changed of an incident is looked for by the incident alone: one index instead of two.

A new database has it already: the first step makes it after the tables as they are now.
"""

from alembic import op
from sqlalchemy import inspect

revision = "0013"
down_revision = "0012"

STATEMENTS = """
DROP INDEX incident_change_incident;
ALTER TABLE incident_change DROP CONSTRAINT incident_change_pkey;
ALTER TABLE incident_change ADD PRIMARY KEY (incident_id, id);
"""


def upgrade() -> None:
    """Exchange both for a key of both columns."""
    connection = op.get_bind()
    if "incident_change_incident" in {index["name"] for index in inspect(connection).get_indexes("incident_change")}:
        connection.exec_driver_sql(STATEMENTS)
