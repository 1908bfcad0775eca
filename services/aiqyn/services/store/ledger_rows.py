"""Rows of the ledger, the quarantine and the counts of batches."""

from __future__ import annotations

from typing import Any, NamedTuple

from aiqyn.services.audit.leaves import Entry, event_salt
from aiqyn.services.store import fact_codec
from aiqyn.services.store.event_name import event_name
from aiqyn.streams.ports import Counts, LedgerRow, Refusal


class Place(NamedTuple):
    """Where a record stands in Kafka."""

    topic: str
    partition: int
    offset: int


Row = tuple[object, ...]
_NOWHERE = (None, None, None)


def event_row(row: LedgerRow) -> Row:
    """A row of `event`."""
    head = row.head
    kind, data = fact_codec.encode(row.fact)
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
        row.content_hash,
        row.conforms,
        row.attributes,
        event_salt(head.recorded_at),
        row.content,
    )


def log_entry(row: tuple[Any, ...]) -> Entry:
    """What the audit log takes from a row of `event_row`."""
    return Entry(row[0], row[14], row[11])


def refusal_row(refusal: Refusal, place: Place | None = None) -> Row:
    """A row of `quarantine` without its number."""
    return (
        refusal.status,
        refusal.code,
        refusal.pointer,
        refusal.detail,
        refusal.source,
        refusal.event_id,
        refusal.type,
        refusal.door,
        *(place or _NOWHERE),
        refusal.received_at,
        None,
        refusal.raw,
    )


def batch_row(counts: Counts, first: int | None, last: int | None) -> Row:
    """A row of `batch` without its number; `first`, `last`: the ledger numbers given, if any."""
    received = counts.accepted + counts.duplicate + counts.conflict + counts.rejected
    return (
        counts.at, counts.door, received, counts.accepted, counts.duplicate, counts.conflict, counts.rejected,
        first, last,
    )  # fmt: skip
