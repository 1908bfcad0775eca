"""The queue at a million alerts: counted and sorted by indexes. Views: an entity a row, periods of interests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from aiqyn.services.store.migrations.versions.r0003_views import remove
from aiqyn.services.store.migrations.versions.r0003_views import upgrade as make_views

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_FACETS = [
    "decided_revision", "revision", "data_state", "review_status", "severity", "rule", "certainty", "identity", "stage",
    "managed", "retroactive", "disposition", "assignee", "suppressed_by",
]  # fmt: skip


def upgrade() -> None:
    remove()
    make_views()
    op.execute("UPDATE alert SET priority = 0 WHERE priority IS NULL")
    op.create_index("ix_alert_amount_id", "alert", ["amount", "id"])
    op.create_index("ix_alert_facets", "alert", _FACETS)
    for name in ("assignee", "suppressed_by"):
        stated = sa.text(f"{name} IS NOT NULL")
        op.create_index(f"ix_alert_{name}", "alert", [name], sqlite_where=stated, postgresql_where=stated)
    op.create_index("ix_action_state", "action", ["state"])
    op.create_index("ix_alert_revision_seq", "alert_revision", ["seq"])


def downgrade() -> None:
    op.drop_index("ix_alert_revision_seq", "alert_revision")
    op.drop_index("ix_action_state", "action")
    for name in ("suppressed_by", "assignee", "facets", "amount_id"):
        op.drop_index(f"ix_alert_{name}", "alert")
