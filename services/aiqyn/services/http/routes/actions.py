"""Actions: what people do with alerts (interfaces, section 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, cast

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field
from sqlalchemy import Row, func, select
from starlette.responses import JSONResponse

from aiqyn.services.accounts.idempotency import Run
from aiqyn.services.http import paging
from aiqyn.services.http.context import Context, Ctx, context
from aiqyn.services.http.idempotency import run_of
from aiqyn.services.http.own_body import OwnBody
from aiqyn.services.http.problems import Problem, not_found
from aiqyn.services.http.reader import Reader, handles
from aiqyn.services.http.routes.alerts import Filters
from aiqyn.services.http.routes.rules import rules_of
from aiqyn.services.http.security import Caller, needs
from aiqyn.services.reading import alerts as reading
from aiqyn.services.review import actions, asked, consequences, erasure_requests, settling, suppressions
from aiqyn.services.review.errors import ActionRefused
from aiqyn.services.review.linked import links_between
from aiqyn.services.store.database import reading as reading_transaction
from aiqyn.services.store.tables import action, action_alert

router = APIRouter(prefix="/v1/actions", tags=["review"])
Kind = Literal["take", "assign", "comment", "reply", "decide", "suppress", "identify", "erase"]
Words = Annotated[list[str], Query(max_length=100)]
_TEXT = 10_000
_NAME = 400
_LISTS = ("rule", "severity", "certainty", "identity", "stage", "ocid", "entity", "buyer", "company", "person",
          "reviewStatus", "disposition", "assignee")  # fmt: skip
_FLAGS = ("suppressed", "changed", "managed", "retroactive", "all")
_TEXTS = ("from", "to", "minAmount", "validAt", "q")


class Scope(OwnBody):
    rule: str = Field(max_length=20)
    company: str | None = Field(default=None, max_length=_NAME)
    persons: list[str] | None = Field(default=None, max_length=20)
    buyer: str | None = Field(default=None, max_length=_NAME)


class Act(OwnBody):
    kind: Kind
    alerts: list[str] | None = Field(default=None, max_length=1000)
    filter: dict[str, str | bool | list[str]] | None = None
    count: int | None = Field(default=None, ge=0, le=1_000_000)
    disposition: str | None = Field(default=None, max_length=40)
    reason: str | None = Field(default=None, max_length=_TEXT)
    text: str | None = Field(default=None, max_length=_TEXT)
    assignee: str | None = Field(default=None, max_length=64)
    scope: Scope | None = None
    expires: str | None = Field(default=None, max_length=10)
    left: str | None = Field(default=None, max_length=_NAME)
    right: str | None = Field(default=None, max_length=_NAME)
    verdict: str | None = Field(default=None, max_length=20)
    entity: str | None = Field(default=None, max_length=_NAME)


class Reason(OwnBody):
    reason: str | None = Field(default=None, max_length=_TEXT)


@router.post("", status_code=201)
def act(
    body: Act,
    request: Request,
    ctx: Ctx,
    caller: Annotated[Caller, Depends(needs("review", "protect"))],
    dryRun: bool = False,
) -> Response:
    """Take an action on every alert named or filtered, or on none."""
    scope = "protect" if body.kind == "erase" else "review"
    if scope not in caller.scopes:
        raise Problem(403, "scope.missing", f"this needs the scope {scope}")
    made = run_of(request) if not dryRun else None
    if made is not None and (done := actions.taken(ctx.engine, made.id)) is not None:
        return JSONResponse(done, 201)
    if body.filter is not None and body.alerts is not None:
        raise Problem(422, "field.invalid", "either alerts or a filter is wanted", "/filter")
    if body.kind == "take":
        return JSONResponse(take(ctx, caller, body.filter or {}, made), 201)
    if body.kind == "assign" and "assignee" not in body.model_fields_set:
        raise Problem(422, "field.missing", "assign needs assignee: a name or null", "/assignee")
    alerts = tuple(dict.fromkeys(body.alerts or ()))
    if body.filter is not None:
        if body.kind == "assign" and body.assignee == caller.name:
            raise Problem(403, "filter.restricted", "nobody assigns alerts to themselves by a filter; take gives them")
        alerts = filtered(ctx, caller, body.filter, body.count, dryRun)
    match = request.headers.get("if-match")
    if body.reason is not None and not body.reason.strip():
        raise Problem(422, "field.missing", "reason: words are wanted", "/reason")
    whole = asked.Request(
        body.kind, alerts, body.disposition, body.reason, body.text, body.assignee, _scope(ctx, caller, body.scope),
        body.expires, None if match == "*" else match, _id(ctx, caller, body.left), _id(ctx, caller, body.right),
        body.verdict, _id(ctx, caller, body.entity),
    )  # fmt: skip
    return JSONResponse(run(ctx, caller, whole, dryRun, made), 200 if dryRun else 201)


def _not_own(request: Request, caller: Caller) -> None:
    """Whoever made the proposal is told that, whatever their role. Raises Problem 403."""
    ctx, id = context(request), request.path_params["id"]
    if settling.is_author(ctx.engine, actor(caller), id):
        settled(ctx, caller, id, "approve", None)


_settler = needs("approve", "protect", first=_not_own)


@router.post("/{id}/approve")
def approve(id: str, ctx: Ctx, caller: Annotated[Caller, Depends(_settler)], body: Reason | None = None) -> Any:
    """Approve a proposal, as another person."""
    return settled(ctx, caller, id, "approve", body.reason if body is not None else None)


@router.post("/{id}/reject")
def reject(id: str, ctx: Ctx, caller: Annotated[Caller, Depends(_settler)], body: Reason | None = None) -> Any:
    """Reject a proposal, as another person."""
    return settled(ctx, caller, id, "reject", body.reason if body is not None else None)


@router.post("/{id}/undo")
def undo(
    id: str,
    ctx: Ctx,
    caller: Annotated[Caller, Depends(needs("review", "approve", "protect"))],
    body: Reason | None = None,
) -> Any:
    """Take back an action of one's own; a supervisor anybody's."""
    return settled(ctx, caller, id, "undo", body.reason if body is not None else None)


@router.get("")
def listed(
    request: Request,
    response: Response,
    ctx: Ctx,
    caller: Annotated[Caller, Depends(needs("read"))],
    alert: Words = [],
    kind: Words = [],
    state: Words = [],
    by: Words = [],
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
    count: bool = False,
) -> dict[str, Any]:
    """What people did, newest first; `state=proposed` is the inbox for approval."""
    erasure_requests.refresh(ctx.engine, handles(ctx).of)
    place = paging.number(cursor)
    query = select(action.c.number, action.c.document)
    for column, values in ((action.c.kind, kind), (action.c.state, state), (action.c.by, by)):
        if values:
            query = query.where(column.in_([caller.name if value == "me" else value for value in values]))
    if alert:
        query = query.where(action.c.id.in_(select(action_alert.c.action).where(action_alert.c.alert.in_(alert))))
    page = query if place is None else query.where(action.c.number < place)
    with reading_transaction(ctx.engine) as connection:
        rows = connection.execute(page.order_by(action.c.number.desc()).limit(limit + 1)).all()
        total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one() if count else None
    following = paging.pack(rows[limit - 1].number) if len(rows) > limit else None
    items = [_shown(msgspec.json.decode(row.document), caller) for row in rows[:limit]]
    return paging.page(request, response, items, following, total)


def _shown(document: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """Free words about people are for those who review or protect; people themselves stand as handles for everybody."""
    if {"review", "protect"} & caller.scopes:
        return document
    hidden = [name for name in ("text", "reason", "decisionReason") if document.get(name) is not None]
    return {**document, **dict.fromkeys(hidden), "masked": [f"/{name}" for name in hidden]}


def run(
    ctx: Context, caller: Caller, wanted: asked.Request, dry_run: bool = False, made: Run | None = None
) -> dict[str, Any]:
    """Take an action, named by `made` where the request may be made again. Raises Problem."""

    name = handles(ctx).of
    id = made.id if made is not None else None
    try:
        if wanted.kind == "identify" and not dry_run:
            id = consequences.decide(ctx.live, ctx.settings.source, caller.name, wanted, made)
            return actions.act(ctx.engine, actor(caller), wanted, linked(ctx), etag_of, handle=name, id=id)
        return actions.act(ctx.engine, actor(caller), wanted, linked(ctx), etag_of, dry_run, name, id)
    except ActionRefused as error:
        raise problem(ctx, caller, error) from None


def settled(ctx: Context, caller: Caller, id: str, verb: str, reason: str | None) -> dict[str, Any]:
    """Approve, reject or undo. Raises Problem."""
    assert verb in ("approve", "reject", "undo")
    try:
        kind, state, hidden = settling.hidden(ctx.engine, id)
        who, step = actor(caller), cast("settling.Verb", verb)
        if kind == "identify" and verb == "undo" and state == "done":
            settling.settle(ctx.engine, who, id, step, reason, linked(ctx), only_check=True)
            consequences.undecide(ctx.live, ctx.settings.source, id)
        if kind == "erase" and verb == "approve":
            settling.settle(ctx.engine, who, id, step, reason, linked(ctx), only_check=True)
            return consequences.erase(
                ctx.live, ctx.database.store, ctx.engine, ctx.settings, ctx.database.keys, hidden["entity"], id,
                lambda within: settling.settle(ctx.engine, who, id, step, reason, linked(ctx), within),
            )  # fmt: skip
        return settling.settle(ctx.engine, who, id, step, reason, linked(ctx))
    except ActionRefused as error:
        raise problem(ctx, caller, error) from None


def take(
    ctx: Context, caller: Caller, filter: Mapping[str, str | bool | list[str]], made: Run | None = None
) -> dict[str, Any]:
    """Assign the first free alert of the queue to the caller; two callers never get the same. Raises Problem 404."""
    suppressions.refresh(ctx.engine)
    wanted = _narrowed(ctx, caller, filter)
    free = reading.Review(("",), wanted.review.suppressed, wanted.review.changed)
    after = None
    link = linked(ctx)
    while True:
        found = reading.listed(ctx.engine, wanted.alert, free, "priority", after, 20)
        open_ones = [each for each in found.items if each["reviewStatus"] != "closed" or each["review"]["changed"]]
        links = link(caller.person, open_ones) if caller.person is not None and open_ones else {}
        for alert in open_ones:
            if alert["id"] in links:
                continue
            one = asked.Request("take", (alert["id"],), assignee=caller.name, match=etag_of_document(alert))
            try:
                id = made.id if made is not None else None
                return actions.act(ctx.engine, actor(caller), one, link, etag_of, id=id)
            except ActionRefused as error:
                if error.status not in (412, 403, 409):
                    raise problem(ctx, caller, error) from None
        if found.after is None:
            raise not_found("no free alert fits")
        after = found.after


def actor(caller: Caller) -> asked.Actor:
    return asked.Actor(caller.name, caller.person, caller.scopes, "supervisor" in caller.roles)


def linked(ctx: Context) -> actions.Linked:
    """How somebody is linked to alerts, asked of the engine."""

    def ask(person: str, alerts: Sequence[dict[str, Any]]) -> Mapping[str, str]:
        return ctx.live.ask(links_between(person, alerts))

    return ask


def etag_of(row: Row[Any], proposal: str | None) -> str:
    return f'"{row.revision}-{row.review_status}-{row.assignee or ""}-{proposal or ""}"'


def etag_of_document(alert: dict[str, Any]) -> str:
    review = alert["review"]
    return f'"{alert["revision"]}-{alert["reviewStatus"]}-{review["assignee"] or ""}-{review["proposal"] or ""}"'


def problem(ctx: Context, caller: Caller, error: ActionRefused) -> Problem:
    """The problem document of a refusal; `current` is what stands now where somebody was faster."""
    members: dict[str, object] = {}
    if error.refused:
        members["refused"] = [each._asdict() for each in error.refused]
    if error.stale:
        present = [found for id in error.stale[:100] if (found := reading.one(ctx.engine, id)) is not None]
        reader = Reader(ctx, caller)
        now = [{**reader.alert(each), "etag": etag_of_document(each)} for each in present]
        members["current"] = now[0] if len(now) == 1 else now
    return Problem(error.status, error.code, error.detail, error.pointer, members=members)


def filtered(
    ctx: Context,
    caller: Caller,
    filter: Mapping[str, str | bool | list[str]],
    expected: int | None,
    dry_run: bool = False,
) -> tuple[str, ...]:
    """The ids of the alerts that a filter finds, which must be as many as expected. Raises Problem 412, 422."""
    wanted = _narrowed(ctx, caller, filter)
    if expected is None and not dry_run:
        raise Problem(422, "field.missing", "a filter needs the count that you expect", "/count")
    suppressions.refresh(ctx.engine)
    number = reading.count(ctx.engine, wanted.alert, wanted.review)
    if number != expected and expected is not None:
        current = {"count": number}
        raise Problem(412, "state.stale", f"the filter finds {number} alerts now", members={"current": current})
    if number == 0 and dry_run:
        raise not_found("the filter finds no alert")
    if number > asked.MOST:
        raise Problem(422, "field.invalid", f"at most {asked.MOST} alerts at once", "/filter")
    found = reading.listed(ctx.engine, wanted.alert, wanted.review, "raisedAt", None, asked.MOST)
    return tuple(alert["id"] for alert in found.items)


def _narrowed(ctx: Context, caller: Caller, filter: Mapping[str, str | bool | list[str]]) -> Filters:
    """The filter of the URL, as a member. A mistyped one is refused: it never finds everything."""
    values: dict[str, Any] = {}
    for name, value in filter.items():
        if name in _LISTS and not isinstance(value, bool):
            values[name] = [value] if isinstance(value, str) else value
        elif name in _FLAGS and str(value).lower() in ("true", "false"):
            values[name] = str(value).lower() == "true"
        elif name in _TEXTS and isinstance(value, str):
            values["from_" if name == "from" else name] = value
        elif name in (*_LISTS, *_FLAGS, *_TEXTS):
            raise Problem(422, "field.invalid", f"filter: a wrong value of {name!r}", f"/filter/{name}")
        else:
            raise Problem(422, "member.unknown", f"filter: there is no {name[:100]!r}", "/filter")
    return Filters(
        ctx,
        caller,
        **{"from_": None, "to": None, "minAmount": None, "validAt": None, "knownAt": None, "q": None, **values},
    )


def _scope(ctx: Context, caller: Caller, scope: Scope | None) -> dict[str, Any] | None:
    """The scope of a suppression with ids instead of handles."""
    if scope is None:
        return None
    if scope.rule not in rules_of(ctx):
        raise Problem(422, "field.invalid", f"scope: there is no rule {scope.rule!r}", "/scope/rule")
    found = scope.model_dump(exclude_none=True)
    for name in ("company", "buyer"):
        if name in found:
            found[name] = _id(ctx, caller, found[name])
    if "persons" in found:
        found["persons"] = [_id(ctx, caller, each) for each in found["persons"]]
    return found


def _id(ctx: Context, caller: Caller, name: str | None) -> str | None:
    """The id behind a handle; who protects data may name people by it."""
    if not name or ("protect" in caller.scopes and not name.startswith("AIQYN:")):
        return name
    return Reader(ctx, caller).resolve(name)
