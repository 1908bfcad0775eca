"""Records of Kafka, read: an event each, or why there is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from aiqyn.schemas.envelope import MAX_EVENT_BYTES, Event, read_binary, read_plain_binary
from aiqyn.schemas.errors import Problem, Rejected, rejected
from aiqyn.schemas.unwrap import cloudevent, unwrap
from aiqyn.services.store.ledger_rows import Place

_BINARY = ("ce_specversion", "ce_type", "ce_id", "ce_source")
_SINGLE = "application/cloudevents"


class KafkaRecord(NamedTuple):
    """One record as Kafka gave it."""

    place: Place
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class Arrived(NamedTuple):
    """What one record holds: one event, or several where it is a package (`Incoming` of the monitor)."""

    record: KafkaRecord
    raw: bytes
    event: Event | None
    error: Rejected | None


def read(record: KafkaRecord, max_bytes: int = MAX_EVENT_BYTES) -> Iterator[Arrived]:
    """The events of a record: CloudEvents in binary or structured mode, else raw OCDS or BODS. At least one comes."""
    value = record.value or b""
    if (event := read_plain_binary(record.headers, value, max_bytes)) is not None:
        yield Arrived(record, value, event, None)
        return
    try:
        headers = _headers(record.headers)
        if any(name in headers for name in _BINARY):
            yield Arrived(record, value, read_binary(headers, value, max_bytes), None)
            return
        if record.value is None:
            raise rejected("field.missing", "/data", "the record has no value (a tombstone); it states nothing")
        if (event := cloudevent(value, max_bytes)) is not None:
            yield Arrived(record, value, event, None)
            return
    except Rejected as error:
        yield Arrived(record, value, None, error)
        return
    structured = headers.get("content-type", "").lower().startswith(_SINGLE)
    empty = True
    for raw, _, found, error_found in unwrap(value, "cloudevents" if structured else "auto", None, max_bytes):
        empty = False
        yield Arrived(record, raw, found, error_found)
    if empty:
        yield Arrived(record, value, None, rejected("json.invalid", "", "there is no event in the record"))


def _headers(pairs: Sequence[tuple[str, bytes]]) -> dict[str, str]:
    """The headers that say something about the event. Raises Rejected."""
    found: dict[str, str] = {}
    for name, value in pairs:
        lower = name.lower()
        if lower != "content-type" and not lower.startswith(("ce_", "ce-")):
            continue
        pointer = "/" + lower.removeprefix("ce_").removeprefix("ce-").replace("content-type", "datacontenttype")
        if lower in found:
            raise Rejected((Problem("field.invalid", pointer, "the header stands twice"),))
        try:
            found[lower] = (value or b"").decode("utf-8")
        except UnicodeDecodeError:
            raise Rejected((Problem("text.invalid", pointer, "the header is not UTF-8"),)) from None
    return found
