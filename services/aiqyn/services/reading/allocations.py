"""Processes and allocations: who gave what to whom in which window. Questions to the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy import Engine as SqlEngine

from aiqyn.schemas.days import BEGINNING, iso, parse_optional_day
from aiqyn.services.store.database import reading
from aiqyn.services.store.tables import alert, alert_revision
from aiqyn.streams.engine import Engine
from aiqyn.streams.facts import Allocation
from aiqyn.streams.identity.naming import cluster_name
from aiqyn.streams.world.cases import allocation_key
from aiqyn.streams.world.process import PartyState, ProcessState
from aiqyn.streams.world.world import World

Document = dict[str, Any]
_LEVEL = 3
_PREFIX = allocation_key("")


@dataclass(frozen=True, slots=True)
class AllocationFilter:
    """Conditions that must all hold; of several values any will do."""

    ocid: tuple[str, ...] = ()
    """The ocid, or the id of an allocation."""
    buyer: tuple[str, ...] = ()
    company: tuple[str, ...] = ()
    first: str | None = None
    """Its window reaches this day or a later one."""
    last: str | None = None
    """Its window begins on this day or an earlier one."""


def allocations(wanted: AllocationFilter, after: str | None, limit: int) -> Callable[[Engine], list[Document]]:
    """A question: at most `limit` of them by id, from the one behind `after`; `alerts` is left empty.

    Cost: those of the buyer or company where one is named, else all.
    """

    def ask(engine: Engine) -> list[Document]:
        world = engine.world
        keys = (key for key in _keys(world, wanted) if after is None or _id(key) > after)
        fitting = (key for key in keys if _fits(_window(world, key), wanted))
        return [_document(world, key) for key in nsmallest(limit, fitting, key=_id)]

    return ask


def with_alerts(engine: SqlEngine, documents: Sequence[Document], known_at: int | None = None) -> list[Document]:
    """The documents with the ids of the alerts about each: the current ones, or those that were current then."""
    ids = [document["id"] for document in documents]
    found: dict[str, list[str]] = {}
    with reading(engine) as connection:
        for start in range(0, len(ids), 500):
            part = ids[start : start + 500]
            about = or_(alert.c.ocid.in_(part), alert.c.allocation.in_(part))
            query = select(alert.c.id, alert.c.ocid, alert.c.allocation).where(about, _current(known_at))
            for row in connection.execute(query.order_by(alert.c.id)):
                found.setdefault(row.ocid or row.allocation, []).append(row.id)
    return [{**document, "alerts": found.get(document["id"], [])} for document in documents]


def _current(known_at: int | None) -> ColumnElement[bool]:
    """Whether an alert is current, or was then: its last revision of that time did not withdraw it."""
    if known_at is None:
        return alert.c.data_state == "current"
    then = select(alert_revision.c.change).where(
        alert_revision.c.alert == alert.c.id, alert_revision.c.recorded_at <= known_at
    )
    last = then.order_by(alert_revision.c.revision.desc()).limit(1).scalar_subquery()
    return and_(last.is_not(None), last != "withdrawn")


def _keys(world: World, wanted: AllocationFilter) -> Iterable[str]:
    if wanted.ocid:
        both = (key for id in wanted.ocid for key in (id, allocation_key(id)))
        chosen: set[str] | None = {key for key in both if _exists(world, key)}
    else:
        chosen = None
    for names, index in ((wanted.buyer, world.cases_at), (wanted.company, world.cases_of)):
        if names:
            found = {key for name in names for atom in _atoms(world, name) for key in index.get(atom, ())}
            chosen = found if chosen is None else chosen & found
    if chosen is not None:
        return chosen
    return [*world.processes, *map(allocation_key, world.allocations)]


def _exists(world: World, key: str) -> bool:
    return _id(key) in world.allocations if key.startswith(_PREFIX) else key in world.processes


def _id(key: str) -> str:
    return key.removeprefix(_PREFIX)


def _atoms(world: World, name: str) -> tuple[int, ...]:
    number = world.atoms.find(name)
    if number is None:
        return ()
    return world.clusters.members(world.clusters.root(number, _LEVEL), _LEVEL)


def _named(world: World, atoms: Sequence[str]) -> str:
    """The name of the cluster that an organization belongs to."""
    number = world.atoms.find(atoms[0])
    if number is None:
        return cluster_name(atoms)
    members = world.clusters.members(world.clusters.root(number, _LEVEL), _LEVEL)
    return cluster_name(world.atoms.names[atom] for atom in members)


def _window(world: World, key: str) -> tuple[str, str] | None:
    if key.startswith(_PREFIX):
        span = parse_optional_day(world.allocations[_id(key)][1].date)
        return None if span is None else (iso(span.first), iso(span.last))
    parties = world.processes[key].parties
    if not parties:
        return None
    return iso(min(party.start[0] for party in parties)), iso(max(party.end[1] for party in parties))


def _fits(window: tuple[str, str] | None, wanted: AllocationFilter) -> bool:
    if wanted.first is None and wanted.last is None:
        return True
    if window is None:
        return False
    return (wanted.first is None or window[1] >= wanted.first) and (wanted.last is None or window[0] <= wanted.last)


def _document(world: World, key: str) -> Document:
    if key.startswith(_PREFIX):
        return _allocation(world, world.allocations[_id(key)][1])
    return _process(world, world.processes[key])


def _process(world: World, process: ProcessState) -> Document:
    window = _window(world, process.ocid)
    return {
        "id": process.ocid,
        "ocid": process.ocid,
        "allocation": None,
        "kind": "procurement",
        "cancelled": process.cancelled,
        "buyer": _named(world, process.buyers[0]) if process.buyers else None,
        "window": None if window is None else list(window),
        "companies": [_party(world, party) for party in process.parties],
        "alerts": [],
    }


def _party(world: World, party: PartyState) -> Document:
    return {
        "company": _named(world, party.atoms),
        "stage": party.stage,
        "window": [_day(party.start[0]), _day(party.end[1])],
        "dateBasis": party.basis,
        "lots": list(party.lots),
        "awards": list(party.awards),
        "amount": {"amount": party.amount, "currency": party.currency} if party.amount else None,
    }


def _day(day: int) -> str | None:
    return iso(day) if day > BEGINNING else None


def _allocation(world: World, fact: Allocation) -> Document:
    span = parse_optional_day(fact.date)
    window = None if span is None else [iso(span.first), iso(span.last)]
    amount = None if fact.amount is None else {"amount": fact.amount.amount, "currency": fact.amount.currency}
    recipient = {
        "company": _named(world, fact.recipient.atoms),
        "stage": "award",
        "window": window,
        "dateBasis": "allocation.date",
        "lots": [],
        "awards": [],
        "amount": amount,
    }
    return {
        "id": fact.id,
        "ocid": None,
        "allocation": fact.id,
        "kind": fact.kind,
        "cancelled": False,
        "buyer": _named(world, fact.grantor.atoms),
        "window": window,
        "companies": [recipient],
        "alerts": [],
    }


def walk(
    ask: Callable[[Callable[[Engine], list[Document]]], list[Document]], wanted: AllocationFilter
) -> Iterator[Document]:
    """All of them, asked for 1,000 at a time."""
    after: str | None = None
    while True:
        found = ask(allocations(wanted, after, 1000))
        yield from found
        if len(found) < 1000:
            return
        after = found[-1]["id"]
