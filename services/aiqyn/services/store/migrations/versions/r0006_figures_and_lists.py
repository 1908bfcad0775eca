"""Figures over a million alerts without their documents; lists of events by indexes."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
_COLUMNS = ("process", "buyer", "companies", "currency", "money")
_INDEXES = {
    "ix_alert_raised": ("alert", ["raised_at", "id", "data_state", "review_status", "severity", "rule"]),
    "ix_alert_places": (
        "alert",
        [
            "process", "companies", "id", "data_state", "suppressed_by", "buyer", "certainty", "currency", "money",
            "rule", "severity", "raised_at",
        ],
    ),
    "ix_event_recorded_at_seq": ("event", ["recorded_at", "seq"]),
    "ix_event_type_seq": ("event", ["type", "seq"]),
    "ix_event_id": ("event", ["id"]),
    "ix_event_source": ("event", ["source"]),
    "ix_quarantine_received_at_id": ("quarantine", ["received_at", "id"]),
}  # fmt: skip
_HASHED = {"ix_event_id", "ix_event_source"}
_LONGEST, _LONGEST_ALONE = 600, 2_000
_PART = 5_000


def upgrade() -> None:
    for name in _COLUMNS:
        op.add_column("alert", sa.Column(name, _TEXT))
    _fill(op.get_bind())
    _shorten(op.get_bind())
    op.drop_index("ix_alert_raised_at_id", "alert")
    _ocid("hash")
    for name, (table, columns) in _INDEXES.items():
        op.create_index(name, table, columns, postgresql_using="hash" if name in _HASHED else None)


def downgrade() -> None:
    for name, (table, _) in _INDEXES.items():
        op.drop_index(name, table)
    _ocid(None)
    op.create_index("ix_alert_raised_at_id", "alert", ["raised_at", "id"])
    with op.batch_alter_table("alert") as batch:
        for name in _COLUMNS:
            batch.drop_column(name)


def _ocid(kind: str | None) -> None:
    """A hash takes an ocid of any length."""
    op.drop_index("ix_alert_ocid", "alert")
    op.create_index("ix_alert_ocid", "alert", ["ocid"], postgresql_using=kind)


def _shorten(connection: sa.Connection) -> None:
    """Ids of entities that only SQLite could take: they stand as digests."""
    table = sa.table("alert_entity", sa.column("entity"))
    long = sa.select(table.c.entity).distinct().where(sa.func.length(table.c.entity) > _LONGEST)
    for (entity,) in connection.execute(long).all():
        if (shorter := _indexed(entity, _LONGEST_ALONE)) != entity:
            connection.execute(table.update().where(table.c.entity == entity).values(entity=shorter))


def _fill(connection: sa.Connection) -> None:
    """From the documents."""
    table = sa.table("alert", *(sa.column(name) for name in ("id", "document", *_COLUMNS)))
    query = sa.select(table.c.id, table.c.document).order_by(table.c.id).limit(_PART)
    change = table.update().where(table.c.id == sa.bindparam("alert"))
    change = change.values({name: sa.bindparam(f"new_{name}") for name in _COLUMNS})
    after = ""
    while rows := connection.execute(query.where(table.c.id > after)).all():
        connection.execute(change, [_values(*row) for row in rows])
        after = rows[-1].id


def _values(id: str, document: str) -> dict[str, Any]:
    told = msgspec.json.decode(document)
    amount = told.get("amount") or {"currency": None, "amount": None}
    return {
        "alert": id,
        "new_process": _indexed(told.get("ocid") or told.get("allocation") or id),
        "new_buyer": _indexed(told["buyer"]) if told.get("buyer") else None,
        "new_companies": _indexed(msgspec.json.encode(told["companies"]).decode()),
        "new_currency": amount["currency"],
        "new_money": amount["amount"],
    }


def _indexed(text: str, longest: int = _LONGEST) -> str:
    raw = text.encode()
    return text if len(raw) <= longest else "sha256:" + sha256(raw).hexdigest()
