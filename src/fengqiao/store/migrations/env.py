"""Alembic's way in. The connection, already in a transaction, is handed over by ``connection.migrate``."""

from alembic import context

from fengqiao.store import case_tables, duty_tables
from fengqiao.store.tables import Base

assert case_tables and duty_tables, "imported for the tables they add to the metadata"

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
    compare_type=True,
    transactional_ddl=True,  # ours begins before the first statement, so SQLite rolls DDL back too
)
context.run_migrations()
