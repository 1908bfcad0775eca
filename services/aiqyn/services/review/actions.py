"""Taking actions: all or nothing, in one transaction with what they change and with their leaves of the audit log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import msgspec
from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from aiqyn.services import moments
from aiqyn.services.audit import leaves
from aiqyn.services.review.errors import ActionRefused, Refused
from aiqyn.services.store.database import writing
from aiqyn.services.store.tables import account, action, action_alert, alert, suppression
from aiqyn.streams.moments import rfc3339

KINDS = ("take", "assign", "comment", "reply", "decide", "suppress")
DISPOSITIONS = ("confirmed", "managed", "falseMatch", "notMaterial", "referred", "valuable")
_GRAVE = frozenset({"critical", "high"})
_REVIEW = ("review_status", "disposition", "assignee", "decided_revision", "suppressed_by")
_MOST = 1000
Document = dict[str, Any]
Linked = Callable[[str, Document], str | None]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the account, the person behind it, and what they may."""

    name: str
    person: str | None
    scopes: frozenset[str]
    supervisor: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked; members that the kind does not know are empty."""

    kind: str
    alerts: tuple[str, ...]
    disposition: str | None = None
    reason: str | None = None
    text: str | None = None
    assignee: str | None = None
    scope: Mapping[str, Any] | None = None
    expires: str | None = None
    match: str | None = None
    """The ETag that the actor saw; None: whatever it is now."""


def act(
    engine: Engine, actor: Actor, asked: Request, linked: Linked, etag: Callable[[Row[Any], str | None], str],
    dry_run: bool = False,
) -> Document:  # fmt: skip
    """Take an action on every alert named, or on none. Raises ActionRefused.

    `linked` tells how a person is linked to an alert (asked of the engine before the transaction); `etag` what the
    state of an alert is called.
    """
    _check(asked)
    now = moments.now()
    with writing(engine) as connection:
        rows = _rows(connection, asked.alerts)
        if asked.match is not None and not dry_run:
            _same(connection, rows, asked.match, etag)
        refused = _refusals(connection, actor, asked, rows, linked)
        if refused and not dry_run:
            return _refuse(connection, actor, asked, refused, now)
        second = _needs_second(asked, rows)
        if dry_run:
            return {
                "kind": asked.kind, "alerts": list(asked.alerts), "count": len(rows), "needsApproval": second,
                "refused": [each._asdict() for each in refused],
            }  # fmt: skip
        document = _document(actor, asked, rows, second, now)
        _write(connection, document, rows, now)
        if second:
            _each(connection, rows, review_status="inReview")
        else:
            _apply(connection, document, rows)
    return document


def settle(engine: Engine, actor: Actor, id: str, verb: str, reason: str | None, linked: Linked) -> Document:
    """Approve, reject or undo an action. Raises ActionRefused."""
    now = moments.now()
    with writing(engine) as connection:
        query = select(action).where(action.c.id == id)
        found = connection.execute(query.with_for_update()).one_or_none()
        if found is None:
            raise ActionRefused(404, "notFound", "there is no action of this id")
        document: Document = msgspec.json.decode(found.document)
        rows = _rows(connection, tuple(document["alerts"]))
        why = _unsettled(connection, actor, found, verb, rows, linked)
        if why is not None:
            _tell_refusal(connection, actor, {"action": id, "verb": verb, "code": why.code}, now)
        else:
            document = _settled(connection, actor, found, document, rows, verb, reason, now)
    if why is not None:
        raise why
    return document


# --- what may be done ----------------------------------------------------------------------------------------------


def _check(asked: Request) -> None:
    """Members that a kind needs. Raises ActionRefused 422."""
    if asked.kind not in KINDS:
        raise ActionRefused(422, "field.invalid", f"kind: one of {', '.join(KINDS)}", pointer="/kind")
    if not asked.alerts:
        raise ActionRefused(422, "field.missing", "alerts: at least one is wanted", pointer="/alerts")
    if len(set(asked.alerts)) > _MOST:
        raise ActionRefused(422, "field.invalid", f"alerts: at most {_MOST} at once", pointer="/alerts")
    needed = {"decide": ("disposition", "reason"), "suppress": ("scope", "reason", "expires"), "comment": ("text",),
              "reply": ("text",)}.get(asked.kind, ())  # fmt: skip
    for name in needed:
        value = getattr(asked, name)
        if not value or (isinstance(value, str) and not value.strip()):
            raise ActionRefused(422, "field.missing", f"{asked.kind} needs {name}", pointer=f"/{name}")
    if asked.disposition is not None and asked.disposition not in DISPOSITIONS:
        raise ActionRefused(422, "field.invalid", "disposition: unknown", pointer="/disposition")
    if asked.kind == "suppress":
        _check_suppression(asked)


def _check_suppression(asked: Request) -> None:
    scope = asked.scope or {}
    if not scope.get("rule") or not any(scope.get(name) for name in ("company", "persons", "buyer")):
        raise ActionRefused(422, "field.invalid", "scope: a rule and one more are wanted", pointer="/scope")
    today = date.today()
    try:
        ends = date.fromisoformat(asked.expires or "")
    except ValueError:
        raise ActionRefused(422, "field.invalid", "expires: a day is wanted", pointer="/expires") from None
    if not today < ends <= today + timedelta(days=366):
        raise ActionRefused(422, "field.invalid", "expires: a day within a year is wanted", pointer="/expires")


def _rows(connection: Connection, ids: Sequence[str]) -> list[Row[Any]]:
    """The alerts, locked, in order of id. Raises ActionRefused 404."""
    wanted = sorted(set(ids))
    rows: list[Row[Any]] = []
    for start in range(0, len(wanted), 500):
        query = select(alert).where(alert.c.id.in_(wanted[start : start + 500])).order_by(alert.c.id)
        rows.extend(connection.execute(query.with_for_update()))
    if len(rows) != len(wanted):
        raise ActionRefused(404, "notFound", "one of these alerts does not exist")
    return rows


def _refusals(
    connection: Connection, actor: Actor, asked: Request, rows: Sequence[Row[Any]], linked: Linked
) -> list[Refused]:
    judged = {"decide", "suppress"}
    person = actor.person
    if asked.kind in ("assign", "take") and asked.assignee is not None:
        owner = connection.execute(select(account).where(account.c.name == asked.assignee)).one_or_none()
        if owner is None or owner.disabled:
            raise ActionRefused(422, "field.invalid", "assignee: there is no such user", pointer="/assignee")
        person = owner.person
        judged = {"assign", "take"}
    found: list[Refused] = []
    waiting = _proposed(connection, [row.id for row in rows])
    for row in rows:
        document: Document = msgspec.json.decode(row.document)
        if asked.kind in judged and person is not None and (how := linked(person, document)) is not None:
            found.append(Refused(row.id, "review.linked", f"the records link this reviewer to it: {how}"))
        elif asked.kind in ("decide", "suppress") and row.id in waiting:
            found.append(Refused(row.id, "state.wrong", "a proposal on it waits for a second person"))
        elif asked.kind == "decide" and row.review_status == "closed" and row.decided_revision == row.revision:
            found.append(Refused(row.id, "state.wrong", "it is closed and has not changed since"))
    return found


def _refuse(connection: Connection, actor: Actor, asked: Request, refused: Sequence[Refused], now: int) -> Document:
    """Leave the refusal in the log, commit that, and refuse."""
    _tell_refusal(connection, actor, {"kind": asked.kind, "refused": [each._asdict() for each in refused]}, now)
    connection.commit()
    only = {each.code for each in refused}
    status, code = (403, "review.linked") if "review.linked" in only else (409, "review.refused")
    raise ActionRefused(status, code, refused[0].detail, refused)


def _same(
    connection: Connection, rows: Sequence[Row[Any]], match: str, etag: Callable[[Row[Any], str | None], str]
) -> None:
    waiting = _proposed(connection, [row.id for row in rows])
    if any(etag(row, waiting.get(row.id)) != match for row in rows):
        raise ActionRefused(412, "state.stale", "somebody was faster: the alert is no longer what you saw")


def _needs_second(asked: Request, rows: Sequence[Row[Any]]) -> bool:
    if asked.kind == "suppress":
        return True
    return asked.kind == "decide" and any(row.severity in _GRAVE for row in rows)


def _unsettled(
    connection: Connection, actor: Actor, found: Row[Any], verb: str, rows: Sequence[Row[Any]], linked: Linked
) -> ActionRefused | None:
    if verb == "undo":
        return _not_undone(connection, actor, found)
    if "approve" not in actor.scopes:
        return ActionRefused(403, "scope.missing", "this needs the scope approve")
    author = connection.execute(select(account.c.person).where(account.c.name == found.by)).scalar()
    if found.by == actor.name or (author is not None and author == actor.person):
        return ActionRefused(403, "review.selfApproval", "nobody approves or rejects their own proposal")
    if found.state != "proposed":
        return ActionRefused(409, "state.wrong", f"the action is {found.state}")
    if verb == "approve" and actor.person is not None:
        for row in rows:
            how = linked(actor.person, msgspec.json.decode(row.document))
            if how is not None:
                return ActionRefused(403, "review.linked", f"the records link you to it: {how}",
                                     [Refused(row.id, "review.linked", how)])  # fmt: skip
    return None


def _not_undone(connection: Connection, actor: Actor, found: Row[Any]) -> ActionRefused | None:
    if found.by != actor.name and not actor.supervisor:
        return ActionRefused(403, "scope.missing", "its author or a supervisor undoes an action")
    if found.state not in ("done", "proposed") or found.kind in ("comment", "reply"):
        return ActionRefused(409, "state.wrong", f"an action of kind {found.kind} that is {found.state} stays")
    mine = select(action_alert.c.alert).where(action_alert.c.action == found.id)
    later = (
        select(action.c.id)
        .join(action_alert, action_alert.c.action == action.c.id)
        .where(
            action.c.number > found.number,
            action.c.kind.in_(("take", "assign", "decide", "suppress")),
            action.c.state.in_(("done", "proposed")),
            action_alert.c.alert.in_(mine),
        )
    )
    if connection.execute(later.limit(1)).first() is not None:
        return ActionRefused(409, "state.wrong", "another action touched one of its alerts since")
    return None


# --- what is done --------------------------------------------------------------------------------------------------


def _document(actor: Actor, asked: Request, rows: Sequence[Row[Any]], second: bool, now: int) -> Document:
    document: Document = {
        "id": str(uuid4()), "kind": asked.kind, "state": "proposed" if second else "done", "by": actor.name,
        "at": rfc3339(now), "alerts": [row.id for row in rows], "count": len(rows),
    }  # fmt: skip
    for name in ("disposition", "reason", "text", "scope", "expires"):
        if getattr(asked, name) is not None:
            document[name] = getattr(asked, name)
    if asked.kind in ("take", "assign"):
        document["assignee"] = asked.assignee
    return {**document, "needsApproval": second, "decidedBy": None}


def _write(connection: Connection, document: Document, rows: Sequence[Row[Any]], now: int) -> None:
    before = {row.id: {name: getattr(row, name) for name in _REVIEW} for row in rows}
    connection.execute(
        insert(action).values(
            id=document["id"], kind=document["kind"], state=document["state"], by=document["by"], at=now, states=1,
            document=msgspec.json.encode(document).decode(), before=msgspec.json.encode(before).decode(),
        )
    )  # fmt: skip
    connection.execute(insert(action_alert), [{"action": document["id"], "alert": row.id} for row in rows])
    leaves.record(connection, "action", f"{document['id']}#1", document, now)


def _apply(connection: Connection, document: Document, rows: Sequence[Row[Any]]) -> None:
    """What a done action changes."""
    kind = document["kind"]
    if kind in ("take", "assign"):
        name = document["assignee"]
        for row in rows:
            status = row.review_status if row.review_status == "closed" else "inReview" if name else "open"
            _each(connection, [row], assignee=name, review_status=status)
    elif kind == "decide":
        for row in rows:
            _each(connection, [row], review_status="closed", disposition=document["disposition"],
                  decided_revision=row.revision)  # fmt: skip
    elif kind == "suppress":
        scope = document["scope"]
        persons = scope.get("persons")
        connection.execute(
            insert(suppression).values(
                action=document["id"], rule=scope["rule"], company=scope.get("company"), buyer=scope.get("buyer"),
                persons=msgspec.json.encode(sorted(persons)).decode() if persons else None,
                expires=document["expires"], active=True,
            )
        )  # fmt: skip
        _hide(connection, document["id"], scope)


def _hide(connection: Connection, id: str, scope: Mapping[str, Any]) -> None:
    """Hide every alert that the scope matches."""
    rows = connection.execute(select(alert).where(alert.c.rule == scope["rule"], alert.c.suppressed_by.is_(None)))
    for row in rows.all():
        if matches(scope, msgspec.json.decode(row.document)):
            _each(connection, [row], suppressed_by=id)


def matches(scope: Mapping[str, Any], document: Document) -> bool:
    """Whether a suppression's scope holds for an alert."""
    return (
        scope["rule"] == document["rule"]
        and (not scope.get("company") or scope["company"] in document["companies"])
        and (not scope.get("buyer") or scope["buyer"] == document["buyer"])
        and (not scope.get("persons") or set(scope["persons"]) <= set(document["persons"]))
    )


def _settled(
    connection: Connection, actor: Actor, found: Row[Any], document: Document, rows: Sequence[Row[Any]], verb: str,
    reason: str | None, now: int,
) -> Document:  # fmt: skip
    state = {"approve": "done", "reject": "rejected", "undo": "undone"}[verb]
    document = {**document, "state": state, "decidedBy": actor.name, "decidedAt": rfc3339(now)}
    if reason:
        document["decisionReason"] = reason
    number = found.states + 1
    connection.execute(
        update(action)
        .where(action.c.id == found.id, action.c.states == found.states)
        .values(
            state=state, decided_by=actor.name, decided_at=now, states=number,
            document=msgspec.json.encode(document).decode(),
        )
    )  # fmt: skip
    leaves.record(connection, "action", f"{found.id}#{number}", document, now)
    if verb == "approve":
        _apply(connection, document, rows)
    else:
        _restore(connection, found)
    return document


def _restore(connection: Connection, found: Row[Any]) -> None:
    """All as it was before the action."""
    before: dict[str, dict[str, Any]] = msgspec.json.decode(found.before or "{}")
    connection.execute(update(alert).where(alert.c.suppressed_by == found.id).values(suppressed_by=None))
    connection.execute(delete(suppression).where(suppression.c.action == found.id))
    for id, values in before.items():
        connection.execute(update(alert).where(alert.c.id == id).values(**values))


def _each(connection: Connection, rows: Sequence[Row[Any]], **values: object) -> None:
    for row in rows:
        connection.execute(update(alert).where(alert.c.id == row.id).values(**values))


def _proposed(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(ids), 500):
        query = (
            select(action_alert.c.alert, action.c.id)
            .join(action, action.c.id == action_alert.c.action)
            .where(action_alert.c.alert.in_(list(ids[start : start + 500])), action.c.state == "proposed")
        )
        found.update({row.alert: row.id for row in connection.execute(query)})
    return found


def _tell_refusal(connection: Connection, actor: Actor, what: Mapping[str, object], now: int) -> None:
    id = str(uuid4())
    leaves.record(connection, "refusal", id, {"id": id, "by": actor.name, "at": rfc3339(now), **what}, now)
