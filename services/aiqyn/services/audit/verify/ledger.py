"""The ledger: every event is the one that was taken in, none is missing, none came in behind the log's back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timezone
from typing import Any

from sqlalchemy import Connection, func, select

from aiqyn.rules import profile as profiles
from aiqyn.schemas.canonical import content_hash
from aiqyn.schemas.envelope import instant, wrap
from aiqyn.schemas.errors import Rejected
from aiqyn.schemas.json_text import decode
from aiqyn.services.audit import erasures, leaves, merkle, notes
from aiqyn.services.audit.erasures import Gone
from aiqyn.services.audit.verify.finding import Finding
from aiqyn.services.store import fact_codec
from aiqyn.services.store.event_name import event_name
from aiqyn.services.store.tables import erased, event, leaf, meta
from aiqyn.streams.intake.judge import judge
from aiqyn.streams.moments import zone

_NAMED = ("source", "id", "type", "time")
_COLUMNS = tuple(column for column in event.c if column.name != "attributes")


def check(connection: Connection, gone: Gone) -> Iterator[Finding]:
    """Batch by batch, in the order of the ledger."""
    here = _zone(connection)
    end = recorded = 0
    query = select(leaf).where(leaf.c.kind == "events").order_by(leaf.c.first_seq, leaf.c.id)
    for row in connection.execute(query).mappings().all():
        first, last = row["first_seq"], row["last_seq"]
        if first is None or last is None:
            continue
        if first != end + 1:
            yield Finding(row["index"], row["ref"], f"the batch begins at event {first}, the one before ends at {end}")
        end = last
        batch = _Batch(connection, row, here, gone, recorded)
        yield from batch.check()
        recorded = batch.recorded
    outside = select(event.c.seq, event.c.source, event.c.id).where((event.c.seq > end) | (event.c.seq < 1))
    for seq, source, id in connection.execute(outside.order_by(event.c.seq).limit(10)):
        yield Finding(None, f"event {seq} ({source} {id})", "the event is in no batch of the log")
    yield from _erased(connection, gone, end)


def _zone(connection: Connection) -> timezone:
    name = connection.execute(select(meta.c.value).where(meta.c.name == "profile")).scalar()
    return zone(profiles.load(name or "generic").zone)


class _Batch:
    """One leaf of kind `events` with its rows."""

    def __init__(self, connection: Connection, row: Any, here: timezone, gone: Gone, recorded: int) -> None:
        self._row, self._zone, self._gone = row, here, gone
        self._first, self._last = row["first_seq"], row["last_seq"]
        self.recorded = recorded
        """When its last event was recorded."""
        inside = event.c.seq.between(self._first, self._last)
        self._events = connection.execute(select(*_COLUMNS).where(inside).order_by(event.c.seq)).all()
        self._erased = connection.execute(select(erased).where(erased.c.seq.between(self._first, self._last))).all()

    def check(self) -> Iterator[Finding]:
        found = {each.seq: bytes(each.entry) for each in self._erased if each.entry is not None}
        for each in self._events:
            why = self._fault(each)
            if why:
                yield Finding(self._row["index"], f"event {each.seq} ({each.source} {each.id})", why)
            if each.salt is not None:
                found[each.seq] = leaves.entry_hash(bytes(each.salt), bytes(each.hash))
            self.recorded = each.recorded_at
        yield from self._whole(found)

    def _whole(self, found: dict[int, bytes]) -> Iterator[Finding]:
        first, last, index = self._first, self._last, self._row["index"]
        missing = next((seq for seq in range(first, last + 1) if seq not in found), None)
        if missing is not None:
            yield Finding(index, f"event {missing}", "the event was taken in and is not in the ledger any more")
        elif merkle.root_of([found[seq] for seq in range(first, last + 1)]) != bytes(self._row["commitment"]):
            why = "the events of this batch are not those that were taken in"
            yield Finding(index, f"events {first} to {last}", why)
        if self._row["ref"] != str(last - first + 1):
            yield Finding(index, f"events {first} to {last}", "the batch has another number of events")
        if self._events and self._events[-1].seq == last and self.recorded != self._row["at"]:
            yield Finding(index, f"event {last}", "it was recorded at another time than the log says")

    def _fault(self, row: Any) -> str:
        """Why a row of the ledger cannot be what came in."""
        if row.seq in self._gone.events:
            return "what was erased came back"
        content = bytes(row.content)
        if content_hash(content) != bytes(row.hash):
            return f"the content has not the hash {notes.encode(bytes(row.hash))}"
        if row.salt is None or leaves.salted_at(bytes(row.salt)) != row.recorded_at or row.recorded_at <= self.recorded:
            return "it was recorded at another time than the log says"
        try:
            told = decode(content)
        except Rejected:
            return "the content is no JSON"
        if not isinstance(told, dict) or any(told.get(name) != getattr(row, name) for name in _NAMED):
            return "source, id, type or time are not those of the content"
        if bytes(row.name) != event_name(row.source, row.id):
            return "the name in the index is of another event"
        return self._read(row, told)

    def _read(self, row: Any, told: dict[str, Any]) -> str:
        """Why the fact is not what the content says."""
        try:
            judged = judge(wrap(row.source, row.id, row.type, row.time, told.get("data")))
        except Rejected:
            return "the content is none that would be taken in"
        if fact_codec.encode(judged.fact) != (row.kind, bytes(row.fact)) or judged.record_key != row.record_key:
            return "the fact is not what the content says"
        if row.instant != instant(row.time, self._zone):
            return "the instant is not that of its time"
        return "" if judged.conforms == row.conforms else "whether it conforms is not what its standard says"


def _erased(connection: Connection, gone: Gone, end: int) -> Iterator[Finding]:
    """What stays of erased events is what the leaf of their erasure says."""
    left = dict(gone.events)
    for row in connection.execute(select(erased).order_by(erased.c.seq)):
        if left.pop(row.seq, None) != erasures.digest(row):
            yield Finding(None, f"event {row.seq}", "it counts as erased, and nobody erased it so by an action")
    for seq in sorted(left):
        yield Finding(None, f"event {seq}", "it was erased, and what must stay of it is not there any more")
    beyond = connection.execute(select(func.count()).where(erased.c.seq > end)).scalar()
    if beyond:
        yield Finding(None, "erased", "events were erased that never came in")
