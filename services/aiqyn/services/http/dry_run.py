"""Verdicts without effect: what would become of records if they were sent now."""

from __future__ import annotations

from collections.abc import Sequence

from aiqyn.schemas.errors import Problem, Rejected
from aiqyn.services.files import Incoming
from aiqyn.services.store.sql_store import SqlStore
from aiqyn.streams.intake.judge import judge, passes, passes_raw
from aiqyn.streams.verdicts import Verdict

_CONFLICT = Problem("event.conflict", "/id", "an event of this source and id has other content")


def judged(store: SqlStore, records: Sequence[Incoming]) -> list[Verdict]:
    """The verdict on each record, given the ledger and the records before it."""
    names = {(each.event.source, each.event.id) for each in records if each.event is not None}
    known = store.known(names)
    hashes = {name: entry.content_hash for name, entry in known.items()}
    gone = frozenset(name for name, entry in known.items() if entry.erased)
    return [_judged(record, hashes, gone) for record in records]


def _judged(record: Incoming, hashes: dict[tuple[str, str], bytes], gone: frozenset[tuple[str, str]]) -> Verdict:
    event, error = record.event, record.error
    if event is None:
        assert error is not None
        raw = passes_raw(record.raw)
        return Verdict(error.source, error.id, error.type, "rejected", None, raw, errors=error.problems)
    name, shape = (event.source, event.id), passes(event)
    if name in gone:
        why = Problem("event.erased", "/id", "the event was erased by order; it is not taken again")
        return Verdict(event.source, event.id, event.type, "rejected", None, shape, errors=(why,))
    if name in hashes:
        if hashes[name] == event.content_hash:
            return Verdict(event.source, event.id, event.type, "duplicate", None, shape)
        return Verdict(event.source, event.id, event.type, "conflict", None, shape, errors=(_CONFLICT,))
    try:
        found = judge(event)
    except Rejected as rejected:
        return Verdict(event.source, event.id, event.type, "rejected", None, shape, errors=rejected.problems)
    hashes[name] = event.content_hash
    return Verdict(event.source, event.id, event.type, "accepted", None, found.conforms, quality=found.issues)
