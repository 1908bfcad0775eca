"""`ports.Store` in SQL: the ledger, the quarantine and the alerts, on SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Engine, func, select

from aiqyn.services.audit import leaves
from aiqyn.services.store import fact_codec, statements, tables
from aiqyn.services.store.alert_writes import write_alerts
from aiqyn.services.store.database import reading, writing
from aiqyn.services.store.event_name import event_name
from aiqyn.services.store.ledger_rows import batch_row, event_row, log_entry, refusal_row
from aiqyn.streams.facts import Fact, Head
from aiqyn.streams.ports import AlertRevision, Batch, Known, QualityIssue

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
            erasures = connection.exec_driver_sql("SELECT 1 FROM erased LIMIT 1").first() is not None
            for chunk in _chunks(list(names)):
                among, values = statements.among(connection, chunk)
                rows = connection.exec_driver_sql(f"SELECT name, seq, hash FROM event WHERE name {among}", values)
                for name, seq, content_hash in rows:
                    found[names[bytes(name)]] = Known(seq, bytes(content_hash))
                if not erasures:
                    continue
                gone = connection.exec_driver_sql(f"SELECT name, hash FROM erased WHERE name {among}", values)
                for name, content_hash in gone:
                    found[names[bytes(name)]] = Known(0, bytes(content_hash), True)
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
        events = [event_row(row) for row in batch.rows]
        refusals = [refusal_row(refusal) for refusal in batch.refusals]
        issues = [tuple(issue) for issue in batch.issues]
        with writing(self.engine) as connection:
            statements.run(connection, statements.insert(connection, tables.event), events)
            if events:
                leaves.record_events(connection, list(map(log_entry, events)), batch.rows[-1].head.recorded_at)
            statements.run(connection, statements.insert(connection, tables.quarantine, ("id", "account")), refusals)
            statements.run(connection, statements.insert(connection, tables.quality_issue, ("id",)), issues)
            if batch.counts is not None:
                first, last = (batch.rows[0].head.seq, batch.rows[-1].head.seq) if batch.rows else (None, None)
                row = batch_row(batch.counts, first, last)
                statements.run(connection, statements.insert(connection, tables.batch, ("number",)), [row])
            write_alerts(connection, batch.revisions)
            # No row says: every part is judged up to the last event. Workers make them anew when they start.
            connection.execute(tables.shard.delete())

    def behind(self) -> Mapping[int, int]:
        """How far workers judged the parts of the cases that they did not judge up to the last event."""
        parts = tables.shard.c
        with reading(self.engine) as connection:
            rows = connection.execute(
                select(parts.number, parts.position).where(
                    parts.position < select(func.coalesce(func.max(tables.event.c.seq), 0)).scalar_subquery()
                )
            ).all()
        return {number: position for number, position in rows}

    def caught_up(self, revisions: Sequence[AlertRevision], issues: Sequence[QualityIssue], to: int) -> None:
        """Write what judging up to event `to` made, and move the parts behind it there. One transaction."""
        parts = tables.shard
        with writing(self.engine) as connection:
            write_alerts(connection, revisions)
            insert = statements.insert(connection, tables.quality_issue, ("id",))
            statements.run(connection, insert, [tuple(issue) for issue in issues])
            connection.execute(parts.update().where(parts.c.position < to).values(position=to))

    def page(self, after: int, most: int) -> list[tuple[Head, Fact]]:
        """At most `most` facts in ledger order from number `after` + 1."""
        with reading(self.engine) as connection:
            mark = statements.marks(connection, 1)
            rows = connection.exec_driver_sql(
                f"SELECT {_FACT_COLUMNS} FROM event WHERE seq > {mark} ORDER BY seq LIMIT {int(most)}", (after,)
            ).fetchall()
        return [_head_and_fact(row) for row in rows]

    def standing_of(self, shards: Sequence[int]) -> list[dict[str, object]]:
        """Every alert's last revision in these parts of the cases."""
        with reading(self.engine) as connection:
            rows = connection.execute(
                select(tables.alert.c.document).where(tables.alert.c.shard.in_(list(shards)))
            ).all()
        return [_decode_document(document) for (document,) in rows]

    def read(self, seqs: Sequence[int]) -> Mapping[int, tuple[Head, Fact]]:
        """The facts with these numbers. Raises LookupError where the ledger lacks one."""
        found: dict[int, tuple[Head, Fact]] = {}
        wanted = list(dict.fromkeys(seqs))
        with reading(self.engine) as connection:
            for chunk in _chunks(wanted):
                among, values = statements.among(connection, chunk)
                rows = connection.exec_driver_sql(f"SELECT {_FACT_COLUMNS} FROM event WHERE seq {among}", values)
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
