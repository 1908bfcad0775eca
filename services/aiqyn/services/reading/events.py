"""The ledger and the quarantine as those read them who sent the events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, and_, func, null, or_, select, union_all
from sqlalchemy import literal as literal_value

from aiqyn.services.store.database import reading
from aiqyn.services.store.tables import alert_revision, event, quarantine, submission
from aiqyn.streams.moments import rfc3339


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose events: those that the account sent and those of the sources that its key names."""

    account: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Conditions that must all hold; of several values any will do."""

    source: tuple[str, ...] = ()
    id: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    since: int | None = None
    owner: Owner | None = None


class Recorded(NamedTuple):
    """One record, accepted or refused; `place` is its place in the walk by time of recording."""

    place: tuple[int, int]
    status: str
    source: str | None
    id: str | None
    type: str | None
    recorded_at: int
    conforms: bool | None
    code: str | None
    pointer: str | None
    detail: str | None
    content: bytes | None


def events(engine: Engine, wanted: EventFilter, after: Sequence[object] | None, limit: int) -> list[Recorded]:
    """Records in the order in which they were recorded, at most `limit`, from the place after `after`."""
    query = _union(wanted).subquery()
    chosen = select(query).order_by(query.c.at, query.c.number).limit(limit)
    if after is not None:
        at, number = after
        chosen = chosen.where(or_(query.c.at > at, and_(query.c.at == at, query.c.number > number)))
    with reading(engine) as connection:
        return [_recorded(row) for row in connection.execute(chosen)]


def count(engine: Engine, wanted: EventFilter) -> int:
    """How many records the filter lets through."""
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(_union(wanted).subquery())).scalar() or 0)


def changes(engine: Engine, seqs: Sequence[int]) -> dict[str, int]:
    """How many alerts these events raised, updated and withdrew."""
    found = {"raised": 0, "updated": 0, "withdrawn": 0}
    with reading(engine) as connection:
        for start in range(0, len(seqs), 500):
            part = list(seqs[start : start + 500])
            _count_changes(connection, part, found)
    return found


def _count_changes(connection: Connection, seqs: list[int], found: dict[str, int]) -> None:
    query = (
        select(alert_revision.c.change, func.count())
        .where(alert_revision.c.seq.in_(seqs))
        .group_by(alert_revision.c.change)
    )
    for change, number in connection.execute(query):
        found[change] += number


def as_json(record: Recorded, with_data: bool) -> dict[str, Any]:
    """The record as the interface gives it."""
    errors = []
    if record.code is not None:
        errors = [
            {"code": record.code, "pointer": record.pointer, "detail": record.detail, "doc": f"/errors/{record.code}"}
        ]
    document: dict[str, Any] = {
        "source": record.source,
        "id": record.id,
        "type": record.type,
        "status": record.status,
        "state": "applied" if record.status == "accepted" else None,
        "conforms": record.conforms,
        "recordedAt": rfc3339(record.recorded_at),
        "supersededBy": None,
        "errors": errors,
    }
    if with_data and record.content is not None:
        document["event"] = msgspec.json.decode(record.content)
    return document


def _union(wanted: EventFilter) -> Any:
    accepted = select(
        event.c.recorded_at.label("at"),
        (event.c.seq * 2).label("number"),
        literal_value("accepted").label("status"),
        event.c.source,
        event.c.id,
        event.c.type,
        event.c.conforms,
        null().label("code"),
        null().label("pointer"),
        null().label("detail"),
        event.c.content,
    ).where(*_accepted(wanted))
    refused = select(
        quarantine.c.received_at.label("at"),
        (quarantine.c.id * 2 + 1).label("number"),
        quarantine.c.status,
        quarantine.c.source,
        quarantine.c.event_id.label("id"),
        quarantine.c.type,
        null().label("conforms"),
        quarantine.c.code,
        quarantine.c.pointer,
        quarantine.c.detail,
        null().label("content"),
    ).where(*_refused(wanted))
    return union_all(accepted, refused)


def _accepted(wanted: EventFilter) -> list[ColumnElement[bool]]:
    found = _common(wanted, event.c.source, event.c.id, event.c.type, event.c.recorded_at)
    if wanted.status and "accepted" not in wanted.status:
        found.append(literal_value(1) == 0)
    if wanted.state and "applied" not in wanted.state:
        found.append(literal_value(1) == 0)
    if wanted.owner is not None:
        sent = event.c.seq.in_(select(submission.c.seq).where(submission.c.account == wanted.owner.account))
        found.append(or_(sent, event.c.source.in_(wanted.owner.sources)) if wanted.owner.sources else sent)
    return found


def _refused(wanted: EventFilter) -> list[ColumnElement[bool]]:
    found = _common(wanted, quarantine.c.source, quarantine.c.event_id, quarantine.c.type, quarantine.c.received_at)
    if wanted.status:
        found.append(quarantine.c.status.in_(wanted.status))
    if wanted.state:
        found.append(literal_value(1) == 0)
    if wanted.owner is not None:
        found.append(quarantine.c.source.in_(wanted.owner.sources or ("",)))
    return found


def _common(wanted: EventFilter, source: Any, id: Any, type: Any, at: Any) -> list[ColumnElement[bool]]:
    found = [column.in_(words) for column, words in ((source, wanted.source), (id, wanted.id), (type, wanted.type))
             if words]  # fmt: skip
    if wanted.since is not None:
        found.append(at >= wanted.since)
    return found


def _recorded(row: Any) -> Recorded:
    return Recorded(
        (row.at, row.number), row.status, row.source, row.id, row.type, row.at, row.conforms, row.code, row.pointer,
        row.detail, row.content,
    )  # fmt: skip
