"""The tables, once for SQLite and PostgreSQL. Instants are integers: microseconds since 1970 UTC."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
)

# SQLite numbers its rows by INTEGER alone.
Number = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""What the database is: `id`, `profile`, `keys` (their fingerprint), `demo`."""

event = Table(
    "event",
    metadata,
    Column("seq", Number, primary_key=True, autoincrement=False),
    # SHA-256 of source, NUL, id, cut to 16 bytes: a unique index over the texts costs twice the time.
    Column("name", LargeBinary, nullable=False, unique=True),
    Column("source", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("time", Text, nullable=False),
    Column("instant", BigInteger, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("record_key", Text, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("fact", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("conforms", Boolean),
    Column("attributes", LargeBinary),
    # Last: reading facts back never walks through a long event.
    Column("content", LargeBinary, nullable=False),
)
"""The ledger with the facts: one row an accepted event, never updated."""

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Number, primary_key=True),
    Column("status", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("pointer", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("source", Text),
    Column("event_id", Text),
    Column("type", Text),
    Column("door", Text, nullable=False),
    Column("topic", Text),
    Column("partition", Integer),
    Column("offset", BigInteger),
    Column("received_at", BigInteger, nullable=False),
    Column("replayed_at", BigInteger),
    Column("raw", LargeBinary, nullable=False),
)
"""Every refused record as received."""

quality_issue = Table(
    "quality_issue",
    metadata,
    Column("id", Number, primary_key=True),
    Column("seq", BigInteger, nullable=False, index=True),
    Column("code", Text, nullable=False),
    Column("pointer", Text, nullable=False),
    Column("detail", Text, nullable=False),
)

alert = Table(
    "alert",
    metadata,
    Column("id", Text, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("data_state", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("certainty", Text, nullable=False),
    Column("identity", Text, nullable=False),
    Column("stage", Text),
    Column("ocid", Text),
    Column("allocation", Text),
    Column("managed", Boolean, nullable=False),
    Column("retroactive", Boolean, nullable=False),
    Column("window_from", Text),
    Column("window_to", Text),
    Column("revision", Integer, nullable=False),
    Column("raised_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    # The reviewers' own: the stream never touches them.
    Column("review_status", Text, nullable=False, server_default="open"),
    Column("disposition", Text),
    Column("assignee", Text),
    Column("decided_revision", Integer),
    Index(None, "raised_at", "id"),
    Index(None, "ocid"),
)
"""Each alert's last revision; `document` is the alert without `reviewStatus` and `disposition`."""

REVIEW_COLUMNS = frozenset({"review_status", "disposition", "assignee", "decided_revision"})

alert_revision = Table(
    "alert_revision",
    metadata,
    Column("alert", Text, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("change", Text, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
)
"""Every state that an alert had, and the event that made it."""

alert_event = Table(
    "alert_event",
    metadata,
    Column("alert", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Index(None, "seq"),
    sqlite_with_rowid=False,
)
"""The events that an alert's last revision rests on."""

alert_entity = Table(
    "alert_entity",
    metadata,
    Column("alert", Text, primary_key=True),
    Column("entity", Text, primary_key=True),
    Column("role", Text, primary_key=True),
    Index(None, "entity", "role"),
    sqlite_with_rowid=False,
)
"""Who stands in an alert's last revision, as `buyer`, `company`, `person` or `path`."""
