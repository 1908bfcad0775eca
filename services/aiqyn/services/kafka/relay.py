"""The outbox relay: what the database holds of one feed to its topic, at least once, in order.

Each step is one Kafka transaction under a transactional id that all relays of the feed share. Whoever takes the lease
makes the broker end what its predecessor had begun, and refuse all that still comes from it: one that stood still and
wakes up publishes nothing.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable, Sequence
from threading import Event, Thread
from typing import NamedTuple, Protocol
from uuid import uuid4

from sqlalchemy import Engine

from aiqyn.schemas.routing import Topic
from aiqyn.services.kafka import clients, topics
from aiqyn.services.kafka.errors import KafkaUnavailable
from aiqyn.services.kafka.feed_cursor import FeedCursor, Held
from aiqyn.services.settings import Settings
from aiqyn.services.store.errors import StoreUnavailable

LEASE = 25.0
"""Seconds after which another worker sends on where the one that did was killed."""
_DELIVERY = 10.0  # seconds after which a record is given up, and as long for a commit
_BATCH = 500
_STANDBY = 1.0  # seconds between looks at another one's lease
_LONGEST_REST = 10.0  # seconds, after failures
_log = logging.getLogger("aiqyn.relay")


class Outgoing(NamedTuple):
    """One record to send."""

    number: int
    """Its place in the feed; several may share one."""
    key: str
    value: bytes
    headers: list[tuple[str, bytes]]


class Feed(Protocol):
    """What a relay sends, from where to where."""

    @property
    def name(self) -> str:
        """Of its cursor."""
        ...

    @property
    def topic(self) -> Topic: ...

    @property
    def rest(self) -> float:
        """Seconds between looks at the feed."""
        ...

    def after(self, engine: Engine, position: int, most: int) -> Sequence[Outgoing]:
        """The next records behind a place, about `most`; all of those that share a place. Raises StoreUnavailable."""
        ...

    def sent(self, records: Sequence[Outgoing]) -> None:
        """These are acknowledged."""
        ...


class Lost(Exception):
    """The lease went to another relay."""


class Relay:
    """Sends a feed to its topic while it holds the lease. Run one in each worker; one works at a time.

    A record is passed only after the transaction that it is in. If the relay dies between the two, its successor
    sends the same again.
    """

    def __init__(
        self, settings: Settings, engine: Engine, feed: Feed, alive: Callable[[], None] = lambda: None
    ) -> None:
        """`alive` is told of progress."""
        self._settings = settings
        self._alive = alive
        self._engine = engine
        self._feed = feed
        owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._cursor = FeedCursor(engine, feed.name, owner, LEASE)
        self._topic = topics.name(settings, feed.topic)
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
                failures, rest = 0, self._feed.rest if held is not None else _STANDBY
            except (StoreUnavailable, KafkaUnavailable) as error:
                _log.warning("%s wait: %s", self._feed.name, error)
                self._drop_producer()
                held, rest = None, min(0.5 * 2**failures, _LONGEST_REST)
                failures += 1
            except Lost:
                _log.warning("another relay has the lease")
                self._drop_producer()
                held, rest = None, self._feed.rest
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
        rows = self._feed.after(self._engine, held.position, _BATCH)
        self._more = len(rows) >= _BATCH
        if not rows:
            return self._kept(held)
        self._send(rows)
        held = self._moved(held, rows[-1].number)
        self._feed.sent(rows)
        return held

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
            clients.drop(producer)
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

    def _send(self, rows: Sequence[Outgoing]) -> None:
        """All of them, or none. Raises KafkaUnavailable: it is not known which; a new producer finds out."""
        producer = self._producer
        assert producer is not None
        with clients.translated(f"{self._topic} does not acknowledge"):
            producer.begin_transaction()
            sent = [producer.send(self._topic, row.value, row.key.encode(), row.headers) for row in rows]
            for future in sent:
                self._alive()
                future.get(timeout=_DELIVERY + 5)
        _commit(producer)

    def _drop_producer(self) -> None:
        """What it still holds is dropped with its transaction."""
        if self._producer is not None:
            clients.drop(self._producer)
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
            with clients.translated("what was sent is not committed"):
                producer.commit_transaction()
        except BaseException as error:
            failed.append(error)

    thread = Thread(target=commit, name="relay commit", daemon=True)
    thread.start()
    thread.join(_DELIVERY)
    if thread.is_alive():
        raise KafkaUnavailable(f"what was sent is not committed within {_DELIVERY:.0f} s")
    if failed:
        raise failed[0]
