"""Forms that act: one action, the preview of a bulk action, and what a second person says."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from aiqyn.services.http.context import Ctx
from aiqyn.services.http.pages.alerts import page as alert_page
from aiqyn.services.http.pages.problem import page as problem_page
from aiqyn.services.http.pages.site import Visitor, redirect, render, spoken
from aiqyn.services.http.problems import Problem
from aiqyn.services.http.routes.actions import run, settled, take
from aiqyn.services.http.security import Caller, check_token
from aiqyn.services.reading import alerts as reading
from aiqyn.services.review import actions

router = APIRouter(include_in_schema=False)
Text = Annotated[str | None, Form(max_length=10_000)]


@router.post("/actions")
def act(
    request: Request,
    ctx: Ctx,
    caller: Visitor,
    csrfToken: Annotated[str, Form(max_length=200)],
    kind: Annotated[Literal["take", "assign", "comment", "reply", "decide", "suppress", "identify"], Form()],
    alerts: Annotated[list[str], Form(max_length=1000)] = [],  # noqa: B006
    disposition: Text = None,
    reason: Text = None,
    text: Text = None,
    assignee: Text = None,
    revision: Text = None,
    rule: Text = None,
    company: Text = None,
    buyer: Text = None,
    expires: Text = None,
    lang: str | None = None,
) -> Response:
    """Take an action and show what came of it."""
    _may_review(caller, csrfToken)
    language = spoken(request)
    if kind == "take":
        try:
            done = take(ctx, caller, {})
        except Problem as problem:
            if problem.status != 404:
                raise
            return redirect(f"/alerts?lang={language}&notice=none")
        return redirect(f"/alerts/{done['alerts'][0]}?lang={language}")
    scope = {name: value for name, value in (("rule", rule), ("company", company), ("buyer", buyer)) if value}
    asked = actions.Request(
        kind, tuple(alerts), disposition, reason, text, assignee or None, scope or None, expires, revision
    )
    try:
        done = run(ctx, caller, asked)
    except Problem as problem:
        return _not_done(request, ctx, caller, problem, alerts, reason or text or "")
    where = f"/alerts/{alerts[0]}" if len(alerts) == 1 else "/alerts"
    return redirect(f"{where}?lang={language}&notice={'proposed' if done['state'] == 'proposed' else 'done'}")


@router.post("/actions/preview")
def preview(
    request: Request,
    ctx: Ctx,
    caller: Visitor,
    csrfToken: Annotated[str, Form(max_length=200)],
    kind: Annotated[Literal["assign", "decide", "suppress"], Form()],
    alerts: Annotated[list[str], Form(max_length=1000)] = [],  # noqa: B006
    lang: str | None = None,
) -> Response:
    """What the action would change, before anything is done."""
    _may_review(caller, csrfToken)
    if not alerts:
        return redirect(f"/alerts?lang={spoken(request)}")
    asked = actions.Request(
        kind,
        tuple(alerts),
        "notMaterial" if kind == "decide" else None,
        "-",
        assignee=caller.name if kind == "assign" else None,
    )
    tried: dict[str, Any] = {"needsApproval": True, "refused": []}
    if kind != "suppress":
        tried = run(ctx, caller, asked, dry_run=True)
    return render(
        request, "preview.html", caller, "alerts", kind=kind, alerts=alerts, needs_approval=tried["needsApproval"],
        refused=tried["refused"],
    )  # fmt: skip


@router.post("/actions/{id}")
def second(
    request: Request,
    id: str,
    ctx: Ctx,
    caller: Visitor,
    csrfToken: Annotated[str, Form(max_length=200)],
    do: Annotated[Literal["approve", "reject", "undo"], Form()],
    reason: Text = None,
    lang: str | None = None,
) -> Response:
    """Approve, reject or undo."""
    check_token(caller, csrfToken)
    done = settled(ctx, caller, id, do, reason)
    notice = {"approve": "done", "reject": "rejected", "undo": "undone"}[do]
    where = f"/alerts/{done['alerts'][0]}" if len(done["alerts"]) == 1 else "/alerts"
    return redirect(f"{where}?lang={spoken(request)}&notice={notice}")


def _may_review(caller: Caller, token: str) -> None:
    check_token(caller, token)
    if "review" not in caller.scopes:
        raise Problem(403, "scope.missing", "this needs the scope review")


def _not_done(request: Request, ctx: Ctx, caller: Caller, problem: Problem, alerts: list[str], kept: str) -> Response:
    """Somebody was faster: the page as it is now, with the reason kept; else the problem, with it."""
    if problem.status == 412 and len(alerts) == 1:
        found = reading.one(ctx.engine, alerts[0])
        if found is not None:
            response = alert_page(request, ctx, caller, found, kept)
            response.status_code = 412
            return response
    return problem_page(request, problem, kept)
