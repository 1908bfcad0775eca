"""What waits for a second person, and what suppressions hide."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.pages.site import Visitor, render, spoken
from aiqyn.services.http.problems import Problem
from aiqyn.services.http.reader import Reader, handles
from aiqyn.services.http.security import Caller
from aiqyn.services.reading import alerts as reading
from aiqyn.services.reading.names import names_of
from aiqyn.services.review import erasure_requests
from aiqyn.services.review import inbox as waiting
from aiqyn.services.review import suppressions as hiding

router = APIRouter(include_in_schema=False)
Lang = str | None
_SHOWN = 20
"""Alerts listed of one proposal."""


@router.get("/inbox")
def inbox(request: Request, ctx: Ctx, caller: Visitor, lang: Lang = None) -> Response:
    """Which proposals wait for another person?"""
    _may_read(caller)
    erasure_requests.refresh(ctx.engine, handles(ctx).of)
    sight = Reader(ctx, caller, spoken(request))
    found = [_proposal(ctx, sight, each) for each in waiting.proposals(ctx.engine)]
    documents = [alert for each in found for alert in each["documents"]]
    return render(
        request, "inbox.html", caller, "alerts", proposals=found,
        names=sight.names(documents) | _scope_names(ctx, found),
    )  # fmt: skip


@router.get("/suppressions")
def suppressions(request: Request, ctx: Ctx, caller: Visitor, lang: Lang = None) -> Response:
    """What is hidden from the queue, why, by whom, until when?"""
    _may_read(caller)
    hiding.refresh(ctx.engine)
    sight = Reader(ctx, caller, spoken(request))
    found = [{**each, "scope": _masked(sight, each["scope"])} for each in waiting.suppressions(ctx.engine)]
    return render(request, "suppressions.html", caller, "alerts", suppressions=found, names=_scope_names(ctx, found))


def _proposal(ctx: Context, sight: Reader, document: dict[str, Any]) -> dict[str, Any]:
    listed = [each for id in document["alerts"][:_SHOWN] if (each := reading.one(ctx.engine, id)) is not None]
    return {
        **document,
        "scope": _masked(sight, document["scope"]),
        "documents": listed,
        "shown": [sight.alert(each) for each in listed],
        "omitted": max(0, document["count"] - len(listed)),
    }


def _masked(sight: Reader, scope: dict[str, Any] | None) -> dict[str, Any] | None:
    if not scope or not scope.get("persons"):
        return scope
    return {**scope, "persons": [sight.handles.of(each) for each in scope["persons"]]}


def _scope_names(ctx: Context, found: list[dict[str, Any]]) -> dict[str, str]:
    """Names of the companies and buyers in scopes."""
    named = {each["scope"][part] for each in found if each["scope"] for part in ("company", "buyer")
             if each["scope"].get(part)}  # fmt: skip
    return ctx.live.ask(names_of(ctx.database.store, sorted(named))) if named else {}


def _may_read(caller: Caller) -> None:
    if "read" not in caller.scopes:
        raise Problem(403, "scope.missing", "this needs the scope read")
