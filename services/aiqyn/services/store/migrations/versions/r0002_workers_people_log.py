"""Workers and their shares, people and what they do, the audit log, webhooks."""

from __future__ import annotations

import json
import zlib

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from aiqyn.services.store.priority import amount, score

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.add_column("event", sa.Column("salt", sa.LargeBinary))
    op.add_column("quarantine", sa.Column("account", sa.Text))
    op.create_index("ix_quarantine_account", "quarantine", ["account"])
    op.create_index("ix_quarantine_topic_partition_offset", "quarantine", ["topic", "partition", "offset"])
    op.add_column("alert", sa.Column("suppressed_by", sa.Text))
    op.add_column("alert", sa.Column("shard", sa.SmallInteger))
    op.add_column("alert", sa.Column("amount", sa.Float))
    op.add_column("alert", sa.Column("priority", sa.SmallInteger))
    op.add_column("alert_revision", sa.Column("number", sa.BigInteger))
    _fill()
    op.create_index("ix_alert_priority_id", "alert", ["priority", "id"])
    op.create_index("uq_alert_revision_number", "alert_revision", ["number"], unique=True)
    op.create_table(
        "account",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("person", sa.Text),
        sa.Column("email", sa.Text),
        sa.Column("password", sa.Text),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_account"),
    )
    op.create_table(
        "action",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_at", sa.BigInteger),
        sa.Column("states", sa.Integer, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("before", sa.Text),
        sa.PrimaryKeyConstraint("number", name="pk_action"),
        sa.UniqueConstraint("id", name="uq_action_id"),
    )
    op.create_table(
        "action_alert",
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("alert", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("action", "alert", name="pk_action_alert"),
    )
    op.create_index("ix_action_alert_alert", "action_alert", ["alert"])
    op.create_table(
        "api_key",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("sources", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("revoked_at", sa.BigInteger),
        sa.Column("replaces", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.UniqueConstraint("hash", name="uq_api_key_hash"),
    )
    op.create_index("ix_api_key_account", "api_key", ["account"])
    op.create_table(
        "attachment",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("alert", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
    )
    op.create_index("ix_attachment_alert", "attachment", ["alert"])
    op.create_table(
        "batch",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("door", sa.Text, nullable=False),
        sa.Column("received", sa.Integer, nullable=False),
        sa.Column("accepted", sa.Integer, nullable=False),
        sa.Column("duplicate", sa.Integer, nullable=False),
        sa.Column("conflict", sa.Integer, nullable=False),
        sa.Column("rejected", sa.Integer, nullable=False),
        sa.Column("first_seq", sa.BigInteger),
        sa.Column("last_seq", sa.BigInteger),
        sa.PrimaryKeyConstraint("number", name="pk_batch"),
    )
    op.create_index("ix_batch_at", "batch", ["at"])
    op.create_table(
        "checkpoint",
        sa.Column("size", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_checkpoint"),
    )
    op.create_table(
        "cursor",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_cursor"),
    )
    op.create_table(
        "delivery",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("webhook", sa.Text, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", sa.BigInteger),
        sa.Column("last_status", sa.Integer),
        sa.Column("last_error", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
    )
    op.create_index("ix_delivery_state_next_at", "delivery", ["state", "next_at"])
    op.create_index("ix_delivery_webhook_created_at", "delivery", ["webhook", "created_at"])
    op.create_table(
        "erased",
        sa.Column("name", sa.LargeBinary, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("seq", sa.BigInteger),
        sa.Column("entry", sa.LargeBinary),
        sa.PrimaryKeyConstraint("name", name="pk_erased"),
    )
    op.create_table(
        "failed_sign_in",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_failed_sign_in"),
    )
    op.create_index("ix_failed_sign_in_at", "failed_sign_in", ["at"])
    op.create_table(
        "idempotency",
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("request", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("headers", sa.Text),
        sa.Column("body", sa.LargeBinary),
        sa.PrimaryKeyConstraint("account", "key", name="pk_idempotency"),
    )
    op.create_index("ix_idempotency_at", "idempotency", ["at"])
    op.create_table(
        "kafka_position",
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("partition", sa.Integer, nullable=False),
        sa.Column("offset", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("topic", "partition", name="pk_kafka_position"),
    )
    op.create_table(
        "leaf",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("index", sa.BigInteger),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("commitment", sa.LargeBinary, nullable=False),
        sa.Column("salt", sa.LargeBinary),
        sa.Column("document", sa.Text),
        sa.Column("first_seq", sa.BigInteger),
        sa.Column("last_seq", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_leaf"),
        sa.UniqueConstraint("index", name="uq_leaf_index"),
    )
    op.create_index("ix_leaf_kind_ref", "leaf", ["kind", "ref"])
    op.create_index("ix_leaf_first_seq", "leaf", ["first_seq"])
    op.create_table(
        "log_tile",
        sa.Column("level", sa.SmallInteger, nullable=False, autoincrement=False),
        sa.Column("number", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("hashes", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("level", "number", name="pk_log_tile"),
    )
    op.create_table(
        "reveal",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("alert", sa.Text),
        sa.Column("entity", sa.Text),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reveal"),
    )
    op.create_index("ix_reveal_at", "reveal", ["at"])
    op.create_table(
        "shard",
        sa.Column("number", sa.SmallInteger, nullable=False, autoincrement=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_shard"),
    )
    op.create_table(
        "sign_in",
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("csrf", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_sign_in"),
    )
    op.create_index("ix_sign_in_account", "sign_in", ["account"])
    op.create_table(
        "submission",
        sa.Column("name", sa.LargeBinary, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", "account", name="pk_submission"),
    )
    op.create_index("ix_submission_account", "submission", ["account"])
    op.create_table(
        "suppression",
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("company", sa.Text),
        sa.Column("persons", sa.Text),
        sa.Column("buyer", sa.Text),
        sa.Column("expires", sa.Text, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("action", name="pk_suppression"),
    )
    op.create_table(
        "webhook",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("types", sa.Text, nullable=False),
        sa.Column("filter", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("old_secret", sa.Text),
        sa.Column("old_until", sa.BigInteger),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("disabled_reason", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook"),
    )
    op.create_index("ix_webhook_owner", "webhook", ["owner"])
    op.create_table(
        "worker",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("group", sa.Text, nullable=False),
        sa.Column("stages", sa.Text, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_worker"),
    )
    if op.get_context().dialect.name == "postgresql":
        _compare_by_code_point()


def _compare_by_code_point() -> None:
    """Order and compare every text as SQLite and Python do, not by the locale of the database."""
    connection = op.get_bind()
    columns = connection.execute(
        sa.text(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() "
            "AND data_type = 'text' AND collation_name IS NULL ORDER BY table_name, ordinal_position"
        )
    )
    for table, column in columns.all():
        op.alter_column(table, column, type_=postgresql.TEXT(collation="C"))


def _fill() -> None:
    """Number the revisions in the order in which they were made; say which part each alert belongs to."""
    connection = op.get_bind()
    rows = connection.execute(
        sa.text("SELECT alert, revision FROM alert_revision ORDER BY seq, recorded_at, alert, revision")
    )
    for number, (alert, revision) in enumerate(rows.all(), start=1):
        connection.execute(
            sa.text("UPDATE alert_revision SET number = :n WHERE alert = :a AND revision = :r"),
            {"n": number, "a": alert, "r": revision},
        )
    for alert, document in connection.execute(sa.text("SELECT id, document FROM alert")).all():
        stated = json.loads(document)
        key = stated["ocid"] if stated["ocid"] is not None else f"allocation\x1f{stated['allocation']}"
        values = {"s": zlib.crc32(key.encode()) % 64, "m": amount(stated), "p": score(stated), "a": alert}
        connection.execute(sa.text("UPDATE alert SET shard = :s, amount = :m, priority = :p WHERE id = :a"), values)


def downgrade() -> None:
    for table in (
        "worker",
        "webhook",
        "suppression",
        "submission",
        "sign_in",
        "shard",
        "reveal",
        "log_tile",
        "leaf",
        "kafka_position",
        "idempotency",
        "failed_sign_in",
        "erased",
        "delivery",
        "cursor",
        "checkpoint",
        "batch",
        "attachment",
        "api_key",
        "action_alert",
        "action",
        "account",
    ):
        op.drop_table(table)
    op.drop_index("ix_alert_priority_id", "alert")
    op.drop_index("uq_alert_revision_number", "alert_revision")
    op.drop_index("ix_quarantine_topic_partition_offset", "quarantine")
    op.drop_index("ix_quarantine_account", "quarantine")
    for table, column in (
        ("alert_revision", "number"),
        ("alert", "shard"),
        ("alert", "suppressed_by"),
        ("event", "salt"),
        ("quarantine", "account"),
    ):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)
