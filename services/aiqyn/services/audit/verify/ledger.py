"""The ledger: every event is the one that was taken in, none is missing, none came in behind the log's back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, func, or_, select

from aiqyn.schemas.canonical import content_hash
from aiqyn.schemas.errors import Rejected
from aiqyn.schemas.json_text import decode
from aiqyn.services.audit import leaves, merkle, notes
from aiqyn.services.audit.verify.finding import Finding
from aiqyn.services.store.event_name import event_name
from aiqyn.services.store.tables import erased, event, leaf

_NAMED = ("source", "id", "type", "time")


def check(connection: Connection) -> Iterator[Finding]:
    """Batch by batch, in the order of the ledger."""
    query = select(leaf).where(leaf.c.kind == "events").order_by(leaf.c.first_seq, leaf.c.id)
    end: int | None = None
    begin = 0
    for row in connection.execute(query).mappings().all():
        first, last = row["first_seq"], row["last_seq"]
        if end is None:
            begin = first
        elif first != end + 1:
            yield Finding(row["index"], row["ref"], f"the batch begins at event {first}, the one before ends at {end}")
        end = last
        yield from _batch(connection, row, first, last)
    # Events from before there was a log have no salt.
    beside = or_(event.c.seq > (end or 0), (event.c.seq < begin) & event.c.salt.is_not(None))
    for seq, source, id in connection.execute(select(event.c.seq, event.c.source, event.c.id).where(beside).limit(10)):
        if end is not None or _salted(connection, seq):
            yield Finding(None, f"event {seq} ({source} {id})", "the event is in no batch of the log")


def _salted(connection: Connection, seq: int) -> bool:
    return connection.execute(select(func.count()).where(event.c.seq == seq, event.c.salt.is_not(None))).scalar() == 1


def _batch(connection: Connection, row: Any, first: int, last: int) -> Iterator[Finding]:
    found: dict[int, bytes] = {}
    gone = {
        each.seq: each for each in connection.execute(select(erased).where(erased.c.seq >= first, erased.c.seq <= last))
    }
    columns = select(
        event.c.seq, event.c.name, event.c.source, event.c.id, event.c.type, event.c.time, event.c.hash, event.c.salt,
        event.c.content,
    )  # fmt: skip
    faults: list[Finding] = []
    for each in connection.execute(columns.where(event.c.seq >= first, event.c.seq <= last)):
        if each.seq in gone:
            continue
        why = _fault(each)
        if why:
            faults.append(Finding(row["index"], f"event {each.seq} ({each.source} {each.id})", why))
        if each.salt is not None:
            found[each.seq] = leaves.entry_hash(bytes(each.salt), bytes(each.hash))
    found.update({seq: bytes(each.entry) for seq, each in gone.items() if each.entry is not None})
    yield from faults
    missing = [seq for seq in range(first, last + 1) if seq not in found]
    if missing:
        yield Finding(row["index"], f"event {missing[0]}", "the event was taken in and is not in the ledger any more")
    elif merkle.root_of([found[seq] for seq in range(first, last + 1)]) != bytes(row["commitment"]):
        why = "the events of this batch are not those that were taken in"
        yield Finding(row["index"], f"events {first} to {last}", why)
    if row["ref"] != str(last - first + 1):
        yield Finding(row["index"], f"events {first} to {last}", "the batch has another number of events")


def _fault(row: Any) -> str:
    """Why a row of the ledger cannot be what came in."""
    content = bytes(row.content)
    if content_hash(content) != bytes(row.hash):
        return f"the content has not the hash {notes.encode(bytes(row.hash))}"
    try:
        told = decode(content)
    except Rejected:
        return "the content is no JSON"
    if not isinstance(told, dict) or any(told.get(name) != getattr(row, name) for name in _NAMED):
        return "source, id, type or time are not those of the content"
    if bytes(row.name) != event_name(row.source, row.id):
        return "the name in the index is of another event"
    return ""
