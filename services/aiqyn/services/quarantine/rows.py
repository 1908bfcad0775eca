"""Rows of the quarantine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Engine, select, update

from aiqyn.services.store.database import reading, writing
from aiqyn.services.store.tables import quarantine
from aiqyn.streams.moments import rfc3339

_PAGE = 500
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class RefusalFilter:
    """Conditions that must all hold; of several values any will do."""

    status: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    ids: tuple[int, ...] = ()
    waiting: bool = False
    """Only those that were not fed again."""


class Refused(NamedTuple):
    """One refused record without its bytes."""

    id: int
    status: str
    code: str
    pointer: str
    detail: str
    source: str | None
    event_id: str | None
    type: str | None
    door: str
    topic: str | None
    partition: int | None
    offset: int | None
    received_at: int
    replayed_at: int | None

    def as_json(self) -> dict[str, object]:
        """The row of the contract."""
        return {
            "id": self.id,
            "status": self.status,
            "code": self.code,
            "pointer": self.pointer,
            "detail": self.detail,
            "source": self.source,
            "eventId": self.event_id,
            "type": self.type,
            "door": self.door,
            "topic": self.topic,
            "partition": self.partition,
            "offset": self.offset,
            "receivedAt": rfc3339(self.received_at),
            "replayedAt": rfc3339(self.replayed_at) if self.replayed_at is not None else None,
        }


def rows(engine: Engine, wanted: RefusalFilter) -> Iterator[Refused]:
    """Refused records in the order of their ids, read page by page up to the last one there was at the beginning."""
    last = 0
    with reading(engine) as connection:
        newest = connection.execute(select(quarantine.c.id).order_by(quarantine.c.id.desc()).limit(1)).scalar() or 0
    while True:
        query = (
            select(*(quarantine.c[name] for name in Refused._fields))
            .where(quarantine.c.id > last, quarantine.c.id <= newest, *_conditions(wanted))
            .order_by(quarantine.c.id)
            .limit(_PAGE)
        )
        with reading(engine) as connection:
            found = connection.execute(query).all()
        for row in found:
            yield Refused(*row)
        if len(found) < _PAGE:
            return
        last = found[-1].id


def raw(engine: Engine, id: int) -> bytes | None:
    """The record's bytes as received; None: there is no such row."""
    with reading(engine) as connection:
        found: Any = connection.execute(select(quarantine.c.raw).where(quarantine.c.id == id)).scalar()
    return bytes(found) if found is not None else None


def mark_replayed(engine: Engine, ids: Sequence[int], at: int) -> None:
    """Note when rows were fed again."""
    with writing(engine) as connection:
        for start in range(0, len(ids), _CHUNK):
            chunk = ids[start : start + _CHUNK]
            connection.execute(update(quarantine).where(quarantine.c.id.in_(chunk)).values(replayed_at=at))


def _conditions(wanted: RefusalFilter) -> Iterator[ColumnElement[bool]]:
    for column, values in (
        (quarantine.c.status, wanted.status),
        (quarantine.c.code, wanted.code),
        (quarantine.c.source, wanted.source),
        (quarantine.c.id, wanted.ids),
    ):
        if values:
            yield column.in_(values)
    if wanted.waiting:
        yield quarantine.c.replayed_at.is_(None)
