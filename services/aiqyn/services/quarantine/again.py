"""A refused record as it can be fed again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import Engine

from aiqyn.schemas.envelope import Event
from aiqyn.schemas.errors import Rejected, rejected
from aiqyn.schemas.unwrap import unwrap
from aiqyn.services.quarantine import rows
from aiqyn.services.quarantine.rows import Refused


class Again(NamedTuple):
    """A record out of the quarantine (`Incoming` of the monitor)."""

    row: Refused
    raw: bytes
    event: Event | None
    error: Rejected | None

    def __str__(self) -> str:
        return f"refusal {self.row.id}"


def again(engine: Engine, wanted: Iterable[Refused], max_bytes: int) -> Iterator[Again]:
    """The records of rows, read anew: one each, or several where one holds a package."""
    for row in wanted:
        raw = rows.raw(engine, row.id)
        if raw is not None:
            yield from read(row, raw, max_bytes)


def read(row: Refused, raw: bytes, max_bytes: int) -> Iterator[Again]:
    """The bytes of one row as records. At least one comes."""
    found = [_checked(Again(row, *one)) for one in _unwrapped(row, raw, max_bytes)]
    yield from found or [Again(row, raw, None, rejected("json.invalid", "", "the record is empty"))]


def _unwrapped(row: Refused, raw: bytes, max_bytes: int) -> Iterator[tuple[bytes, Event | None, Rejected | None]]:
    for text, _, event, error in unwrap(raw, "auto", row.source, max_bytes):
        yield text, event, error


def _checked(record: Again) -> Again:
    """In binary mode the name of an event came in headers, which are not in the bytes: data alone would make another
    event of it."""
    event, row = record.event, record.row
    if event is None or row.event_id in (None, event.id):
        return record
    why = "its name came in headers, which are not kept here: ask the source to send it again"
    error = rejected("field.missing", "/id", why)
    return record._replace(event=None, error=Rejected(error.problems, row.source, row.event_id, row.type))
