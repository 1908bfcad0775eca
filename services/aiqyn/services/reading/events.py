"""The ledger and the quarantine as those read them who sent the events."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Engine, and_, func, null, or_, select, union_all
from sqlalchemy import literal as literal_value

from aiqyn.services.privacy.classes import masked_data
from aiqyn.services.privacy.handles import Naming
from aiqyn.services.reading.event_states import EventState
from aiqyn.services.store.database import reading
from aiqyn.services.store.event_name import event_name
from aiqyn.services.store.tables import alert, alert_revision, event, quarantine, submission
from aiqyn.streams.moments import rfc3339

_NUMBER = re.compile(r"\d{6,}")


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
    account: str | None
    """Who sent a refused record by HTTP."""

    @property
    def seq(self) -> int | None:
        """The ledger number of an accepted event."""
        return self.place[1] // 2 if self.status == "accepted" else None


def events(
    engine: Engine, wanted: EventFilter, after: Sequence[object] | None, limit: int, with_content: bool = False
) -> list[Recorded]:
    """Records in the order in which they were recorded, at most `limit`, from the place after `after`."""
    query = _union(wanted, with_content).subquery()
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


class Change(NamedTuple):
    """Revisions of alerts that some events made."""

    change: str
    rule: str
    number: int


def changes(engine: Engine, seqs: Sequence[int]) -> list[Change]:
    """What these events did to alerts."""
    found: list[Change] = []
    with reading(engine) as connection:
        for start in range(0, len(seqs), 500):
            query = (
                select(alert_revision.c.change, alert.c.rule, func.count())
                .join(alert, alert.c.id == alert_revision.c.alert)
                .where(alert_revision.c.seq.in_(list(seqs[start : start + 500])))
                .group_by(alert_revision.c.change, alert.c.rule)
            )
            found.extend(Change(*row) for row in connection.execute(query))
    return found


def alerts_of(engine: Engine, seqs: Sequence[int]) -> dict[int, list[str]]:
    """Ids of the alerts that each of these events changed."""
    found: dict[int, list[str]] = {}
    with reading(engine) as connection:
        for start in range(0, len(seqs), 500):
            query = select(alert_revision.c.seq, alert_revision.c.alert).where(
                alert_revision.c.seq.in_(list(seqs[start : start + 500]))
            )
            for seq, id in connection.execute(query.order_by(alert_revision.c.number)):
                found.setdefault(seq, []).append(id)
    return found


def owned(engine: Engine, owner: Owner, records: Sequence[Recorded]) -> set[tuple[int, int]]:
    """The places of those records that are the owner's."""
    # A refused record may bear the name of another one's event: it is its sender's.
    taken = (each for each in records if each.seq is not None and each.source and each.id)
    names = {event_name(each.source or "", each.id or ""): each.place for each in taken}
    mine = {each.place for each in records if each.source in owner.sources or each.account == owner.account}
    query = select(submission.c.name).where(submission.c.account == owner.account, submission.c.name.in_(list(names)))
    with reading(engine) as connection:
        return mine | {names[bytes(name)] for (name,) in connection.execute(query)}


def as_json(
    record: Recorded, state: EventState | None, with_data: bool, open_data: bool, names: Naming, tells: bool = False
) -> dict[str, Any]:
    """The record as the interface gives it; `open_data`: whole, else by the classes of its schema; `names`: what people
    are called then; `tells`: whether its id tells of a person."""
    hidden = not open_data
    errors = []
    if record.code is not None:
        detail = _NUMBER.sub("[…]", record.detail or "") if hidden else record.detail
        errors = [{"code": record.code, "pointer": record.pointer, "detail": detail, "doc": f"/errors/{record.code}"}]
    by = state.superseded_by if state is not None else None
    document: dict[str, Any] = {
        "source": record.source,
        "id": None if hidden and tells else record.id,
        "type": record.type,
        "status": record.status,
        "state": state.state if state is not None else None,
        "conforms": record.conforms,
        "recordedAt": rfc3339(record.recorded_at),
        "supersededBy": None if by is None else {"source": by[0], "id": by[1]},
        "errors": errors,
    }
    if state is not None and state.waiting_for:
        document["waitingFor"] = list(state.waiting_for)
    masked = ["/id"] if hidden and tells else []
    if with_data:
        document["event"], changed = _content(record, open_data, names, hidden and tells)
        masked += [f"/event/data{place}" for place in changed]
        if hidden and tells:
            masked.append("/event/id")
    if masked:
        document["masked"] = masked
    return document


def _content(record: Recorded, open_data: bool, names: Naming, tells: bool) -> tuple[Any, list[str]]:
    try:
        found = msgspec.json.decode(record.content or b"null")
    except msgspec.DecodeError:
        return None, []  # a refused record that is no JSON: the quarantine has its bytes
    if open_data:
        return found, []
    if not isinstance(found, dict):
        return None, [""]
    kept = ("source", "type", "time") if tells else ("source", "id", "type", "time")
    # What was refused is not what its schema takes: nothing of it is known to be public.
    accepted = record.status == "accepted"
    data, changed = masked_data(record.type, found.get("data"), names) if accepted else (None, [""])
    return {**{name: found.get(name) for name in kept}, "data": data}, changed


def _union(wanted: EventFilter, with_content: bool = False) -> Any:
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
        (event.c.content if with_content else null()).label("content"),
        null().label("account"),
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
        (quarantine.c.raw if with_content else null()).label("content"),
        quarantine.c.account,
    ).where(*_refused(wanted))
    return union_all(accepted, refused)


def _accepted(wanted: EventFilter) -> list[ColumnElement[bool]]:
    found = _common(wanted, event.c.source, event.c.id, event.c.type, event.c.recorded_at)
    if wanted.status and "accepted" not in wanted.status:
        found.append(literal_value(1) == 0)
    if wanted.state == ("queued",):
        found.append(literal_value(1) == 0)
    if wanted.owner is not None:
        sent = event.c.name.in_(select(submission.c.name).where(submission.c.account == wanted.owner.account))
        found.append(or_(sent, event.c.source.in_(wanted.owner.sources)) if wanted.owner.sources else sent)
    return found


def _refused(wanted: EventFilter) -> list[ColumnElement[bool]]:
    found = _common(wanted, quarantine.c.source, quarantine.c.event_id, quarantine.c.type, quarantine.c.received_at)
    if wanted.status:
        found.append(quarantine.c.status.in_(wanted.status))
    if wanted.state:
        found.append(literal_value(1) == 0)
    if wanted.owner is not None:
        sent = quarantine.c.account == wanted.owner.account
        found.append(or_(sent, quarantine.c.source.in_(wanted.owner.sources)) if wanted.owner.sources else sent)
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
        row.detail, row.content, row.account,
    )  # fmt: skip
