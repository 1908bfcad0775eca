"""Actions: what people do with alerts (interfaces, section 7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row, select
from starlette.responses import JSONResponse, Response

from aiqyn.services.http import paging
from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.problems import Problem, not_found
from aiqyn.services.http.security import Caller, needs
from aiqyn.services.reading import alerts as reading
from aiqyn.services.review import actions
from aiqyn.services.review.errors import ActionRefused
from aiqyn.services.review.linked import link_between
from aiqyn.services.store.alert_filter import AlertFilter
from aiqyn.services.store.database import reading as reading_transaction
from aiqyn.services.store.tables import action, action_alert

router = APIRouter(prefix="/v1/actions", tags=["review"])
Kind = Literal["take", "assign", "comment", "reply", "decide", "suppress"]
_TEXT = 10_000


class Scope(BaseModel):
    model_config = ConfigDict(extra="forbid")
    rule: str = Field(max_length=20)
    company: str | None = Field(default=None, max_length=300)
    persons: list[str] | None = Field(default=None, max_length=20)
    buyer: str | None = Field(default=None, max_length=300)


class Act(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Kind
    alerts: list[str] | None = Field(default=None, max_length=1000)
    filter: dict[str, str | list[str]] | None = None
    count: int | None = Field(default=None, ge=0, le=1_000_000)
    disposition: str | None = Field(default=None, max_length=40)
    reason: str | None = Field(default=None, max_length=_TEXT)
    text: str | None = Field(default=None, max_length=_TEXT)
    assignee: str | None = Field(default=None, max_length=64)
    scope: Scope | None = None
    expires: str | None = Field(default=None, max_length=10)


class Reason(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: str | None = Field(default=None, max_length=_TEXT)


@router.post("", status_code=201)
def act(
    body: Act,
    request: Request,
    ctx: Ctx,
    caller: Annotated[Caller, Depends(needs("review"))],
    dryRun: bool = False,
) -> Response:
    """Take an action on every alert named or filtered, or on none."""
    if body.kind == "take":
        return JSONResponse(take(ctx, caller, body.filter or {}), 201)
    alerts = tuple(body.alerts or ())
    if body.filter is not None:
        alerts = _filtered(ctx, body)
    asked = actions.Request(
        body.kind, alerts, body.disposition, body.reason, body.text, body.assignee,
        body.scope.model_dump(exclude_none=True) if body.scope else None, body.expires, request.headers.get("if-match"),
    )  # fmt: skip
    return JSONResponse(run(ctx, caller, asked, dryRun), 200 if dryRun else 201)


@router.post("/{id}/{verb}")
def settle(
    id: str,
    verb: Literal["approve", "reject", "undo"],
    ctx: Ctx,
    caller: Annotated[Caller, Depends(needs("review", "approve", "protect"))],
    body: Reason | None = None,
) -> dict[str, Any]:
    """Approve, reject or undo an action."""
    return settled(ctx, caller, id, verb, body.reason if body is not None else None)


@router.get("")
def listed(
    ctx: Ctx,
    caller: Annotated[Caller, Depends(needs("read"))],
    alert: Annotated[list[str], Query(max_length=100)] = [],
    kind: Annotated[list[str], Query(max_length=20)] = [],
    state: Annotated[list[str], Query(max_length=10)] = [],
    by: Annotated[list[str], Query(max_length=20)] = [],
    limit: Annotated[int, Query(ge=1, le=paging.MOST)] = paging.DEFAULT_LIMIT,
) -> dict[str, Any]:
    """What people did, newest first; `state=proposed` is the inbox for approval."""
    query = select(action.c.document).order_by(action.c.number.desc()).limit(limit)
    for column, values in ((action.c.kind, kind), (action.c.state, state), (action.c.by, by)):
        if values:
            query = query.where(column.in_(values))
    if alert:
        query = query.where(action.c.id.in_(select(action_alert.c.action).where(action_alert.c.alert.in_(alert))))
    with reading_transaction(ctx.engine) as connection:
        items = [msgspec.json.decode(document) for document in connection.execute(query).scalars()]
    return {"items": items, "next": None, "total": None}


def run(ctx: Context, caller: Caller, asked: actions.Request, dry_run: bool = False) -> dict[str, Any]:
    """Take an action. Raises Problem."""
    try:
        return actions.act(ctx.engine, actor(caller), asked, linked(ctx), etag_of, dry_run)
    except ActionRefused as error:
        raise problem(ctx, error) from None


def settled(ctx: Context, caller: Caller, id: str, verb: str, reason: str | None) -> dict[str, Any]:
    """Approve, reject or undo. Raises Problem."""
    try:
        return actions.settle(ctx.engine, actor(caller), id, verb, reason, linked(ctx))
    except ActionRefused as error:
        raise problem(ctx, error) from None


def take(ctx: Context, caller: Caller, filter: dict[str, str | list[str]]) -> dict[str, Any]:
    """Assign the first free alert of the queue to the caller; two callers never get the same. Raises Problem 404."""
    wanted = _narrowed(filter)
    after = None
    link = linked(ctx)
    while True:
        found = reading.listed(ctx.engine, wanted, reading.Review(("",), False, None), "priority", after, 20)
        for alert in found.items:
            if caller.person is not None and link(caller.person, alert) is not None:
                continue
            match = etag_of_document(alert)
            asked = actions.Request("take", (alert["id"],), assignee=caller.name, match=match)
            try:
                return actions.act(ctx.engine, actor(caller), asked, link, etag_of)
            except ActionRefused as error:
                if error.status not in (412, 403):
                    raise problem(ctx, error) from None
        if found.after is None:
            raise not_found("no free alert fits")
        after = found.after


def actor(caller: Caller) -> actions.Actor:
    return actions.Actor(caller.name, caller.person, caller.scopes, "supervisor" in caller.roles)


def linked(ctx: Context) -> actions.Linked:
    """How somebody is linked to an alert, asked of the engine."""
    ask: Callable[[str, dict[str, Any]], str | None] = lambda person, alert: ctx.live.ask(link_between(person, alert))  # noqa: E731
    return ask


def etag_of(row: Row[Any], proposal: str | None) -> str:
    return f'"{row.revision}-{row.review_status}-{row.assignee or ""}-{proposal or ""}"'


def etag_of_document(alert: dict[str, Any]) -> str:
    review = alert["review"]
    return f'"{alert["revision"]}-{alert["reviewStatus"]}-{review["assignee"] or ""}-{review["proposal"] or ""}"'


def problem(ctx: Context, error: ActionRefused) -> Problem:
    """The problem document of a refusal."""
    members: dict[str, object] = {}
    if error.refused:
        members["refused"] = [each._asdict() for each in error.refused]
    return Problem(error.status, error.code, error.detail, error.pointer, members=members)


def _filtered(ctx: Context, body: Act) -> tuple[str, ...]:
    wanted = _narrowed(body.filter or {})
    if body.count is None:
        raise Problem(422, "field.missing", "a filter needs the count that you expect", "/count")
    review = reading.Review()
    number = reading.count(ctx.engine, wanted, review)
    if number != body.count:
        current = {"count": number}
        raise Problem(412, "state.stale", f"the filter finds {number} alerts now", members={"current": current})
    found = reading.listed(ctx.engine, wanted, review, "raisedAt", None, 1000)
    return tuple(alert["id"] for alert in found.items)


def _narrowed(filter: dict[str, str | list[str]]) -> AlertFilter:
    names = {"rule": "rule", "severity": "severity", "certainty": "certainty", "identity": "identity",
             "stage": "stage", "ocid": "ocid", "entity": "entity", "buyer": "buyer", "company": "company",
             "person": "person", "reviewStatus": "review_status", "disposition": "disposition"}  # fmt: skip
    unknown = filter.keys() - names.keys()
    if unknown:
        raise Problem(422, "member.unknown", f"filter: there is no {min(unknown)!r}", "/filter")
    values = {names[name]: (value,) if isinstance(value, str) else tuple(value) for name, value in filter.items()}
    return AlertFilter(**values)  # type: ignore[arg-type]
