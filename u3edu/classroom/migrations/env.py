"""How Alembic runs a migration: on the connection that `u3edu.classroom.database.migrate` hands it."""

from alembic import context

from u3edu.classroom.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
