"""Review: an alert is closed, assigned or hidden by an action in the log, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Row, select

from aiqyn.services.audit.erasures import Gone
from aiqyn.services.audit.verify.finding import Finding
from aiqyn.services.store.alert_rows import entity_rows
from aiqyn.services.store.tables import action, action_alert, alert, alert_revision, leaf
from aiqyn.streams.moments import rfc3339

_PAGE = 2_000
_ASSIGNING = frozenset({"take", "assign"})
_ASIDE = frozenset({"comment", "reply", "identify"})
_decode = msgspec.json.decode
Document = dict[str, Any]
Handle = Callable[[str], str]


class State(NamedTuple):
    """What the actions of the log made of an alert."""

    status: str = "open"
    disposition: str | None = None
    assignee: str | None = None
    decided: int | None = None

    def as_kept(self) -> Document:
        return {
            "review_status": self.status, "disposition": self.disposition, "assignee": self.assignee,
            "decided_revision": self.decided, "suppressed_by": None,
        }  # fmt: skip


def logged(connection: Connection, gone: Gone) -> list[tuple[str, Document]]:
    """Each state of each action, as logged, or what an erasure left of it; in the order in which they came to be."""
    query = select(leaf.c.ref, leaf.c.document).where(leaf.c.kind == "action").order_by(leaf.c.id)
    return [
        (ref.rpartition("#")[0], _decode(text) if text is not None else dict(gone.left.get(ref, {})))
        for ref, text in connection.execute(query)
    ]


def check(connection: Connection, past: list[tuple[str, Document]], gone: Gone, handle: Handle) -> Iterator[Finding]:
    """Actions against their leaves, then what reviewers made of each alert against the actions."""
    states: dict[str, list[Document]] = {}
    for name, document in past:
        states.setdefault(name, []).append(document)
    expected, before = _replayed(past)
    yield from _actions(connection, states, before, gone, handle)
    yield from _touched(connection, states)
    hiding = {
        name: last["scope"]
        for name, each in states.items()
        if (last := each[-1]).get("kind") == "suppress" and last["state"] == "done"
    }
    after = ""
    while True:
        query = select(alert).where(alert.c.id > after).order_by(alert.c.id).limit(_PAGE)
        rows = connection.execute(query).all()
        for row in rows:
            yield from _review(row, expected.get(row.id, State()))
            yield from _hidden(connection, row, hiding, handle, gone)
        if len(rows) < _PAGE:
            return
        after = rows[-1].id


def _actions(
    connection: Connection,
    states: Mapping[str, list[Document]],
    before: Mapping[tuple[str, str], State],
    gone: Gone,
    handle: Handle,
) -> Iterator[Finding]:
    seen: set[str] = set()
    for row in connection.execute(select(action)):
        seen.add(row.id)
        past = states.get(row.id)
        name = f"{row.id}#{row.states}"
        if past is None:
            yield Finding(None, name, "the action is not in the log")
        elif len(past) != row.states:
            yield Finding(None, name, "the action has another number of states than the log")
        elif all(past):
            yield from _action(row, past[0], past[-1], before, gone, handle)
        else:
            yield Finding(None, name, "the action lost its document")
    for lost in sorted(states.keys() - seen):
        yield Finding(None, f"{lost}#1", "the action was logged and is not there any more")


def _action(
    row: Row[Any], first: Document, last: Document, before: Mapping[tuple[str, str], State], gone: Gone, handle: Handle
) -> Iterator[Finding]:
    name = f"{row.id}#{row.states}"
    kept = (row.kind, row.state, row.by, rfc3339(row.at), row.decided_by, row.decided_at and rfc3339(row.decided_at))
    told = (last["kind"], last["state"], last["by"], last["at"], last.get("decidedBy"), last.get("decidedAt"))
    if _decode(row.document) != last or kept != told or first["id"] != row.id:
        yield Finding(None, name, "the action is not as it was logged")
    if "attachment" in last and row.before is None:
        return
    undo = _decode(row.before or "{}")
    alerts = {id: {**each, "suppressed_by": None} for id, each in undo.get("alerts", {}).items()}
    if undo.keys() - {"alerts", "hidden"} or alerts != {id: before[row.id, id].as_kept() for id in last["alerts"]}:
        yield Finding(None, name, "what its undoing would restore is not what was there before")
    hidden = undo.get("hidden", {})
    if hidden if row.id in gone.rows else _called(hidden, handle) != _called(last, str):
        yield Finding(None, name, "whom the action names is not as it was logged")


def _called(value: Mapping[str, Any], handle: Handle) -> Document:
    """Whom an action names, as its document calls them."""
    found: Document = {name: handle(value[name]) for name in ("left", "right", "entity") if value.get(name) is not None}
    if value.get("scope") is not None:
        found["scope"] = dict(value["scope"])
        if found["scope"].get("persons"):
            found["scope"]["persons"] = [handle(each) for each in found["scope"]["persons"]]
    return found


def _touched(connection: Connection, states: Mapping[str, list[Document]]) -> Iterator[Finding]:
    """The index of actions by alert, and the order of the actions on one alert."""
    named: dict[str, set[str]] = {}
    order: dict[str, int] = {}
    place = {name: at for at, name in enumerate(states)}
    query = select(action_alert, action.c.number).outerjoin(action, action.c.id == action_alert.c.action)
    for row in connection.execute(query.order_by(action.c.number)):
        named.setdefault(row.action, set()).add(row.alert)
        at = place.get(row.action, -1)
        if at < order.get(row.alert, -1):
            yield Finding(None, row.action, "the action has another place among those on its alert than in the log")
        order[row.alert] = at
    for name, past in states.items():
        if named.get(name, set()) != set(past[0].get("alerts") or ()):
            yield Finding(None, name, "the action is kept with other alerts than those that it is about")
    for name in sorted(named.keys() - states.keys()):
        yield Finding(None, name, "alerts are kept with an action that is not in the log")


def _replayed(
    past: list[tuple[str, Document]],
) -> tuple[dict[str, State], dict[tuple[str, str], State]]:
    """What became of each alert, and what it was before each action."""
    found: dict[str, State] = {}
    before: dict[tuple[str, str], State] = {}
    for name, document in past:
        for one in document.get("alerts") or ():
            now = found.get(one, State())
            was = before.setdefault((name, one), now)
            found[one] = _after(now, was, one, document)
    return found, before


def _after(now: State, was: State, alert: str, document: Document) -> State:
    kind, state = document["kind"], document["state"]
    if kind in _ASIDE:
        return now
    if state in ("rejected", "undone"):
        return _before(now, was, kind)
    if state == "proposed":
        return now._replace(status="inReview")
    if kind in _ASSIGNING:
        name = document.get("assignee")
        status = now.status if now.status == "closed" else "inReview" if name else "open"
        return now._replace(assignee=name, status=status)
    if kind == "decide":
        decided = (document.get("revisions") or {}).get(alert)
        return now._replace(status="closed", disposition=document.get("disposition"), decided=decided)
    return now


def _before(now: State, was: State, kind: str) -> State:
    """As it was before an action that is rejected or undone; an assignment made meanwhile stays."""
    assignee = was.assignee if kind in _ASSIGNING else now.assignee
    status = was.status
    if assignee != was.assignee and status != "closed":
        status = "inReview" if assignee else "open"
    return State(status, was.disposition, assignee, was.decided)


def _review(row: Row[Any], expected: State) -> Iterator[Finding]:
    name = row.id
    if row.review_status != expected.status:
        yield Finding(None, name, f"it is {row.review_status}; by the actions in the log it is {expected.status}")
    if row.disposition != expected.disposition:
        yield Finding(None, name, "its disposition is of no action in the log")
    if row.assignee != expected.assignee:
        yield Finding(None, name, "its assignee is of no action in the log")
    if row.decided_revision != expected.decided:
        yield Finding(None, name, "it was decided on in another revision than the log says")


def _hidden(
    connection: Connection, row: Row[Any], hiding: Mapping[str, Document], handle: Handle, gone: Gone
) -> Iterator[Finding]:
    """What hides it was approved, and is about it: in one of its revisions."""
    if row.suppressed_by is None:
        return
    scope = hiding.get(row.suppressed_by)
    if scope is None:
        if row.suppressed_by not in gone.rows:
            yield Finding(None, row.id, "it is hidden by no action in the log")
        return
    query = select(alert_revision.c.document).where(alert_revision.c.alert == row.id)
    if not any(_about(_decode(text), scope, handle) for text in connection.execute(query).scalars()):
        yield Finding(None, row.id, "it is hidden by an action that is about others")


def _about(document: Document, scope: Document, handle: Handle) -> bool:
    entities = {(role, entity) for _, entity, role in entity_rows(document)}
    people = {handle(str(entity)) for role, entity in entities if role == "person"}
    return (
        document["rule"] == scope["rule"]
        and all((role, scope[role]) in entities for role in ("company", "buyer") if scope.get(role))
        and set(scope.get("persons") or ()) <= people
    )
