"""Runs the steps on the connection, and within the transaction, that `upgrade.py` hands over."""

from __future__ import annotations

from alembic import context

from aiqyn.services.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter a column: Alembic copies the table instead.
    render_as_batch=True,
)
context.run_migrations()
