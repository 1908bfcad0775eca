"""The ledger with its facts, the quarantine, and the alerts with their history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "meta",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_meta"),
    )
    op.create_table(
        "event",
        sa.Column("seq", _NUMBER, nullable=False, autoincrement=False),
        sa.Column("name", sa.LargeBinary, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("time", sa.Text, nullable=False),
        sa.Column("instant", sa.BigInteger, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("record_key", sa.Text, nullable=False),
        sa.Column("kind", sa.SmallInteger, nullable=False),
        sa.Column("fact", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("conforms", sa.Boolean),
        sa.Column("attributes", sa.LargeBinary),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_event"),
        sa.UniqueConstraint("name", name="uq_event_name"),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("pointer", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("source", sa.Text),
        sa.Column("event_id", sa.Text),
        sa.Column("type", sa.Text),
        sa.Column("door", sa.Text, nullable=False),
        sa.Column("topic", sa.Text),
        sa.Column("partition", sa.Integer),
        sa.Column("offset", sa.BigInteger),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("replayed_at", sa.BigInteger),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quarantine"),
    )
    op.create_table(
        "quality_issue",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("pointer", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quality_issue"),
    )
    op.create_index("ix_quality_issue_seq", "quality_issue", ["seq"])
    op.create_table(
        "alert",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("data_state", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("certainty", sa.Text, nullable=False),
        sa.Column("identity", sa.Text, nullable=False),
        sa.Column("stage", sa.Text),
        sa.Column("ocid", sa.Text),
        sa.Column("allocation", sa.Text),
        sa.Column("managed", sa.Boolean, nullable=False),
        sa.Column("retroactive", sa.Boolean, nullable=False),
        sa.Column("window_from", sa.Text),
        sa.Column("window_to", sa.Text),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("raised_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("review_status", sa.Text, nullable=False, server_default="open"),
        sa.Column("disposition", sa.Text),
        sa.Column("assignee", sa.Text),
        sa.Column("decided_revision", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
    )
    op.create_index("ix_alert_raised_at_id", "alert", ["raised_at", "id"])
    op.create_index("ix_alert_ocid", "alert", ["ocid"])
    op.create_table(
        "alert_revision",
        sa.Column("alert", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("change", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("alert", "revision", name="pk_alert_revision"),
    )
    op.create_table(
        "alert_event",
        sa.Column("alert", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("alert", "seq", name="pk_alert_event"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_alert_event_seq", "alert_event", ["seq"])
    op.create_table(
        "alert_entity",
        sa.Column("alert", sa.Text, nullable=False),
        sa.Column("entity", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("alert", "entity", "role", name="pk_alert_entity"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_alert_entity_entity_role", "alert_entity", ["entity", "role"])


def downgrade() -> None:
    for table in (
        "alert_entity",
        "alert_event",
        "alert_revision",
        "alert",
        "quality_issue",
        "quarantine",
        "event",
        "meta",
    ):
        op.drop_table(table)
