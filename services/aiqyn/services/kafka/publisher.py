"""Events onto Kafka, each with its own result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import NamedTuple

from aiqyn.schemas.envelope import Event
from aiqyn.services.kafka import clients, topics
from aiqyn.services.kafka.errors import KafkaUnavailable
from aiqyn.services.kafka.records import Record, record
from aiqyn.services.kafka.renewed import Renewed
from aiqyn.services.settings import Settings

_WAIT = 150.0  # seconds; the producer itself gives up a record after 120


class Delivery(NamedTuple):
    """Where a record came to stand, acknowledged by every replica in sync; or why it is not known to."""

    topic: str
    """With its prefix."""
    partition: int | None
    offset: int | None
    error: str | None = None
    """Not None: not acknowledged. It may be on Kafka all the same; sending it again is safe."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A record on its way."""

    topic: str
    future: clients.Future | None
    error: str | None = None
    failed: Callable[[], None] = lambda: None
    """Told where it is not acknowledged."""

    def result(self) -> Delivery:
        """Wait for the acknowledgement."""
        if self.future is None:
            return Delivery(self.topic, None, None, self.error)
        try:
            with clients.translated(f"{self.topic} did not acknowledge"):
                placed = self.future.get(timeout=_WAIT)
        except KafkaUnavailable as error:
            self.failed()
            return Delivery(self.topic, None, None, str(error))
        return Delivery(placed.topic, placed.partition, placed.offset)


class Publisher:
    """An idempotent producer of CloudEvents in binary mode. Safe to share between threads; `close` it."""

    def __init__(self, settings: Settings, make: Callable[..., clients.KafkaProducer] = clients.producer) -> None:
        """`make`: a producer of these settings. Raises BadSetting, KafkaUnavailable."""
        self._settings = settings
        self._producer = Renewed(lambda: make(settings))
        self._producer.get()

    def send(self, event: Event) -> Pending:
        """Begin to send one event to the topic of its type, under its key; blocks while too much is on its way.

        Raises KeyError for a type that is not public.
        """
        return self.produce(record(event))

    def produce(self, made: Record) -> Pending:
        """Begin to send a record that is made already."""
        return self.produce_as_is(topics.name(self._settings, made.topic), made.key, made.value, made.headers)

    def produce_as_is(
        self, topic: str, key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes]]
    ) -> Pending:
        """Begin to send bytes as they are; `topic` with its prefix. Without key and value nothing can be sent."""
        if key is None and value is None:
            return Pending(topic, None, "a record without key and value cannot be sent")
        try:
            producer = self._producer.get()
            with clients.translated(f"{topic} cannot be written to"):
                sent = producer.send(topic, value, key, headers)
            return Pending(topic, sent, failed=lambda: self._producer.failed(producer))
        except KafkaUnavailable as error:
            return Pending(topic, None, str(error))

    def publish(self, events: Sequence[Event]) -> list[Delivery]:
        """Send events and wait for all of them; a result each, in order. Raises KeyError as `send`."""
        pending = [self.send(event) for event in events]
        return [one.result() for one in pending]

    def close(self) -> None:
        """Send what is on its way, at most 10 seconds long."""
        self._producer.close()

    def __enter__(self) -> Publisher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


__all__ = ["Delivery", "KafkaUnavailable", "Pending", "Publisher"]
