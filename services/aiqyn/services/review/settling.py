"""The second person: approve, reject; and undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Engine, Row, and_, func, or_, select, update

from aiqyn.services import moments
from aiqyn.services.audit import leaves
from aiqyn.services.review import rows, suppressions
from aiqyn.services.review.actions import Linked, linked_to, revisions_of, tell_refusal
from aiqyn.services.review.asked import Actor
from aiqyn.services.review.effects import apply, restore
from aiqyn.services.review.errors import ActionRefused, Refused
from aiqyn.services.store.database import reading
from aiqyn.services.store.tables import account, action, action_alert
from aiqyn.streams.moments import rfc3339

Verb = Literal["approve", "reject", "undo"]
Document = dict[str, Any]
Within = Callable[[Connection, Row[Any], Document], None]
"""What else is done in the same transaction; it may change the document."""
_STATE = {"approve": "done", "reject": "rejected", "undo": "undone"}
_FINAL = frozenset({"comment", "reply"})
_TOUCHING = ("take", "assign", "decide", "suppress")
_TRIES = 5


def settle(
    engine: Engine,
    actor: Actor,
    id: str,
    verb: Verb,
    reason: str | None,
    linked: Linked,
    within: Within | None = None,
    only_check: bool = False,
) -> Document:
    """Approve, reject or undo an action. Raises ActionRefused. `only_check`: whether it would be, and nothing more."""
    for _ in range(_TRIES):
        seen, links = _links(engine, actor, id, verb, linked)
        done, error = _once(engine, actor, id, verb, reason, seen, links, within, only_check)
        if error is not None:
            raise error
        if done is not None:
            return done
    raise ActionRefused(409, "state.wrong", "the alerts change too fast at this moment; try again")


def _links(engine: Engine, actor: Actor, id: str, verb: Verb, linked: Linked) -> tuple[dict[str, int], Any]:
    if verb != "approve" or actor.person is None:
        return {}, {}
    with reading(engine) as connection:
        found = _action(connection, id, lock=False)
        listed = rows.alerts(connection, msgspec.json.decode(found.document)["alerts"], lock=False)
        documents = [msgspec.json.decode(row.document) for row in listed]
        if found.kind == "suppress":
            documents += suppressions.subjects(connection, msgspec.json.decode(found.before)["hidden"]["scope"])
    return {row.id: row.revision for row in listed}, linked(actor.person, documents)


def _once(
    engine: Engine,
    actor: Actor,
    id: str,
    verb: Verb,
    reason: str | None,
    seen: dict[str, int],
    links: dict[str, str],
    within: Within | None,
    only_check: bool,
) -> tuple[Document | None, ActionRefused | None]:
    now = moments.now()
    with rows.changing(engine) as connection:
        found = _action(connection, id, lock=True)
        document: Document = msgspec.json.decode(found.document)
        listed = rows.alerts(connection, document["alerts"])
        if any(seen.get(row.id, row.revision) != row.revision for row in listed):
            return None, None
        why = _unsettled(connection, actor, found, verb, links)
        if why is not None:
            told = {"action": id, "verb": verb, "alerts": document["alerts"], "code": why.code, "detail": why.detail}
            tell_refusal(connection, actor, told, now)
            return None, why
        if only_check:
            return document, None
        return _settled(connection, actor, found, document, listed, verb, reason, now, within), None


def _action(connection: Connection, id: str, *, lock: bool) -> Row[Any]:
    query = select(action).where(action.c.id == id)
    found = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise ActionRefused(404, "notFound", "there is no action of this id")
    return found


def _unsettled(
    connection: Connection, actor: Actor, found: Row[Any], verb: Verb, links: dict[str, str]
) -> ActionRefused | None:
    if verb == "undo":
        return _not_undone(connection, actor, found)
    wanted = {"approve", "protect"} if found.kind == "erase" else {"approve"}
    author = _made_by(connection, actor, found)
    if not author and not wanted & actor.scopes:
        return ActionRefused(403, "scope.missing", f"this needs the scope {' or '.join(sorted(wanted))}")
    if found.state != "proposed":
        return ActionRefused(409, "state.wrong", f"the action is {found.state}")
    if author:  # Whatever their role: they are told that it takes another person, not which right they lack.
        detail = "nobody approves or rejects their own proposal"
        alerts = msgspec.json.decode(found.document)["alerts"]
        refused = [Refused(each, "review.selfApproval", detail) for each in alerts]
        return ActionRefused(403, "review.selfApproval", detail, refused)
    if verb == "approve" and links:
        refused = linked_to(links, "the records link you to it")
        return ActionRefused(403, "review.linked", refused[0].detail, refused)
    return None


def is_author(engine: Engine, actor: Actor, id: str) -> bool:
    """Whether the actor, or another account of the same person, made the action."""
    with reading(engine) as connection:
        found = connection.execute(select(action).where(action.c.id == id)).one_or_none()
        return found is not None and _made_by(connection, actor, found)


def _made_by(connection: Connection, actor: Actor, found: Row[Any]) -> bool:
    """The same account, or another one of the same person."""
    if found.by == actor.name:
        return True
    author = connection.execute(select(account.c.person).where(account.c.name == found.by)).scalar()
    return author is not None and author == actor.person


def _not_undone(connection: Connection, actor: Actor, found: Row[Any]) -> ActionRefused | None:
    mine = found.by == actor.name and ("protect" if found.kind == "erase" else "review") in actor.scopes
    if not mine and not actor.supervisor:
        return ActionRefused(403, "scope.missing", "its author or a supervisor undoes an action")
    if found.kind in _FINAL or (found.kind == "erase" and found.state == "done"):
        return ActionRefused(409, "state.wrong", f"an action of kind {found.kind} cannot be undone")
    if found.state not in ("done", "proposed"):
        return ActionRefused(409, "state.wrong", f"the action is {found.state}")
    if _touched_since(connection, found):
        return ActionRefused(409, "state.wrong", "another action touched one of its alerts since")
    return None


def _touched_since(connection: Connection, found: Row[Any]) -> bool:
    """Whether another action on one of the alerts came, was approved or rejected later; what was undone is as if it
    had never been."""
    mine = select(action_alert.c.alert).where(action_alert.c.action == found.id)
    settled = found.decided_at or found.at
    touching = (
        select(action.c.id)
        .join(action_alert, action_alert.c.action == action.c.id)
        .where(
            action.c.id != found.id,
            action.c.kind.in_(_TOUCHING),
            action.c.state != "undone",
            action_alert.c.alert.in_(mine),
            or_(
                and_(action.c.number > found.number, action.c.state != "rejected"),
                func.coalesce(action.c.decided_at, 0) > settled,
            ),
        )
    )
    return connection.execute(touching.limit(1)).first() is not None


def _settled(
    connection: Connection,
    actor: Actor,
    found: Row[Any],
    document: Document,
    listed: Sequence[Row[Any]],
    verb: Verb,
    reason: str | None,
    now: int,
    within: Within | None,
) -> Document:
    document = {**document, "state": _STATE[verb], "decidedBy": actor.name, "decidedAt": rfc3339(now)}
    if reason:
        document["decisionReason"] = reason
    if verb == "approve" and found.kind == "decide":
        document["revisions"] = revisions_of(listed)
    if within is not None:
        within(connection, found, document)
    number = found.states + 1
    connection.execute(
        update(action)
        .where(action.c.id == found.id)
        .values(
            state=document["state"], decided_by=actor.name, decided_at=now, states=number,
            document=msgspec.json.encode(document).decode(),
        )
    )  # fmt: skip
    leaves.record(connection, "action", f"{found.id}#{number}", document, now)
    kept = msgspec.json.decode(found.before or "{}")
    if verb == "approve":
        apply(connection, document, kept.get("hidden", {}), listed)
    else:
        restore(connection, document, kept.get("alerts", {}), listed)
    return document


def hidden(engine: Engine, id: str) -> tuple[str, str, Document]:
    """Kind, state and whom an action names. Raises ActionRefused 404."""
    with reading(engine) as connection:
        found = _action(connection, id, lock=False)
    return found.kind, found.state, msgspec.json.decode(found.before or "{}").get("hidden", {})
