"""The records that make a process or an allocation, and what they call it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Engine as SqlEngine
from sqlalchemy import select

from aiqyn.services.privacy.classes import masked_data
from aiqyn.services.privacy.handles import Naming
from aiqyn.services.store.database import reading
from aiqyn.services.store.tables import event
from aiqyn.streams.engine import Engine
from aiqyn.streams.facts import Head, Release
from aiqyn.streams.moments import rfc3339
from aiqyn.streams.world.process import release_order

_MOST_READ = 20
"""Records in which a title is looked for."""


class Published(NamedTuple):
    """A record, as its publisher dated it; `tags`: what an OCDS release says that it is."""

    seq: int
    source: str
    id: str
    date: str
    tags: tuple[str, ...]
    recorded_at: str


def published(id: str) -> Callable[[Engine], list[Published]]:
    """A question: the standing records of the process with that ocid, in the order in which OCDS merges them, else of
    the allocation with that id; none where there is neither."""

    def ask(engine: Engine) -> list[Published]:
        world = engine.world
        seqs: Sequence[int] = world.releases(id)
        if not seqs and id in world.allocations:
            seqs = (world.allocations[id][0].seq,)
        found = world.log.read(seqs).values()
        releases = [(head, fact) for head, fact in found if isinstance(fact, Release)]
        others = [(head, fact) for head, fact in found if not isinstance(fact, Release)]
        releases.sort(key=lambda entry: release_order(*entry))
        return [_record(head, fact.date, fact.tag) for head, fact in releases] + [
            _record(head, str(getattr(fact, "date", "")), ()) for head, fact in others
        ]

    return ask


def _record(head: Head, date: str, tags: tuple[str, ...]) -> Published:
    return Published(head.seq, head.source, head.id, date, tags, rfc3339(head.recorded_at))


def title(engine: SqlEngine, records: Sequence[Published], names: Naming) -> str | None:
    """What the latest of the records that says so calls the tender, as anybody may read it."""
    latest = [each.seq for each in records][-_MOST_READ:]
    query = select(event.c.seq, event.c.type, event.c.content).where(event.c.seq.in_(latest))
    with reading(engine) as connection:
        rows = {row.seq: row for row in connection.execute(query)}
    for seq in reversed(latest):
        if seq in rows and (found := _title(rows[seq].type, rows[seq].content, names)):
            return found
    return None


def _title(type: str, content: bytes, names: Naming) -> str | None:
    data, _ = masked_data(type, msgspec.json.decode(content).get("data"), names)
    tender: Any = data.get("tender") if isinstance(data, dict) else None
    found = tender.get("title") if isinstance(tender, dict) else None
    return found if isinstance(found, str) and found.strip() else None
