"""Records into the engine, batch by batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from aiqyn.streams.batch import Incoming

MOST_RECORDS = 1000
MOST_BYTES = 16 << 20

Record = TypeVar("Record", bound=Incoming)


def batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    """The records in order, in lists that one transaction takes well. No list is empty."""
    batch: list[Record] = []
    size = 0
    for record in records:
        batch.append(record)
        size += len(record.raw)
        if len(batch) >= MOST_RECORDS or size >= MOST_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
