"""Events as records on Kafka: binary mode of CloudEvents, topic and key by the type."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from aiqyn.schemas.canonical import canonical
from aiqyn.schemas.envelope import Event
from aiqyn.schemas.routing import TOPIC_OF, key

_DATA = len(b'{"data":')


class Record(NamedTuple):
    """What is produced; `topic` without prefix."""

    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


def record(event: Event) -> Record:
    """The record of an event of a public type. Raises KeyError for another type."""
    return Record(TOPIC_OF[event.type], key(event).encode(), data_bytes(event), headers(event))


def data_bytes(event: Event) -> bytes:
    """The event's data as canonical JSON, numbers as they were written."""
    # The five members of the content stand in the order of their names: data, id, source, time, type.
    others = canonical({"id": event.id, "source": event.source, "time": event.time, "type": event.type})
    return event.content[_DATA : -len(others)]


def headers(event: Event) -> list[tuple[str, bytes]]:
    """The attributes as headers (CloudEvents 1.0, Kafka binding)."""
    others: dict[str, str] = msgspec.json.decode(event.attributes) if event.attributes else {}
    media = others.pop("datacontenttype", "application/json")
    attributes = {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "time": event.time,
        **others,
    }
    found = [(f"ce_{name}", text.encode()) for name, text in attributes.items()]
    return [*found, ("content-type", media.encode())]


def structured(event: Event) -> bytes:
    """The event as one JSON object on one line (structured mode)."""
    others = event.attributes[1:-1] + b"," if event.attributes else b""
    return b'{"specversion":"1.0",' + others + event.content[1:]
