"""Records into the engine, batch by batch."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from typing import TypeVar

from aiqyn.streams.verdicts import Incoming

MOST_RECORDS = 1000
MOST_BYTES = 16 << 20

Record = TypeVar("Record", bound=Incoming)


def batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    """The records in order, in lists that one transaction takes well. No list is empty."""
    reading = iter(records)
    while batch := _batch(reading):
        yield batch


def _batch(records: Iterator[Record]) -> list[Record]:
    """The next records. None of them is garbage, so nothing is looked through for some while they are read."""
    batch: list[Record] = []
    size = 0
    enabled = gc.isenabled()
    gc.disable()
    try:
        for record in records:
            batch.append(record)
            size += len(record.raw)
            if len(batch) >= MOST_RECORDS or size >= MOST_BYTES:
                break
    finally:
        if enabled:
            gc.enable()
    return batch
