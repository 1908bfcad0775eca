"""The canary: a synthetic event that goes the whole way, and its effect waited for.

It states a company that nobody else names, without identifier, name or contact, so it joins nothing and no rule can
use it; its day of incorporation is after its own time, which is a quality issue. Each one replaces the one before.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import uuid4

import msgspec
from kafka import TopicPartition

from aiqyn.schemas.envelope import Event, wrap
from aiqyn.schemas.routing import QUALITY
from aiqyn.services import moments
from aiqyn.services.kafka import clients, topics
from aiqyn.services.kafka.errors import KafkaUnavailable
from aiqyn.services.kafka.publisher import Publisher
from aiqyn.services.settings import Settings
from aiqyn.streams.moments import rfc3339

_LOOK = 200  # milliseconds


class Seen(NamedTuple):
    """The effect of a canary."""

    topic: str
    partition: int
    offset: int


def source(settings: Settings) -> str:
    """The source of canaries: nothing else comes from it."""
    return settings.source.rstrip("/") + "/canary"


def event(settings: Settings, now: int) -> Event:
    """A canary, at an instant."""
    data = {
        "entity": {"recordId": "canary"},
        "kind": "company",
        "incorporated": "9999-01-01",
        "recordKey": "canary",
    }
    return wrap(source(settings), str(uuid4()), "registry.company.v1", rfc3339(now), data)


def fly(settings: Settings, seconds: float, sent: Callable[[Event], None] = lambda event: None) -> Seen | None:
    """Send a canary and wait for its quality issue; None: it did not come within so many seconds.

    `sent` is called once Kafka has acknowledged it. Raises BadSetting, KafkaUnavailable.
    """
    made = event(settings, moments.now())
    until = time.monotonic() + seconds
    with clients.consumer(settings) as consumer:
        with clients.translated(f"{topics.name(settings, QUALITY)} cannot be read"):
            _at_the_end(consumer, topics.name(settings, QUALITY))
        with Publisher(settings) as publisher:
            delivery = publisher.send(made).result()
        if delivery.error is not None:
            raise KafkaUnavailable(delivery.error)
        sent(made)
        while time.monotonic() < until:
            with clients.translated(f"{topics.name(settings, QUALITY)} cannot be read"):
                polled = consumer.poll(timeout_ms=_LOOK)
            for record in (record for records in polled.values() for record in records):
                if _is_of(record.value, made):
                    return Seen(record.topic, record.partition, record.offset)
    return None


def _at_the_end(consumer: Any, topic: str) -> None:
    partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
    if not partitions:
        raise KafkaUnavailable(f"{topic} does not exist; `aiqyn topics create` makes it")
    consumer.assign(partitions)
    consumer.seek_to_end(*partitions)
    for partition in partitions:
        consumer.position(partition)  # what comes from now on is behind it


def _is_of(value: bytes | None, made: Event) -> bool:
    try:
        document = msgspec.json.decode(value or b"")
    except msgspec.DecodeError:
        return False
    return isinstance(document, dict) and (document.get("source"), document.get("id")) == (made.source, made.id)
