"""`ports.Store` in SQL: the ledger, the quarantine and the alerts, on SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Engine

from aiqyn.services.store import alert_rows, fact_codec, statements, tables
from aiqyn.services.store.database import reading, writing
from aiqyn.services.store.event_name import event_name
from aiqyn.streams.facts import Fact, Head
from aiqyn.streams.ports import AlertRevision, Batch, Known, LedgerRow, Refusal

T = TypeVar("T")

_PAGE = 2000  # rows read at once; a reader that stops between pages holds up nobody
_CHUNK = 500  # values in one IN (...)

# In the order of Head's fields, then what the codec needs.
_FACT_COLUMNS = "seq, source, id, type, instant, time, record_key, recorded_at, kind, fact"

_decode_document = msgspec.json.Decoder(dict[str, Any]).decode


class SqlStore:
    """The store of one database. Its tables must be of the right version (`upgrade.require`).

    Every method is one transaction. Raises StoreUnavailable where the caller should try again later; nothing
    was written then.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def known(self, keys: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Known]:
        """Which of these (source, id) the ledger holds."""
        names = {event_name(*key): key for key in keys}
        found: dict[tuple[str, str], Known] = {}
        if not names:
            return found
        with reading(self.engine) as connection:
            for chunk in _chunks(list(names)):
                marks = statements.marks(connection, len(chunk))
                rows = connection.exec_driver_sql(
                    f"SELECT name, seq, hash FROM event WHERE name IN ({marks})", tuple(chunk)
                )
                for name, seq, content_hash in rows:
                    found[names[bytes(name)]] = Known(seq, bytes(content_hash))
        return found

    def last_seq(self) -> int:
        """The number of the last accepted event; 0: none."""
        with reading(self.engine) as connection:
            last = connection.exec_driver_sql("SELECT max(seq) FROM event").scalar()
        return last or 0

    def commit(self, batch: Batch) -> None:
        """Write a batch in one transaction: all of it or nothing. It is durable when this returns.

        Raises sqlalchemy.exc.IntegrityError where an event is in the ledger already: ask `known` first.
        """
        # Encoded before the transaction begins: the write lock is held for writing alone.
        events = [_event_row(row) for row in batch.rows]
        refusals = [_refusal_row(refusal) for refusal in batch.refusals]
        issues = [tuple(issue) for issue in batch.issues]
        with writing(self.engine) as connection:
            statements.run(connection, statements.insert(connection, tables.event), events)
            statements.run(connection, statements.insert(connection, tables.quarantine, ("id",)), refusals)
            statements.run(connection, statements.insert(connection, tables.quality_issue, ("id",)), issues)
            if batch.revisions:
                _write_alerts(connection, batch.revisions)

    def read(self, seqs: Sequence[int]) -> Mapping[int, tuple[Head, Fact]]:
        """The facts with these numbers. Raises LookupError where the ledger lacks one."""
        found: dict[int, tuple[Head, Fact]] = {}
        wanted = list(dict.fromkeys(seqs))
        with reading(self.engine) as connection:
            for chunk in _chunks(wanted):
                marks = statements.marks(connection, len(chunk))
                rows = connection.exec_driver_sql(
                    f"SELECT {_FACT_COLUMNS} FROM event WHERE seq IN ({marks})", tuple(chunk)
                )
                found.update((row[0], _head_and_fact(row)) for row in rows)
        if len(found) != len(wanted):
            missing = sorted(set(wanted) - found.keys())
            raise LookupError(f"the ledger has no event {missing[0]}")
        return found

    def find(self, source: str, id: str) -> int | None:
        """The ledger number of the event of that name; None: not accepted (yet)."""
        with reading(self.engine) as connection:
            mark = statements.marks(connection, 1)
            found: int | None = connection.exec_driver_sql(
                f"SELECT seq FROM event WHERE name = {mark}", (event_name(source, id),)
            ).scalar()
        return found

    def facts(self, after: int = 0, known_at: int | None = None) -> Iterator[tuple[Head, Fact]]:
        """All facts in ledger order, from number `after` + 1, recorded up to `known_at` (microseconds)."""
        while True:
            with reading(self.engine) as connection:
                mark = statements.marks(connection, 1)
                rows = connection.exec_driver_sql(
                    f"SELECT {_FACT_COLUMNS} FROM event WHERE seq > {mark} ORDER BY seq LIMIT {_PAGE}",
                    (after,),
                ).fetchall()
            if not rows:
                return
            after = rows[-1][0]
            for row in rows:
                if known_at is None or row[7] <= known_at:
                    yield _head_and_fact(row)

    def standing(self) -> Iterator[dict[str, object]]:
        """Every alert's last revision (current and withdrawn), by id."""
        after = ""
        while True:
            with reading(self.engine) as connection:
                mark = statements.marks(connection, 1)
                rows = connection.exec_driver_sql(
                    f"SELECT id, document FROM alert WHERE id > {mark} ORDER BY id LIMIT {_PAGE}", (after,)
                ).fetchall()
            if not rows:
                return
            after = rows[-1][0]
            for _, document in rows:
                yield _decode_document(document)


def _chunks(values: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def _head_and_fact(row: Any) -> tuple[Head, Fact]:
    return Head(*row[:8]), fact_codec.decode(row[8], row[9])


def _event_row(row: LedgerRow) -> tuple[object, ...]:
    head, content, content_hash, attributes, conforms, fact = row
    kind, data = fact_codec.encode(fact)
    return (
        head.seq,
        event_name(head.source, head.id),
        head.source,
        head.id,
        head.type,
        head.time,
        head.instant,
        head.recorded_at,
        head.record_key,
        kind,
        data,
        content_hash,
        conforms,
        attributes,
        None,
        content,
    )


def _refusal_row(refusal: Refusal) -> tuple[object, ...]:
    return (
        refusal.status,
        refusal.code,
        refusal.pointer,
        refusal.detail,
        refusal.source,
        refusal.event_id,
        refusal.type,
        refusal.door,
        None,
        None,
        None,
        refusal.received_at,
        None,
        refusal.raw,
    )


def _next_number(connection: Connection) -> int:
    last: int | None = connection.exec_driver_sql("SELECT max(number) FROM alert_revision").scalar()
    return (last or 0) + 1


def _write_alerts(connection: Connection, revisions: Sequence[AlertRevision]) -> None:
    # PostgreSQL takes a row once in one statement; the last of several revisions is an alert's state.
    last = {made.alert["id"]: made for made in revisions}
    statements.run(
        connection,
        statements.insert(connection, tables.alert_revision),
        [
            alert_rows.revision_row(made, number)
            for number, made in enumerate(revisions, start=_next_number(connection))
        ],
    )
    statements.run(
        connection,
        statements.upsert(connection, tables.alert, tables.REVIEW_COLUMNS),
        [alert_rows.alert_row(made.alert) for made in last.values()],
    )
    mark = statements.marks(connection, 1)
    names: list[tuple[object, ...]] = [(name,) for name in last]
    for table, rows in (
        (tables.alert_event, [row for made in last.values() for row in alert_rows.event_rows(made)]),
        (tables.alert_entity, [row for made in last.values() for row in alert_rows.entity_rows(made.alert)]),
    ):
        statements.run(connection, f"DELETE FROM {table.name} WHERE alert = {mark}", names)
        statements.run(connection, statements.insert(connection, table), rows)
