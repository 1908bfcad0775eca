"""Erasures that sources ask for: a retraction with the reason `erasure` opens a proposal for each person of its event.

The retraction holds at once and by itself. The data go only when somebody approves the proposal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

import msgspec
from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from aiqyn.services import moments
from aiqyn.services.audit import leaves
from aiqyn.services.store import fact_codec
from aiqyn.services.store.database import reading, writing
from aiqyn.services.store.event_name import event_name
from aiqyn.services.store.tables import action, cursor, erased, event
from aiqyn.streams.facts import Mention, Retraction
from aiqyn.streams.moments import rfc3339

_CURSOR = "erasures"
_TYPE = "record.retracted.v1"
_OWN = re.compile(r"erasure-[0-9a-f-]{36}-\d+")
"""Retractions that an erasure itself has sent."""
_AT_ONCE = 1000


class _Asked(NamedTuple):
    """One person whose data a source wants erased."""

    id: str
    """Of the action: the same however often it is looked for."""
    source: str
    retraction: str
    person: str


class _Page(NamedTuple):
    """Some retractions in a row."""

    asked: list[_Asked]
    """What has no proposal yet."""
    settled: int
    """Up to which place of the ledger nothing waits."""
    last: int
    waits: bool
    """Whether one of them came before its event."""
    more: bool


def refresh(engine: Engine, handle: Callable[[str], str]) -> None:
    """Open what sources asked for since. Call it before proposals are read; cheap where there is nothing new.

    A retraction that came before its event is looked at again until the event is there; it holds no later one up.
    """
    with reading(engine) as connection:
        position = connection.execute(select(cursor.c.position).where(cursor.c.name == _CURSOR)).scalar()
    place, waits, more = position or 0, False, True
    while more:
        with reading(engine) as connection:
            page = _since(connection, place)
        settled = (position or 0) if waits else page.settled
        if page.asked or settled != (position or 0):
            try:
                with writing(engine) as connection:
                    for each in page.asked:
                        _propose(connection, each, handle)
                    _move(connection, position, settled)
            except IntegrityError:
                return  # Somebody else does the same at this moment.
            position = settled
        place, waits, more = page.last, waits or page.waits, page.more


def _since(connection: Connection, position: int) -> _Page:
    """What was asked for behind a place of the ledger, in the next so many retractions."""
    query = select(event.c.seq, event.c.source, event.c.id, event.c.kind, event.c.fact).where(
        event.c.type == _TYPE, event.c.seq > position
    )
    rows = connection.execute(query.order_by(event.c.seq).limit(_AT_ONCE)).all()
    asked: list[_Asked] = []
    settled, last, waits = position, position, False
    for row in rows:
        fact = fact_codec.decode(row.kind, bytes(row.fact))
        if isinstance(fact, Retraction) and fact.reason == "erasure" and not _OWN.fullmatch(row.id):
            persons = _persons(connection, fact) if fact.source == row.source else []
            waits = waits or persons is None
            for number, person in enumerate(persons or ()):
                id = str(uuid5(NAMESPACE_URL, f"{row.source}\0{row.id}\0{number}"))
                asked.append(_Asked(id, row.source, row.id, person))
        last = row.seq
        settled = settled if waits else last
    there = set(connection.execute(select(action.c.id).where(action.c.id.in_([each.id for each in asked]))).scalars())
    return _Page([each for each in asked if each.id not in there], settled, last, waits, len(rows) == _AT_ONCE)


def _persons(connection: Connection, fact: Retraction) -> list[str] | None:
    """The persons of the event that is to go; None: it is not there yet."""
    name = event_name(fact.source, fact.id)
    row = connection.execute(select(event.c.kind, event.c.fact).where(event.c.name == name)).one_or_none()
    if row is not None:
        return list(dict.fromkeys(_named(fact_codec.decode(row.kind, bytes(row.fact)))))
    gone = connection.execute(select(erased.c.seq).where(erased.c.name == name)).one_or_none()
    return None if gone is None else []


def _named(value: Any) -> Iterator[str]:
    if isinstance(value, Mention):
        if value.person:
            yield value.atoms[0]
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _named(getattr(value, name))
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _named(each)


def _propose(connection: Connection, asked: _Asked, handle: Callable[[str], str]) -> None:
    now = moments.now()
    document = {
        "id": asked.id, "kind": "erase", "state": "proposed", "by": f"source:{asked.source}", "at": rfc3339(now),
        "alerts": [], "count": 0, "reason": f"record.retracted {asked.retraction}", "entity": handle(asked.person),
        "needsApproval": True, "decidedBy": None,
    }  # fmt: skip
    kept = {"alerts": {}, "hidden": {"entity": asked.person}}
    connection.execute(
        insert(action).values(
            id=asked.id, kind="erase", state="proposed", by=document["by"], at=now, states=1,
            document=msgspec.json.encode(document).decode(), before=msgspec.json.encode(kept).decode(),
        )
    )  # fmt: skip
    leaves.record(connection, "action", f"{asked.id}#1", document, now)


def _move(connection: Connection, position: int | None, passed: int) -> None:
    if position is None:
        connection.execute(insert(cursor).values(name=_CURSOR, position=passed, epoch=0, until=0))
    else:
        connection.execute(update(cursor).where(cursor.c.name == _CURSOR).values(position=passed))
