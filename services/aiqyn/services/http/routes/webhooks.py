"""Webhooks (interfaces, section 9; scope subscribe)."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field
from sqlalchemy import Row

from aiqyn.services import moments
from aiqyn.services.http import paging
from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.own_body import OwnBody
from aiqyn.services.http.problems import Problem, not_found
from aiqyn.services.http.security import Caller, needs
from aiqyn.services.webhooks import deliveries, dispatcher, subscriptions
from aiqyn.services.webhooks.errors import BadWebhook, UnknownWebhook

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])
Subscriber = Annotated[Caller, Depends(needs("subscribe", "administer"))]
TEST = "aiqyn.webhook.test.v1"


class NewWebhook(OwnBody):
    url: str = Field(max_length=2000)
    types: list[str] = Field(max_length=10)
    filter: dict[str, str | list[str]] = Field(default_factory=dict)


class Change(OwnBody):
    url: str | None = Field(default=None, max_length=2000)
    types: list[str] | None = Field(default=None, max_length=10)
    filter: dict[str, str | list[str]] | None = None
    enabled: bool | None = None


class Since(OwnBody):
    since: str = Field(max_length=40)


@router.post("", status_code=201)
def add(body: NewWebhook, response: Response, ctx: Ctx, caller: Annotated[Caller, Depends(needs("subscribe"))]) -> Any:
    """Subscribe; the secret is shown this once."""
    try:
        made = subscriptions.add(
            ctx.engine, caller.name, body.url, body.types, body.filter, ctx.settings.webhook_allow_private
        )
    except BadWebhook as error:
        raise _wrong(error) from None
    response.headers["Location"] = f"/v1/webhooks/{made['id']}"
    response.headers["Cache-Control"] = "no-store"
    return made


@router.get("")
def every(
    request: Request,
    response: Response,
    ctx: Ctx,
    caller: Subscriber,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
    count: bool = False,
) -> dict[str, object]:
    """One's own webhooks; an administrator's list has everybody's."""
    found = {each["id"]: each for each in subscriptions.every(ctx.engine, _whose(caller))}
    return paging.by_name(request, response, found, limit, cursor, count)


@router.get("/{id}")
def one(id: str, ctx: Ctx, caller: Subscriber) -> Any:
    """One webhook."""
    return subscriptions.shown(_found(ctx, caller, id))


@router.patch("/{id}")
def change(id: str, body: Change, ctx: Ctx, caller: Subscriber) -> Any:
    """Change what is sent and where, or switch it on and off."""
    members = {name: value for name in body.model_fields_set if (value := getattr(body, name)) is not None}
    try:
        return subscriptions.change(
            ctx.engine, caller.name, id, _whose(caller), members, ctx.settings.webhook_allow_private
        )
    except BadWebhook as error:
        raise _wrong(error) from None
    except UnknownWebhook as error:
        raise not_found(str(error)) from None


@router.delete("/{id}", status_code=204)
def remove(id: str, ctx: Ctx, caller: Subscriber) -> None:
    """End a subscription."""
    try:
        subscriptions.remove(ctx.engine, caller.name, id, _whose(caller))
    except UnknownWebhook as error:
        raise not_found(str(error)) from None


@router.post("/{id}/rotate", status_code=201)
def rotate(id: str, response: Response, ctx: Ctx, caller: Subscriber) -> Any:
    """A new secret, shown this once; for 24 hours both sign."""
    response.headers["Cache-Control"] = "no-store"
    try:
        return subscriptions.rotate(ctx.engine, caller.name, id, _whose(caller))
    except UnknownWebhook as error:
        raise not_found(str(error)) from None


@router.post("/{id}/test")
def test(id: str, ctx: Ctx, caller: Subscriber) -> dict[str, object]:
    """Send one event of type `aiqyn.webhook.test.v1` now, and tell what the target said."""
    hook = _found(ctx, caller, id)
    event = f"test-{uuid4()}"
    content = deliveries.body(event, TEST, moments.now(), ctx.settings.source, {"webhook": id})
    outcome = dispatcher.send(hook, event, content, ctx.settings.webhook_allow_private)
    return {"event": event, "delivered": outcome.delivered, "status": outcome.status, "error": outcome.error}


@router.get("/{id}/deliveries")
def listed(
    request: Request,
    response: Response,
    id: str,
    ctx: Ctx,
    caller: Subscriber,
    state: Annotated[list[Literal["delivered", "pending", "failed"]], Query()] = [],
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
    count: bool = False,
) -> dict[str, object]:
    """What was sent, is to be sent or failed, newest first."""
    _found(ctx, caller, id)
    rows = deliveries.listed(ctx.engine, id, state, paging.number(cursor), limit + 1)
    total = deliveries.count(ctx.engine, id, state) if count else None
    following = paging.pack(rows[limit - 1].id) if len(rows) > limit else None
    return paging.page(request, response, [deliveries.shown(row) for row in rows[:limit]], following, total)


@router.post("/{id}/replay", status_code=202)
def replay(id: str, body: Since, ctx: Ctx, caller: Subscriber) -> dict[str, object]:
    """Send again all that it wants and that was recorded since then."""
    hook = _found(ctx, caller, id)
    try:
        since = moments.parse(body.since)
    except (ValueError, OverflowError):
        raise Problem(422, "field.invalid", "since: an RFC 3339 instant or a day is wanted", "/since") from None
    if not hook.enabled:
        raise Problem(409, "state.wrong", "the webhook is switched off; switch it on first")
    return {"count": deliveries.replay(ctx.engine, hook, since, ctx.settings.source, ctx.base_url)}


def _whose(caller: Caller) -> str | None:
    """Whose webhooks the caller may touch; None: everybody's."""
    return None if "administer" in caller.scopes else caller.name


def _found(ctx: Context, caller: Caller, id: str) -> Row[Any]:
    try:
        return subscriptions.one(ctx.engine, id, _whose(caller))
    except UnknownWebhook as error:
        raise not_found(str(error)) from None


def _wrong(error: BadWebhook) -> Problem:
    return Problem(422, "field.invalid", str(error), error.pointer)
