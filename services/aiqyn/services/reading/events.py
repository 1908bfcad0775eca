"""The ledger and the quarantine as those read them who sent the events."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    Select,
    exists,
    false,
    func,
    null,
    or_,
    select,
    tuple_,
)
from sqlalchemy import literal as literal_value

from aiqyn.services.privacy.classes import masked_data
from aiqyn.services.privacy.handles import Naming
from aiqyn.services.reading.event_states import EventState
from aiqyn.services.store.database import reading
from aiqyn.services.store.event_name import event_name
from aiqyn.services.store.tables import alert, alert_revision, event, quarantine, submission
from aiqyn.streams.moments import rfc3339

_NUMBER = re.compile(r"\d{6,}")
_MANY = 10_000
Conditions = list[ColumnElement[bool]]


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
    found: dict[tuple[int, int], Recorded] = {}
    with reading(engine) as connection:
        beyond = _beyond(connection, after)
        for conditions in _accepted_parts(connection, wanted):
            query = _accepted_rows(with_content).where(*conditions, *beyond[0]).order_by(event.c.seq).limit(limit)
            found.update((each.place, each) for each in map(_recorded, connection.execute(query)))
        order = quarantine.c.received_at, quarantine.c.id
        query = _refused_rows(with_content).where(*_refused(wanted), *beyond[1]).order_by(*order).limit(limit)
        found.update((each.place, each) for each in map(_recorded, connection.execute(query)))
    return [found[place] for place in sorted(found)[:limit]]


def _beyond(connection: Connection, after: Sequence[Any] | None) -> tuple[Conditions, Conditions]:
    """What accepted and refused records beyond a place have in common. The ledger's numbers and times rise together,
    so a walk by time is one by number."""
    if after is None:
        return [], []
    at, number = after
    earlier = connection.execute(select(func.max(event.c.seq)).where(event.c.recorded_at < at)).scalar() or 0
    accepted = [event.c.seq > earlier, or_(event.c.recorded_at > at, event.c.seq > number // 2)]
    place = tuple_(literal_value(at, BigInteger), literal_value((number - 1) // 2, BigInteger))
    return accepted, [tuple_(quarantine.c.received_at, quarantine.c.id) > place]


def _accepted_parts(connection: Connection, wanted: EventFilter) -> list[Conditions]:
    """Conditions on accepted records, of which any will do: each by an index of its own."""
    common = _accepted(replace(wanted, owner=None))
    if wanted.since is not None:
        first = connection.execute(select(func.min(event.c.seq)).where(event.c.recorded_at >= wanted.since)).scalar()
        common.append(event.c.seq >= first if first is not None else false())
    if wanted.owner is None:
        return [common]
    account, sources = wanted.owner.account, wanted.owner.sources
    mine = select(submission.c.name).where(submission.c.account == account)
    some = connection.execute(select(func.count()).select_from(mine.limit(_MANY + 1).subquery())).scalar_one()
    # Who sent few has them looked up one by one; for who sent many each record is looked at in order.
    sent = event.c.name.in_(mine) if some <= _MANY else exists(mine.where(submission.c.name == event.c.name))
    return [[*common, sent], *([[*common, event.c.source.in_(sources)]] if sources else [])]


def count(engine: Engine, wanted: EventFilter) -> int:
    """How many records the filter lets through."""
    with reading(engine) as connection:
        return sum(
            connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()
            for table, conditions in ((event, _accepted(wanted)), (quarantine, _refused(wanted)))
        )


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


def _accepted_rows(with_content: bool) -> Select[Any]:
    return select(
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
    )


def _refused_rows(with_content: bool) -> Select[Any]:
    return select(
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
    )


def _accepted(wanted: EventFilter) -> Conditions:
    found = _common(wanted, event.c.source, event.c.id, event.c.type, event.c.recorded_at)
    if wanted.source and wanted.id:
        found.append(event.c.name.in_([event_name(source, id) for source in wanted.source for id in wanted.id]))
    if wanted.status and "accepted" not in wanted.status:
        found.append(literal_value(1) == 0)
    if wanted.state == ("queued",):
        found.append(literal_value(1) == 0)
    if wanted.owner is not None:
        sent = event.c.name.in_(select(submission.c.name).where(submission.c.account == wanted.owner.account))
        found.append(or_(sent, event.c.source.in_(wanted.owner.sources)) if wanted.owner.sources else sent)
    return found


def _refused(wanted: EventFilter) -> Conditions:
    found = _common(wanted, quarantine.c.source, quarantine.c.event_id, quarantine.c.type, quarantine.c.received_at)
    if wanted.status:
        found.append(quarantine.c.status.in_(wanted.status))
    if wanted.state:
        found.append(literal_value(1) == 0)
    if wanted.owner is not None:
        sent = quarantine.c.account == wanted.owner.account
        found.append(or_(sent, quarantine.c.source.in_(wanted.owner.sources)) if wanted.owner.sources else sent)
    return found


def _common(wanted: EventFilter, source: Any, id: Any, type: Any, at: Any) -> Conditions:
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
