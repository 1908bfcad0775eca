"""Dead letters: a refused record goes to `<topic>.dlq` as it came, with headers that say why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Literal

from aiqyn.services import moments
from aiqyn.services.kafka import clients
from aiqyn.services.kafka.errors import KafkaUnavailable
from aiqyn.services.kafka.renewed import Renewed
from aiqyn.services.settings import Settings
from aiqyn.streams.moments import rfc3339

Stage = Literal["decode", "validate", "normalise", "store"]
Header = tuple[str, bytes | None]
SUFFIX = ".dlq"
PREFIX = "dlq_"
"""How the names of our headers begin."""
_WAIT = 150.0  # seconds; the producer itself gives up a record after 120


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One refused record and where it came from."""

    topic: str
    """As on Kafka, with its prefix."""
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[Header]
    code: str
    detail: str
    stage: Stage


class DeadLetters:
    """Sends dead letters. One producer, made at the first letter; `close` it. Safe to share between threads."""

    def __init__(self, settings: Settings, make: Callable[..., clients.KafkaProducer] = clients.producer) -> None:
        """`make`: a producer of these settings."""
        self._producer = Renewed(lambda: make(settings, key_serializer=_Key()))

    def send(self, letters: Iterable[DeadLetter]) -> None:
        """Send letters and wait until every replica in sync has them all.

        Raises KafkaUnavailable where one was not acknowledged: send all of them again, or acknowledge nothing.
        Repeated letters are told by `dlq_topic`, `dlq_partition` and `dlq_offset`. Key, value and headers are the
        bytes given; only a header without a value becomes one with an empty value.
        """
        waiting, now = list(letters), rfc3339(moments.now()).encode()
        if not waiting:
            return
        producer = self._producer.get()
        try:
            sent = [(letter, _begin(producer, letter, now)) for letter in waiting]
            for letter, future in sent:
                with clients.translated(f"a dead letter of {letter.topic} was not acknowledged"):
                    future.get(timeout=_WAIT)
        except KafkaUnavailable:
            self._producer.failed(producer)
            raise

    def close(self) -> None:
        """Give the producer back. What `send` returned from is safe already."""
        self._producer.close()

    def __enter__(self) -> DeadLetters:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _begin(producer: clients.KafkaProducer, letter: DeadLetter, now: bytes) -> clients.Future:
    key = _NO_KEY if letter.key is None and letter.value is None else letter.key
    with clients.translated(f"a dead letter of {letter.topic} could not be sent"):
        return producer.send(letter.topic + SUFFIX, value=letter.value, key=key, headers=_headers(letter, now))


_NO_KEY = object()
"""Stands for no key where there is no value either: the client refuses to be given neither."""


class _Key(clients.Serializer):  # type: ignore[misc]  # kafka-python has no types
    """Keys are bytes already."""

    def serialize(self, topic: str, headers: object, data: object) -> object:
        return None if data is _NO_KEY else data


def _headers(letter: DeadLetter, now: bytes) -> list[tuple[str, bytes]]:
    why = {
        "code": letter.code.encode(),
        # a detail may quote the record: half a character must not stop the letter
        "detail": letter.detail.encode("utf-8", "backslashreplace"),
        "stage": letter.stage.encode(),
        "topic": letter.topic.encode(),
        "partition": str(letter.partition).encode(),
        "offset": str(letter.offset).encode(),
        "time": now,
    }
    return [
        *((name, value or b"") for name, value in letter.headers),
        *((PREFIX + name, value) for name, value in why.items()),
    ]


__all__ = ["PREFIX", "SUFFIX", "DeadLetter", "DeadLetters", "Header", "KafkaUnavailable", "Stage"]
