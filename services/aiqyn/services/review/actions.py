"""Taking actions: all or nothing, in one transaction with what they change and with their leaves of the audit log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import uuid4

import msgspec
from sqlalchemy import Connection, Engine, Row, insert, select

from aiqyn.services import moments
from aiqyn.services.audit import leaves
from aiqyn.services.review import rows, suppressions
from aiqyn.services.review.asked import DISPOSITIONS, KINDS, Actor, Request, check
from aiqyn.services.review.effects import apply
from aiqyn.services.review.errors import ActionRefused, Refused
from aiqyn.services.store.database import reading
from aiqyn.services.store.tables import account, action, action_alert
from aiqyn.streams.moments import rfc3339

__all__ = ["DISPOSITIONS", "KINDS", "Actor", "Document", "Linked", "Request", "act", "taken", "tell_refusal"]

_GRAVE = frozenset({"critical", "high"})
_JUDGED = frozenset({"decide", "suppress"})
_ASSIGNING = frozenset({"take", "assign"})
_TRIES = 5
Document = dict[str, Any]
Linked = Callable[[str, Sequence[Document]], Mapping[str, str]]
"""How a person is linked to alerts, in words by the alert's id; asked of the engine."""
Etag = Callable[[Row[Any], str | None], str]
Handle = Callable[[str], str]
"""What a restricted id is called in documents that others read."""


def act(
    engine: Engine,
    actor: Actor,
    asked: Request,
    linked: Linked,
    etag: Etag,
    dry_run: bool = False,
    handle: Handle = str,
    id: str | None = None,
) -> Document:
    """Take an action on every alert named, or on none. Raises ActionRefused.

    The engine is asked before the transaction, never in it: it may itself be waiting to write.
    """
    check(asked)
    for _ in range(_TRIES):
        seen, links = _links(engine, actor, asked, linked)
        done, error = _once(engine, actor, asked, seen, links, etag, dry_run, handle, id or str(uuid4()))
        if error is not None:
            raise error
        if done is not None:
            return done
    raise ActionRefused(409, "state.wrong", "the alerts change too fast at this moment; try again")


def taken(engine: Engine, id: str) -> Document | None:
    """The action of that id as it is now; None: there is none."""
    with reading(engine) as connection:
        found = connection.execute(select(action.c.document).where(action.c.id == id)).scalar()
    return msgspec.json.decode(found) if found is not None else None


def _links(engine: Engine, actor: Actor, asked: Request, linked: Linked) -> tuple[dict[str, int], Mapping[str, str]]:
    """The revisions that the engine was asked about, and how whoever is to judge them is linked to them."""
    if asked.kind in _JUDGED:
        person = actor.person
    elif asked.kind in _ASSIGNING and asked.assignee is not None:
        person = _assignee(engine, asked.assignee)
    else:
        return {}, {}
    if person is None:
        return {}, {}
    with reading(engine) as connection:
        found = rows.alerts(connection, asked.alerts, lock=False)
        documents = [msgspec.json.decode(row.document) for row in found]
        if asked.kind == "suppress" and asked.scope is not None:
            documents += suppressions.subjects(connection, asked.scope)
    return {row.id: row.revision for row in found}, linked(person, documents)


def _assignee(engine: Engine, name: str) -> str | None:
    """The person of somebody who is to get alerts. Raises ActionRefused 422."""
    with reading(engine) as connection:
        owner = connection.execute(select(account).where(account.c.name == name)).one_or_none()
    if owner is None or owner.disabled or not {"auditor", "supervisor"} & set(msgspec.json.decode(owner.roles)):
        raise ActionRefused(422, "field.invalid", "assignee: there is no such reviewer", pointer="/assignee")
    person: str | None = owner.person
    return person


def _once(
    engine: Engine,
    actor: Actor,
    asked: Request,
    seen: Mapping[str, int],
    links: Mapping[str, str],
    etag: Etag,
    dry_run: bool,
    handle: Handle,
    id: str,
) -> tuple[Document | None, ActionRefused | None]:
    """One transaction. None twice: an alert was revised since the engine was asked."""
    now = moments.now()
    with rows.changing(engine) as connection:
        found = rows.alerts(connection, asked.alerts)
        if any(seen.get(row.id, row.revision) != row.revision for row in found):
            return None, None
        waiting = rows.proposals(connection, [row.id for row in found])
        stale = asked.match is not None and any(etag(row, waiting.get(row.id)) != asked.match for row in found)
        if stale and not dry_run:
            return None, _stale(found)
        refused = _refusals(asked, found, links, waiting)
        second = _needs_second(asked, found)
        if dry_run:
            return _preview(asked, found, second, refused), None
        if refused:
            return None, _refuse(connection, actor, asked, refused, now)
        document = _document(id, actor, asked, found, second, now, handle)
        _write(connection, document, asked, found, now)
        apply(connection, document, hidden_of(asked), found)
    return document, None


def _preview(asked: Request, found: Sequence[Row[Any]], second: bool, refused: Sequence[Refused]) -> Document:
    return {
        "kind": asked.kind,
        "alerts": [row.id for row in found],
        "count": len(found),
        "needsApproval": second,
        "refused": [each._asdict() for each in refused],
    }


def _stale(found: Sequence[Row[Any]]) -> ActionRefused:
    return ActionRefused(
        412, "state.stale", "somebody was faster: the alert is no longer what you saw", stale=[row.id for row in found]
    )


def _refusals(
    asked: Request, found: Sequence[Row[Any]], links: Mapping[str, str], waiting: Mapping[str, str]
) -> list[Refused]:
    refused = linked_to(links, "the records link the reviewer to it")
    for row in found:
        if row.id in links:
            continue
        if asked.kind in _JUDGED and row.id in waiting:
            refused.append(Refused(row.id, "state.wrong", "a proposal on it waits for a second person"))
        elif asked.kind == "decide" and row.review_status == "closed" and row.decided_revision == row.revision:
            refused.append(Refused(row.id, "state.wrong", "it is closed and has not changed since"))
    return refused


def linked_to(links: Mapping[str, str], words: str) -> list[Refused]:
    """The alerts that somebody is linked to; without any, the scope of a suppression (id "") where it is."""
    named = {id: how for id, how in links.items() if id} or links
    return [Refused(id or None, "review.linked", f"{words}: {how}") for id, how in named.items()]


def _refuse(
    connection: Connection, actor: Actor, asked: Request, refused: Sequence[Refused], now: int
) -> ActionRefused:
    """Leave the refusal in the log."""
    told = {
        "kind": asked.kind,
        "alerts": [each.alert for each in refused if each.alert],
        "refused": [each._asdict() for each in refused],
    }
    tell_refusal(connection, actor, told, now)
    cause = next((each for each in refused if each.code == "review.linked"), None)
    if cause is not None:
        return ActionRefused(403, "review.linked", cause.detail, refused)
    return ActionRefused(409, "review.refused", refused[0].detail, refused)


def tell_refusal(connection: Connection, actor: Actor, what: Mapping[str, object], now: int) -> None:
    """A leaf about what somebody was refused."""
    id = str(uuid4())
    leaves.record(connection, "refusal", id, {"id": id, "by": actor.name, "at": rfc3339(now), **what}, now)


def _needs_second(asked: Request, found: Sequence[Row[Any]]) -> bool:
    if asked.kind in ("suppress", "erase"):
        return True
    return asked.kind == "decide" and any(row.severity in _GRAVE for row in found)


def hidden_of(asked: Request) -> Document:
    """What the document of the action must not show: whom it names."""
    found: Document = {}
    for name in ("left", "right", "entity"):
        value = getattr(asked, name)
        if value is not None:
            found[name] = value
    if asked.scope is not None:
        found["scope"] = dict(asked.scope)
    return found


def _document(
    id: str, actor: Actor, asked: Request, found: Sequence[Row[Any]], second: bool, now: int, handle: Handle
) -> Document:
    document: Document = {
        "id": id, "kind": asked.kind, "state": "proposed" if second else "done", "by": actor.name,
        "at": rfc3339(now), "alerts": [row.id for row in found], "count": len(found),
    }  # fmt: skip
    for name in ("disposition", "reason", "text", "expires", "verdict"):
        if getattr(asked, name) is not None:
            document[name] = getattr(asked, name)
    for name in ("left", "right", "entity"):
        if getattr(asked, name) is not None:
            document[name] = handle(getattr(asked, name))
    if asked.scope is not None:
        document["scope"] = dict(asked.scope)
        if asked.scope.get("persons"):
            document["scope"]["persons"] = [handle(each) for each in asked.scope["persons"]]
    if asked.kind in _ASSIGNING:
        document["assignee"] = asked.assignee
    if asked.kind == "decide" and not second:
        document["revisions"] = revisions_of(found)
    return {**document, "needsApproval": second, "decidedBy": None}


def revisions_of(found: Sequence[Row[Any]]) -> dict[str, int]:
    """The revision of each alert that a decision is about."""
    return {row.id: row.revision for row in found}


def _write(connection: Connection, document: Document, asked: Request, found: Sequence[Row[Any]], now: int) -> None:
    before = {row.id: {name: getattr(row, name) for name in rows.REVIEW} for row in found}
    kept = {"alerts": before, "hidden": hidden_of(asked)}
    connection.execute(
        insert(action).values(
            id=document["id"], kind=document["kind"], state=document["state"], by=document["by"], at=now, states=1,
            document=msgspec.json.encode(document).decode(), before=msgspec.json.encode(kept).decode(),
        )
    )  # fmt: skip
    if found:
        connection.execute(insert(action_alert), [{"action": document["id"], "alert": row.id} for row in found])
    leaves.record(connection, "action", f"{document['id']}#1", document, now)
