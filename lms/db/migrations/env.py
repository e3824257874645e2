"""Tells alembic which connection and which metadata to use."""

from alembic import context

from lms.db.schema import load_metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=load_metadata(),
    # One transaction for everything: a migration that fails half-way leaves nothing behind.
    transaction_per_migration=False,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
