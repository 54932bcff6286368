"""Run migrations on the connection that `layers.database.migrate` hands over."""

from alembic import context

from layers.model import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
