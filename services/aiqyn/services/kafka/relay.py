"""The outbox relay: every revision of every alert from the database to Kafka, at least once, in order.

Each step is one Kafka transaction under a transactional id that all relays share. Whoever takes the lease makes the
broker end what its predecessor had begun, and refuse all that still comes from it: one that stood still and wakes up
publishes nothing.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable, Sequence
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import msgspec
from sqlalchemy import Engine, select

from aiqyn.schemas.routing import ALERTS
from aiqyn.services.kafka import clients, topics
from aiqyn.services.kafka.errors import KafkaUnavailable
from aiqyn.services.kafka.feed_cursor import FeedCursor, Held, pending
from aiqyn.services.settings import Settings
from aiqyn.services.store.database import reading
from aiqyn.services.store.errors import StoreUnavailable
from aiqyn.services.store.reads import with_review
from aiqyn.services.store.tables import alert, alert_revision
from aiqyn.streams.moments import rfc3339

CURSOR = "alerts"
LEASE = 25.0
"""Seconds after which another worker sends on where the one that did was killed."""
_DELIVERY = 10.0  # seconds after which a record is given up, and as long for a commit
_BATCH = 500
_IDLE = 0.2  # seconds between looks at the feed
_STANDBY = 1.0  # seconds between looks at another one's lease
_LONGEST_REST = 10.0  # seconds, after failures
_log = logging.getLogger("aiqyn.relay")


class Lost(Exception):
    """The lease went to another relay."""


class Relay:
    """Sends alert revisions to `aiqyn.alerts` while it holds the lease. Run one in each worker; one works at a time.

    Numbers follow each other without holes; a revision is passed only after the transaction that it is in. If the
    relay dies between the two, its successor sends the same again.
    """

    def __init__(self, settings: Settings, engine: Engine, alive: Callable[[], None] = lambda: None) -> None:
        """`alive` is told of progress."""
        self._settings = settings
        self._alive = alive
        self._engine = engine
        owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._cursor = FeedCursor(engine, CURSOR, owner, LEASE)
        self._topic = topics.name(settings, ALERTS)
        self._producer: clients.KafkaProducer | None = None
        self._renewed = 0.0
        """When, by the monotonic clock, the lease was last renewed."""
        self._more = False
        """Whether the last look found as much as one may take at once."""

    def run(self, stop: Event) -> None:
        """Send until `stop` is set. Database or Kafka out of reach: try again, with growing rests."""
        held: Held | None = None
        failures = 0
        while not stop.is_set():
            self._alive()
            self._more = False
            try:
                held = self._step(held)
                failures, rest = 0, _IDLE if held is not None else _STANDBY
            except (StoreUnavailable, KafkaUnavailable) as error:
                _log.warning("alerts wait: %s", error)
                self._drop_producer()
                held, rest = None, min(0.5 * 2**failures, _LONGEST_REST)
                failures += 1
            except Lost:
                _log.warning("another relay has the lease")
                self._drop_producer()
                held, rest = None, _IDLE
            if not self._more:
                stop.wait(rest)
        self._leave(held)

    def _step(self, held: Held | None) -> Held | None:
        if held is None:
            held = self._cursor.claim()
            if held is None:
                return None
            self._renewed = time.monotonic()
            self._producer = self._fence(held)
        rows = self._next(held.position)
        self._more = len(rows) == _BATCH
        if not rows:
            return self._kept(held)
        self._send(rows)
        return self._moved(held, rows[-1].number)

    def _fence(self, held: Held) -> clients.KafkaProducer:
        """A producer whose predecessors are shut out. Raises Lost, KafkaUnavailable."""
        self._drop_producer()
        producer = clients.producer(
            self._settings,
            transactional_id=f"{self._topic}.relay",
            transaction_timeout_ms=int(_DELIVERY * 3000),
            delivery_timeout_ms=int(_DELIVERY * 1000),
            request_timeout_ms=int(_DELIVERY * 500),
            max_block_ms=int(_DELIVERY * 500),
        )
        try:
            with clients.translated(f"no transaction on {self._topic}"):
                producer.init_transactions()
            # We may have stood still before it, and shut out our own successor: it will notice, and we send nothing.
            if not self._cursor.holds(held):
                raise Lost
        except BaseException:
            producer.close(timeout=0)
            raise
        return producer

    def _kept(self, held: Held) -> Held:
        """Renew the lease once half of it has gone by."""
        if time.monotonic() - self._renewed < LEASE / 2:
            return held
        return self._moved(held, held.position)

    def _moved(self, held: Held, to: int) -> Held:
        began = time.monotonic()
        moved = self._cursor.advance(held, to)
        if moved is None:
            raise Lost
        self._renewed = began
        return moved

    def _next(self, position: int) -> Sequence[Any]:
        query = (
            select(
                alert_revision.c.number,
                alert_revision.c.alert,
                alert_revision.c.revision,
                alert_revision.c.change,
                alert_revision.c.recorded_at,
                alert_revision.c.document,
                alert.c.review_status,
                alert.c.disposition,
            )
            .join(alert, alert.c.id == alert_revision.c.alert)
            .where(alert_revision.c.number > position)
            .order_by(alert_revision.c.number)
            .limit(_BATCH)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        for place, row in enumerate(rows, start=position + 1):
            if row.number != place:  # what belongs here is not to be seen yet: passing it would lose it
                _log.warning("revision %d is not there yet", place)
                return rows[: place - position - 1]
        return rows

    def _send(self, rows: Sequence[Any]) -> None:
        """All of them, or none. Raises KafkaUnavailable: it is not known which; a new producer finds out."""
        producer = self._producer
        assert producer is not None
        with clients.translated(f"{self._topic} does not acknowledge"):
            producer.begin_transaction()
            sent = [
                producer.send(self._topic, value(row), row.alert.encode(), headers(row, self._settings.source))
                for row in rows
            ]
            for future in sent:
                self._alive()
                future.get(timeout=_DELIVERY + 5)
        _commit(producer)

    def _drop_producer(self) -> None:
        """What it still holds is dropped with its transaction."""
        if self._producer is not None:
            self._producer.close(timeout=0)
            self._producer = None

    def _leave(self, held: Held | None) -> None:
        self._drop_producer()
        if held is not None:
            try:
                self._cursor.release(held)
            except StoreUnavailable:
                _log.warning("the lease ends by itself in %d s", LEASE)


def _commit(producer: clients.KafkaProducer) -> None:
    """Commit its transaction. Raises KafkaUnavailable; the client itself would wait for ever."""
    failed: list[BaseException] = []

    def commit() -> None:
        try:
            with clients.translated("the alerts are not committed"):
                producer.commit_transaction()
        except BaseException as error:
            failed.append(error)

    thread = Thread(target=commit, name="relay commit", daemon=True)
    thread.start()
    thread.join(_DELIVERY)
    if thread.is_alive():
        raise KafkaUnavailable(f"the alerts are not committed within {_DELIVERY:.0f} s")
    if failed:
        raise failed[0]


def waiting(engine: Engine) -> int:
    """Revisions that are not on Kafka yet."""
    return pending(engine, CURSOR)


def headers(row: Any, source: str) -> list[tuple[str, bytes]]:
    """The CloudEvent's attributes; `row`: a revision."""
    attributes = {
        "specversion": "1.0",
        "id": f"{row.alert}-{row.revision}",
        "source": source,
        "type": f"coi.alert.{row.change}.v1",
        "time": rfc3339(row.recorded_at),
        "subject": row.alert,
    }
    return [
        *((f"ce_{name}", text.encode()) for name, text in attributes.items()),
        ("content-type", b"application/json"),
    ]


def value(row: Any) -> bytes:
    """The alert of the contract; `row`: a revision with the reviewers' fields."""
    document = msgspec.json.decode(row.document)
    return msgspec.json.encode(with_review(document, row.review_status, row.disposition))
