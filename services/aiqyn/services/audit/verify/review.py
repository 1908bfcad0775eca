"""Review: an alert is closed, assigned or hidden by an action in the log, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, select

from aiqyn.services.audit.verify.finding import Finding
from aiqyn.services.store.alert_rows import alert_row
from aiqyn.services.store.tables import REVIEW_COLUMNS, action, alert, alert_revision, leaf

_PAGE = 2_000
_ASSIGNING = frozenset({"take", "assign"})
_ASIDE = frozenset({"comment", "reply", "identify"})
_COLUMNS = [column.name for column in alert.columns if column.name not in REVIEW_COLUMNS]
_decode = msgspec.json.decode
Document = dict[str, Any]


class State(NamedTuple):
    """What the actions of the log made of an alert."""

    status: str = "open"
    disposition: str | None = None
    assignee: str | None = None


def check(connection: Connection) -> Iterator[Finding]:
    """Actions against their leaves, then each alert's row against its last revision and the actions."""
    states = list(_logged(connection))
    logged: dict[str, list[Document]] = {}
    for name, document in states:
        logged.setdefault(name, []).append(document)
    yield from _actions(connection, logged)
    expected = _replayed(states)
    hiding = {name for name, past in logged.items() if past[-1]["kind"] == "suppress" and past[-1]["state"] == "done"}
    yield from _deleted(connection)
    after = ""
    while True:
        query = select(alert).where(alert.c.id > after).order_by(alert.c.id).limit(_PAGE)
        rows = connection.execute(query).mappings().all()
        for row in rows:
            yield from _row(connection, row)
            yield from _review(row, expected.get(row["id"], State()), hiding)
        if len(rows) < _PAGE:
            return
        after = rows[-1]["id"]


def _logged(connection: Connection) -> Iterator[tuple[str, Document]]:
    """Each state of each action, as logged: in the order in which they came to be."""
    query = select(leaf.c.ref, leaf.c.document).where(leaf.c.kind == "action").order_by(leaf.c.id)
    for ref, document in connection.execute(query):
        if document is not None:
            yield ref.rpartition("#")[0], _decode(document)


def _actions(connection: Connection, logged: dict[str, list[Document]]) -> Iterator[Finding]:
    seen: set[str] = set()
    for row in connection.execute(select(action)):
        seen.add(row.id)
        states = logged.get(row.id)
        if states is None:
            if row.kind != "erase":
                yield Finding(None, f"{row.id}#{row.states}", "the action is not in the log")
        elif len(states) != row.states or states[-1] != _decode(row.document) or states[-1]["state"] != row.state:
            yield Finding(None, f"{row.id}#{row.states}", "the action is not as it was logged")
    for name in logged.keys() - seen:
        yield Finding(None, f"{name}#1", "the action was logged and is not there any more")


def _replayed(states: list[tuple[str, Document]]) -> dict[str, State]:
    """What became of each alert."""
    found: dict[str, State] = {}
    before: dict[tuple[str, str], State] = {}
    for name, document in states:
        for one in document.get("alerts") or ():
            now = found.get(one, State())
            was = before.setdefault((name, one), now)
            found[one] = _after(now, was, document)
    return found


def _after(now: State, was: State, document: Document) -> State:
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
        return now._replace(status="closed", disposition=document.get("disposition"))
    return now


def _before(now: State, was: State, kind: str) -> State:
    """As it was before an action that is rejected or undone; an assignment made meanwhile stays."""
    assignee = was.assignee if kind in _ASSIGNING else now.assignee
    status = was.status
    if assignee != was.assignee and status != "closed":
        status = "inReview" if assignee else "open"
    return State(status, was.disposition, assignee)


def _deleted(connection: Connection) -> Iterator[Finding]:
    query = select(alert_revision.c.alert).outerjoin(alert, alert.c.id == alert_revision.c.alert)
    for (name,) in connection.execute(query.where(alert.c.id.is_(None)).distinct()):
        yield Finding(None, name, "the alert was raised and is not there any more")


def _row(connection: Connection, row: Any) -> Iterator[Finding]:
    """The alert's row is its last revision."""
    query = select(alert_revision.c.document).where(alert_revision.c.alert == row["id"])
    last = connection.execute(query.order_by(alert_revision.c.revision.desc()).limit(1)).scalar()
    if last is None:
        yield Finding(None, row["id"], "the alert has no revision")
        return
    made = dict(zip(_COLUMNS, alert_row(_decode(last)), strict=True))
    differing = [name for name in _COLUMNS if made[name] != row[name]]
    if differing:
        yield Finding(None, row["id"], f"{differing[0]} is not what the last revision says")


def _review(row: Any, expected: State, hiding: set[str]) -> Iterator[Finding]:
    name = row["id"]
    if row["review_status"] != expected.status:
        yield Finding(None, name, f"it is {row['review_status']}; by the actions in the log it is {expected.status}")
    if row["disposition"] != expected.disposition:
        yield Finding(None, name, "its disposition is of no action in the log")
    if row["assignee"] != expected.assignee:
        yield Finding(None, name, "its assignee is of no action in the log")
    if row["suppressed_by"] is not None and row["suppressed_by"] not in hiding:
        yield Finding(None, name, "it is hidden by no action in the log")
