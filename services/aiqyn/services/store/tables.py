"""The tables, once for SQLite and PostgreSQL. Instants are integers: microseconds since 1970 UTC."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    false,
    text,
)
from sqlalchemy import (
    Text as AnyText,
)
from sqlalchemy.dialects import postgresql

# SQLite numbers its rows by INTEGER alone.
Number = BigInteger().with_variant(Integer, "sqlite")
# Compared by code point everywhere, as SQLite and Python do; PostgreSQL would go by its locale.
Text = AnyText().with_variant(postgresql.TEXT(collation="C"), "postgresql")

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
    Column("salt", LargeBinary),
    # Last: reading facts back never walks through a long event.
    Column("content", LargeBinary, nullable=False),
    # Lists of events go by number, from an instant on, all of them or those of a source or type.
    Index(None, "recorded_at", "seq"),
    Index(None, "type", "seq"),
    # By hash: PostgreSQL's other indexes take no text as long as an id or a source may be.
    Index(None, "id", postgresql_using="hash"),
    Index(None, "source", postgresql_using="hash"),
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
    # Who sent it by HTTP.
    Column("account", Text),
    Column("raw", LargeBinary, nullable=False),
    Index(None, "account"),
    Index(None, "topic", "partition", "offset"),
    Index(None, "received_at", "id"),
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
    Column("suppressed_by", Text),
    # Which part of the cases it belongs to: workers share the parts among themselves.
    Column("shard", SmallInteger),
    # To order the queue alone: `streams` and the document know the exact amount.
    Column("amount", Float),
    Column("priority", SmallInteger),
    # What figures are made of, so that making them reads no document: the ocid, allocation or id; the buyer; a JSON
    # array; decimal text. A text too long for an index stands as its digest.
    Column("process", Text),
    Column("buyer", Text),
    Column("companies", Text),
    Column("currency", Text),
    Column("money", Text),
    # Sorts the queue, and counts by age.
    Index("ix_alert_raised", "raised_at", "id", "data_state", "review_status", "severity", "rule"),
    # The money of a company in a process stands together.
    Index(
        "ix_alert_places", "process", "companies", "id", "data_state", "suppressed_by", "buyer", "certainty",
        "currency", "money", "rule", "severity", "raised_at",
    ),
    Index(None, "priority", "id"),
    Index(None, "amount", "id"),
    Index(None, "ocid", postgresql_using="hash"),
    # Of those that have one: without statistics SQLite would take "is null" for a rare condition.
    Index(
        None, "assignee", sqlite_where=text("assignee IS NOT NULL"), postgresql_where=text("assignee IS NOT NULL"),
    ),
    Index(
        None, "suppressed_by",
        sqlite_where=text("suppressed_by IS NOT NULL"), postgresql_where=text("suppressed_by IS NOT NULL"),
    ),
    # All that the queue counts by, so that counting reads no document; first what no filter asks for, so that it is
    # not taken for sorting.
    Index(
        "ix_alert_facets", "decided_revision", "revision", "data_state", "review_status", "severity", "rule",
        "certainty", "identity", "stage", "managed", "retroactive", "disposition", "assignee", "suppressed_by",
    ),
)  # fmt: skip
"""Each alert's last revision; `document` is the alert without `reviewStatus` and `disposition`."""

REVIEW_COLUMNS = frozenset({"review_status", "disposition", "assignee", "decided_revision", "suppressed_by"})

alert_revision = Table(
    "alert_revision",
    metadata,
    Column("alert", Text, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("change", Text, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    # 1, 2, 3 ... in the order of commits, without holes: the feed that relay, webhooks and readers follow.
    Column("number", BigInteger),
    Column("document", Text, nullable=False),
    Index("uq_alert_revision_number", "number", unique=True),
    # What an answer to a publisher is made of: the alerts that these events changed.
    Index(None, "seq"),
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

# --- the distributed engine ---------------------------------------------------------------------------------------

batch = Table(
    "batch",
    metadata,
    Column("number", Number, primary_key=True),
    Column("at", BigInteger, nullable=False, index=True),
    Column("door", Text, nullable=False),
    Column("received", Integer, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("duplicate", Integer, nullable=False),
    Column("conflict", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("first_seq", BigInteger),
    Column("last_seq", BigInteger),
)
"""What came in one transaction of the intake: its counts, and the ledger numbers that it gave (none: both NULL)."""

kafka_position = Table(
    "kafka_position",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("offset", BigInteger, nullable=False),
)
"""The next offset of each partition that is not in the database yet."""

shard = Table(
    "shard",
    metadata,
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
    Column("owner", Text),
    Column("epoch", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
)
"""Up to which ledger number the cases of a part are judged, and which worker judges them until when."""

worker = Table(
    "worker",
    metadata,
    Column("id", Text, primary_key=True),
    Column("group", Text, nullable=False),
    Column("stages", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
)
"""The workers that lately gave a sign of life; `position`: the ledger number that their graph has reached."""

cursor = Table(
    "cursor",
    metadata,
    Column("name", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("owner", Text),
    Column("epoch", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
)
"""How far followers of the feed of revisions have come: `alerts` (to Kafka), `webhooks`; `leaves`: the log's size."""

# --- people -------------------------------------------------------------------------------------------------------

account = Table(
    "account",
    metadata,
    Column("name", Text, primary_key=True),
    Column("roles", Text, nullable=False),
    Column("person", Text),
    Column("email", Text),
    Column("password", Text),
    Column("disabled", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("subject", Text),
    Index("uq_account_subject", "subject", unique=True),
)
"""Users: `roles` a JSON array, `password` an argon2 hash, `subject` issuer, blank and sub at the OpenID provider."""

api_key = Table(
    "api_key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text, nullable=False, index=True),
    Column("hash", LargeBinary, nullable=False, unique=True),
    Column("scopes", Text, nullable=False),
    Column("sources", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("revoked_at", BigInteger),
    Column("replaces", Text),
)
"""Keys: `hash` the SHA-256 of the key; `scopes` and `sources` JSON arrays, empty: all that the user may, any source."""

sign_in = Table(
    "sign_in",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("account", Text, nullable=False, index=True),
    Column("csrf", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("by_provider", Boolean, nullable=False, server_default=false()),
)
"""Sessions of the workbench; `hash`: SHA-256 of the cookie."""

oidc_request = Table(
    "oidc_request",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("browser", LargeBinary, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("verifier", Text, nullable=False),
    Column("next", Text, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
)
"""Sign-ins under way at the OpenID provider; `hash` and `browser`: SHA-256 of the state and of the browser's cookie."""

failed_sign_in = Table(
    "failed_sign_in",
    metadata,
    Column("id", Number, primary_key=True),
    Column("account", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("account", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
    Column("status", Integer),
    Column("headers", Text),
    Column("body", LargeBinary),
)
"""First answers, kept 24 hours; `request`: SHA-256 of method, path and body; no status yet: still running."""

submission = Table(
    "submission",
    metadata,
    # As in `event`: known before Kafka gives the event back.
    Column("name", LargeBinary, primary_key=True),
    Column("account", Text, primary_key=True),
    Index(None, "account"),
)
"""Who sent an event by HTTP."""

# --- review -------------------------------------------------------------------------------------------------------

action = Table(
    "action",
    metadata,
    Column("number", Number, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("by", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("decided_by", Text),
    Column("decided_at", BigInteger),
    Column("states", Integer, nullable=False),
    Column("document", Text, nullable=False),
    # What it changed, to be undone: JSON.
    Column("before", Text),
)
"""What people did; `document` is the action of the contract."""

action_alert = Table(
    "action_alert",
    metadata,
    Column("action", Text, primary_key=True),
    Column("alert", Text, primary_key=True),
    Index(None, "alert"),
)

suppression = Table(
    "suppression",
    metadata,
    Column("action", Text, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("company", Text),
    Column("persons", Text),
    Column("buyer", Text),
    Column("expires", Text, nullable=False),
    Column("active", Boolean, nullable=False),
)
"""Suppressions approved; `persons` a sorted JSON array, `expires` a day."""

attachment = Table(
    "attachment",
    metadata,
    Column("id", Text, primary_key=True),
    Column("alert", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

reveal = Table(
    "reveal",
    metadata,
    Column("id", Text, primary_key=True),
    Column("by", Text, nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
    Column("alert", Text),
    Column("entity", Text),
    Column("purpose", Text, nullable=False),
)
"""The access log of restricted data."""

erased = Table(
    "erased",
    metadata,
    Column("name", LargeBinary, primary_key=True),
    Column("source", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("seq", BigInteger),
    # What the tree of its batch holds of it: with the salt it could not be computed any more.
    Column("entry", LargeBinary),
)
"""Events whose data were erased; `name` as in `event`."""

# --- audit log ----------------------------------------------------------------------------------------------------

leaf = Table(
    "leaf",
    metadata,
    Column("id", Number, primary_key=True),
    # Given by the sequencer; NULL: not in the tree yet.
    Column("index", BigInteger, unique=True),
    Column("kind", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("ref", Text, nullable=False),
    Column("commitment", LargeBinary, nullable=False),
    Column("salt", LargeBinary),
    # What is committed to, as JCS; NULL where it stands elsewhere (alerts: alert_revision; events: event) or is erased.
    Column("document", Text),
    Column("first_seq", BigInteger),
    Column("last_seq", BigInteger),
    Index(None, "kind", "ref"),
    Index(None, "first_seq"),
)
"""Leaves of the audit log, written in the transaction of what they tell."""

log_tile = Table(
    "log_tile",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
)
"""Full and growing tiles of 256 hashes of 32 bytes."""

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
)

# --- webhooks -----------------------------------------------------------------------------------------------------

webhook = Table(
    "webhook",
    metadata,
    Column("id", Text, primary_key=True),
    Column("owner", Text, nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("types", Text, nullable=False),
    Column("filter", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("old_secret", Text),
    Column("old_until", BigInteger),
    Column("enabled", Boolean, nullable=False),
    Column("disabled_reason", Text),
    Column("created_at", BigInteger, nullable=False),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Number, primary_key=True),
    Column("webhook", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", BigInteger),
    Column("last_status", Integer),
    Column("last_error", Text),
    Column("created_at", BigInteger, nullable=False),
    Index(None, "webhook", "created_at"),
    Index(None, "state", "next_at"),
)
