"""The feed of `aiqyn.quality`: every doubt about the data of an accepted event."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, func, select

from aiqyn.schemas.routing import QUALITY
from aiqyn.services.kafka.relay import Outgoing
from aiqyn.services.store.database import reading
from aiqyn.services.store.event_name import event_name
from aiqyn.services.store.tables import cursor, event, quality_issue, shard
from aiqyn.streams.moments import rfc3339

CURSOR = "quality"
_ISSUES = (
    select(
        quality_issue.c.seq,
        quality_issue.c.code,
        quality_issue.c.pointer,
        quality_issue.c.detail,
        event.c.source,
        event.c.id,
        event.c.instant,
        event.c.recorded_at,
    )
    .join(event, event.c.seq == quality_issue.c.seq)
    .order_by(quality_issue.c.seq, quality_issue.c.code, quality_issue.c.pointer, quality_issue.c.id)
)


class QualityFeed:
    """Its places are the ledger's numbers: an event passes with all its issues, once every part of the cases is
    judged up to it, for judging may find the last of them."""

    name = CURSOR
    topic = QUALITY
    rest = 0.5

    def __init__(self, source: str, seen: Callable[[str, int], None] = lambda source, at: None) -> None:
        """`source` of the CloudEvents; `seen` is told the source of each event whose issues are on Kafka, and the
        event's time (microseconds)."""
        self._source = source
        self._seen = seen
        self._events: dict[int, tuple[str, int]] = {}

    def after(self, engine: Engine, position: int, most: int) -> Sequence[Outgoing]:
        with reading(engine) as connection:
            rows = _rows(connection, position, _final(connection), most)
        self._events = {row.seq: (row.source, row.instant) for row in rows}
        found: list[Outgoing] = []
        place, seq = 0, -1
        for row in rows:
            place, seq = (place + 1 if row.seq == seq else 1), row.seq
            found.append(Outgoing(seq, row.source, _value(row), _headers(row, place, self._source)))
        return found

    def sent(self, records: Sequence[Outgoing]) -> None:
        for seq in dict.fromkeys(record.number for record in records):
            self._seen(*self._events[seq])


def waiting(engine: Engine) -> int:
    """Issues that are not on Kafka yet."""
    with reading(engine) as connection:
        position = connection.execute(select(cursor.c.position).where(cursor.c.name == CURSOR)).scalar() or 0
        query = select(func.count()).select_from(quality_issue).where(quality_issue.c.seq > position)
        return int(connection.execute(query).scalar_one())


def _final(connection: Connection) -> int:
    """The ledger's number up to which no issue comes any more; without parts the engine writes all at once."""
    judged = connection.execute(select(func.min(shard.c.position))).scalar()
    if judged is None:
        judged = connection.execute(select(func.max(event.c.seq))).scalar()
    return int(judged or 0)


def _rows(connection: Connection, position: int, final: int, most: int) -> Sequence[Any]:
    """The issues of whole events, about `most`."""
    query = _ISSUES.where(quality_issue.c.seq > position, quality_issue.c.seq <= final)
    rows = connection.execute(query.limit(most)).all()
    if len(rows) < most:
        return rows
    last = rows[-1].seq
    whole = [row for row in rows if row.seq != last]
    return [*whole, *connection.execute(_ISSUES.where(quality_issue.c.seq == last)).all()]


def _value(row: Any) -> bytes:
    names = ("source", "id", "code", "pointer", "detail")
    return msgspec.json.encode({name: getattr(row, name) for name in names})


def _headers(row: Any, place: int, source: str) -> list[tuple[str, bytes]]:
    """The CloudEvent's attributes; the issues of an event are counted from 1."""
    attributes = {
        "specversion": "1.0",
        "id": f"{event_name(row.source, row.id).hex()}-{place}",
        "source": source,
        "type": "quality.issue.v1",
        "time": rfc3339(row.recorded_at),
    }
    return [
        *((f"ce_{name}", text.encode()) for name, text in attributes.items()),
        ("content-type", b"application/json"),
    ]
