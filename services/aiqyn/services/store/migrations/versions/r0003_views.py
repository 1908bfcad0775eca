"""Views for analysts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from aiqyn.services.store import views

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in views.statements(op.get_bind().dialect.name):
        op.get_bind().exec_driver_sql(statement.replace("%", "%%") if _doubled() else statement)


def downgrade() -> None:
    remove()


def remove() -> None:
    """Take away the views that are there, of this revision or a later one."""
    present = sa.inspect(op.get_bind()).get_view_names()
    for statement in views.removals("v1_mentions" in present):
        op.execute(statement)


def _doubled() -> bool:
    """Whether the driver takes `%` for a place of a parameter."""
    return op.get_bind().dialect.name == "postgresql"
