"""One batch of the intake into the ledger: a short transaction, one at a time over all workers.

The database knows the next offset of each partition, so a record that comes again, to whichever worker, is told and
not counted again. What was refused of it is given back once more: its dead letter may not have been sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, and_, func, or_, select

from aiqyn.schemas.envelope import Event
from aiqyn.schemas.errors import Problem, Rejected
from aiqyn.services.audit import leaves
from aiqyn.services.distributed.records import Arrived, KafkaRecord
from aiqyn.services.store import statements, tables
from aiqyn.services.store.database import reading
from aiqyn.services.store.event_name import event_name
from aiqyn.services.store.ledger_rows import Place, Row, batch_row, event_row, log_entry, refusal_row
from aiqyn.services.store.turns import taking_turns
from aiqyn.streams.ports import Counts, LedgerRow, Refusal

_CHUNK = 500  # values in one IN (...)
_CONFLICT = Problem("event.conflict", "/id", "an event with this source and id, but other content, was accepted before")
_ERASED = Problem("event.erased", "/id", "the event was erased by order; it is not taken again")


@dataclass(frozen=True, slots=True)
class Judged:
    """One event that may be accepted, ready to be written."""

    arrived: Arrived
    event: Event
    row: Row
    """Of `event`, its number and recorded time still 0."""
    issues: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """One record that cannot be accepted, whatever else is known. An event that is a duplicate counts as one."""

    arrived: Arrived
    error: Rejected


@dataclass(frozen=True, slots=True)
class Refused:
    """One refused record, for its dead letter."""

    record: KafkaRecord
    code: str
    detail: str
    conflict: bool
    again: bool = False
    """It was refused before; the record came again."""


@dataclass(slots=True)
class Appended:
    """What one transaction did."""

    statuses: list[tuple[str, str | None]] = field(default_factory=list)
    """(status, type) of each record that was new."""
    refused: list[Refused] = field(default_factory=list)
    first: int | None = None
    last: int | None = None
    redelivered: int = 0


def prepared(arrived: Arrived, event: Event, row: LedgerRow, issues: tuple[Problem, ...]) -> Judged:
    """All that can be made of an event before the transaction."""
    return Judged(arrived, event, event_row(row), issues)


def append(engine: Engine, items: Sequence[Judged | Failed], now: int) -> Appended:
    """Write a batch, in the order of its records, and move the positions on. Raises StoreUnavailable.

    Records of one partition must be in the order of their offsets; one that stands twice is taken once.
    """
    done = Appended()
    with taking_turns(engine, "ledger") as connection:
        positions = _positions(connection, {item.arrived.record.place[:2] for item in items})
        fresh: list[Judged | Failed] = []
        again: list[KafkaRecord] = []
        for item in items:
            place = item.arrived.record.place
            if place.offset < positions.get(place[:2], 0):
                again.append(item.arrived.record)
            else:
                fresh.append(item)
        if again:
            done.redelivered = len({record.place for record in again})
            done.refused.extend(_refused_before(connection, again))
        if fresh:
            _Transaction(connection, done, now).write(fresh)
    return done


class _Transaction:
    def __init__(self, connection: Connection, done: Appended, now: int) -> None:
        self._connection = connection
        self._done = done
        self._now = now
        self._events: list[Row] = []
        self._refusals: list[Row] = []
        self._issues: list[Row] = []
        self._recorded = 0

    def write(self, fresh: Sequence[Judged | Failed]) -> None:
        events = [found for item in fresh if (found := _event(item)) is not None]
        names = list({event_name(event.source, event.id) for event in events})
        hashes, erased = self._known(names)
        seq, recorded = self._last()
        for item in fresh:
            event = _event(item)
            name = event_name(event.source, event.id) if event is not None else b""
            if event is not None and name in hashes:
                if hashes[name] == event.content_hash:
                    self._done.statuses.append(("duplicate", event.type))
                else:
                    self._refuse(item.arrived, _about(event, _CONFLICT), conflict=True)
            elif event is not None and name in erased:
                self._refuse(item.arrived, _about(event, _ERASED))
            elif isinstance(item, Failed):
                self._refuse(item.arrived, item.error)
            else:
                seq, recorded = seq + 1, max(recorded + 1, self._now)
                hashes[name] = item.event.content_hash
                self._accept(item, seq, recorded)
        self._run(fresh)

    def _accept(self, item: Judged, seq: int, recorded: int) -> None:
        row = item.row
        # as in `event_row`: seq first, recorded_at eighth, salt and content last
        self._events.append((seq, *row[1:7], recorded, *row[8:14], leaves.event_salt(recorded), row[15]))
        self._issues.extend((seq, *issue) for issue in item.issues)
        self._done.statuses.append(("accepted", item.event.type))
        self._done.first = seq if self._done.first is None else self._done.first
        self._done.last, self._recorded = seq, recorded

    def _refuse(self, arrived: Arrived, error: Rejected, conflict: bool = False) -> None:
        first = error.problems[0]
        status = "conflict" if conflict else "rejected"
        refusal = Refusal(
            "conflict" if conflict else "rejected", first.code, first.pointer, first.detail, error.source, error.id,
            error.type, "kafka", self._now, b"" if first.code == "event.erased" else arrived.raw,
        )  # fmt: skip
        self._refusals.append(refusal_row(refusal, arrived.record.place))
        self._done.statuses.append((status, error.type))
        self._done.refused.append(Refused(arrived.record, first.code, first.detail, conflict))

    def _run(self, fresh: Sequence[Judged | Failed]) -> None:
        connection, done = self._connection, self._done
        for table, rows in (
            (tables.event, self._events),
            (tables.quarantine, self._refusals),
            (tables.quality_issue, self._issues),
        ):
            without = {tables.event: (), tables.quarantine: ("id", "account"), tables.quality_issue: ("id",)}[table]
            statements.run(connection, statements.insert(connection, table, without), rows)
        if self._events:
            leaves.record_events(connection, list(map(log_entry, self._events)), self._recorded)
        number = dict.fromkeys(("accepted", "duplicate", "conflict", "rejected"), 0)
        for status, _ in done.statuses:
            number[status] += 1
        row = batch_row(Counts("kafka", self._now, **number), done.first, done.last)
        statements.run(connection, statements.insert(connection, tables.batch, ("number",)), [row])
        after: dict[tuple[str, int], int] = {}
        for item in fresh:
            topic, partition, offset = item.arrived.record.place
            after[topic, partition] = max(after.get((topic, partition), 0), offset + 1)
        statements.run(
            connection,
            statements.upsert(connection, tables.kafka_position),
            [(topic, partition, offset) for (topic, partition), offset in sorted(after.items())],
        )

    def _last(self) -> tuple[int, int]:
        row = self._connection.exec_driver_sql("SELECT seq, recorded_at FROM event ORDER BY seq DESC LIMIT 1").first()
        return (row[0], row[1]) if row is not None else (0, 0)

    def _known(self, names: Sequence[bytes]) -> tuple[dict[bytes, bytes], set[bytes]]:
        """Content hashes of those that are in the ledger, and those that were erased."""
        hashes: dict[bytes, bytes] = {}
        erased: set[bytes] = set()
        for start in range(0, len(names), _CHUNK):
            among, values = statements.among(self._connection, names[start : start + _CHUNK])
            query = (
                f"SELECT name, hash FROM event WHERE name {among} "
                f"UNION ALL SELECT name, NULL FROM erased WHERE name {among}"
            )
            for name, content_hash in self._connection.exec_driver_sql(query, values * 2):
                if content_hash is None:
                    erased.add(bytes(name))
                else:
                    hashes[bytes(name)] = bytes(content_hash)
        return hashes, erased


def _event(item: Judged | Failed) -> Event | None:
    return item.event if isinstance(item, Judged) else item.arrived.event


def _about(event: Event, problem: Problem) -> Rejected:
    return Rejected((problem,), event.source, event.id, event.type)


def _positions(connection: Connection, partitions: set[tuple[str, int]]) -> dict[tuple[str, int], int]:
    among, values = statements.among(connection, sorted({topic for topic, _ in partitions}))
    rows = connection.exec_driver_sql(
        f'SELECT topic, "partition", "offset" FROM kafka_position WHERE topic {among}', values
    )
    return {(topic, partition): offset for topic, partition, offset in rows}


def _refused_before(connection: Connection, records: Sequence[KafkaRecord]) -> list[Refused]:
    """What the quarantine says of these records, one a record."""
    at = {record.place: record for record in records}
    spans: dict[tuple[str, int], list[int]] = {}
    for topic, partition, offset in at:
        spans.setdefault((topic, partition), []).append(offset)
    rows = tables.quarantine.c
    found: dict[Place, Refused] = {}
    within = or_(
        *(
            and_(rows.topic == topic, rows.partition == partition, rows.offset.between(min(offsets), max(offsets)))
            for (topic, partition), offsets in spans.items()
        )
    )
    query = select(rows.topic, rows.partition, rows.offset, rows.code, rows.detail, rows.status).where(within)
    for topic, partition, offset, code, detail, status in connection.execute(query.order_by(rows.id)):
        place = Place(topic, partition, offset)
        if place in at and place not in found:
            found[place] = Refused(at[place], code, detail, status == "conflict", True)
    return list(found.values())


def next_offsets(engine: Engine) -> dict[tuple[str, int], int]:
    """The next offset of each partition that is not in the database. Raises StoreUnavailable."""
    stands = tables.kafka_position.c
    with reading(engine) as connection:
        rows = connection.execute(select(stands.topic, stands.partition, stands.offset)).all()
    return {(topic, partition): offset for topic, partition, offset in rows}


def last_seq(engine: Engine) -> int:
    """The number of the last accepted event; 0: none. Raises StoreUnavailable."""
    with reading(engine) as connection:
        return int(connection.execute(select(func.max(tables.event.c.seq))).scalar() or 0)
