"""Forms that act: one action, the preview of a bulk action, and what a second person says."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.pages.alerts import page as alert_page
from aiqyn.services.http.pages.previews import preview_page
from aiqyn.services.http.pages.problem import back
from aiqyn.services.http.pages.problem import page as problem_page
from aiqyn.services.http.pages.site import Visitor, redirect, spoken
from aiqyn.services.http.problems import Problem
from aiqyn.services.http.reader import Reader
from aiqyn.services.http.routes.actions import filtered, run, settled, take
from aiqyn.services.http.security import Caller, check_token
from aiqyn.services.reading import alerts as reading
from aiqyn.services.review import asked

router = APIRouter(include_in_schema=False)
Text = Annotated[str | None, Form(max_length=10_000)]
Name = Annotated[str | None, Form(max_length=400)]
Several = Annotated[list[str], Form(max_length=1000)]
_ONCE = frozenset({"rule", "minAmount", "from", "to", "validAt", "q"})


@router.post("/actions")
def act(
    request: Request,
    ctx: Ctx,
    caller: Visitor,
    csrfToken: Annotated[str, Form(max_length=200)],
    kind: Annotated[Literal["take", "assign", "comment", "reply", "decide", "suppress", "identify"], Form()],
    alerts: Several = [],  # noqa: B006
    disposition: Name = None,
    reason: Text = None,
    text: Text = None,
    assignee: Name = None,
    revision: Name = None,
    rule: Name = None,
    company: Name = None,
    buyer: Name = None,
    persons: Several = [],  # noqa: B006
    expires: Name = None,
    left: Name = None,
    right: Name = None,
    verdict: Name = None,
    search: Text = None,
    lang: str | None = None,
) -> Response:
    """Take an action and show what came of it."""
    _may_review(caller, csrfToken)
    if kind == "take":
        return _next(request, ctx, caller, search or "")
    sight = Reader(ctx, caller)
    named = {"rule": rule, "company": company, "buyer": buyer}
    scope: dict[str, Any] = {name: value for name, value in named.items() if value}
    if persons:
        scope["persons"] = [sight.resolve(each) for each in persons]
    wanted = asked.Request(
        kind, tuple(dict.fromkeys(alerts)), disposition or None, reason, text, assignee or None, scope or None,
        expires or None, revision, sight.resolve(left) if left else None, sight.resolve(right) if right else None,
        verdict or None,
    )  # fmt: skip
    try:
        done = run(ctx, caller, wanted)
    except Problem as problem:
        return _not_done(request, ctx, caller, problem, alerts, reason or text or "")
    return redirect(_after(request, done, alerts))


@router.post("/actions/preview")
def preview(
    request: Request,
    ctx: Ctx,
    caller: Visitor,
    csrfToken: Annotated[str, Form(max_length=200)],
    kind: Annotated[Literal["assign", "decide", "suppress"], Form()],
    alerts: Several = [],  # noqa: B006
    every: bool = Form(default=False),
    search: Text = None,
    count: Annotated[int | None, Form(ge=0, le=1_000_000)] = None,
    lang: str | None = None,
) -> Response:
    """What the action would change, before anything is done."""
    _may_review(caller, csrfToken)
    chosen = tuple(dict.fromkeys(alerts))
    if every:
        chosen = filtered(ctx, caller, searched(search or ""), count)
    if not chosen:
        return redirect(f"/alerts?lang={spoken(request)}")
    return preview_page(request, ctx, caller, kind, chosen)


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
    try:
        done = settled(ctx, caller, id, do, reason)
    except Problem as problem:
        return problem_page(request, problem, reason or "", caller)
    notice = {"approve": "done", "reject": "rejected", "undo": "undone"}[do]
    where = f"/alerts/{done['alerts'][0]}" if len(done["alerts"]) == 1 else "/alerts"
    if done["kind"] == "identify":
        where = "/identity"
    return redirect(f"{where}?lang={spoken(request)}&notice={notice}")


def searched(search: str) -> dict[str, str | bool | list[str]]:
    """A search of the queue, as in its address, as the filter of an action."""
    found: dict[str, str | bool | list[str]] = {}
    for name, value in parse_qsl(search):
        if name in ("sort", "lang", "cursor", "notice", "action"):
            continue
        before = found.get(name)
        found[name] = [*before, value] if isinstance(before, list) else value if name in _ONCE else [value]
    flags = ("suppressed", "changed", "managed", "retroactive", "all")
    return {name: value[0] if name in flags and isinstance(value, list) else value for name, value in found.items()}


def _next(request: Request, ctx: Context, caller: Caller, search: str) -> Response:
    """The next free alert of the search becomes the caller's; where there is none, that is said."""
    language = spoken(request)
    try:
        done = take(ctx, caller, searched(search))
    except Problem as problem:
        if problem.status != 404:
            return problem_page(request, problem, "", caller)
        kept = urlencode([*parse_qsl(search), ("lang", language), ("notice", "none")])
        return redirect(f"/alerts?{kept}")
    return redirect(f"/alerts/{done['alerts'][0]}?lang={language}")


def _after(request: Request, done: dict[str, Any], alerts: list[str]) -> str:
    notice = "proposed" if done["state"] == "proposed" else "done"
    said = {"lang": spoken(request), "notice": notice}
    if done["kind"] == "identify":
        return f"/identity?{urlencode(said)}"
    if len(alerts) == 1 and done["kind"] != "suppress":
        return f"/alerts/{alerts[0]}?{urlencode(said)}"
    return f"/alerts?{urlencode({**said, 'action': done['id']})}"


def _may_review(caller: Caller, token: str) -> None:
    check_token(caller, token)
    if "review" not in caller.scopes:
        raise Problem(403, "scope.missing", "this needs the scope review")


def _not_done(
    request: Request, ctx: Context, caller: Caller, problem: Problem, alerts: list[str], kept: str
) -> Response:
    """Somebody was faster: the page as it is now, with the reason kept; else the problem, with it."""
    if problem.status == 412 and len(alerts) == 1:
        found = reading.one(ctx.engine, alerts[0])
        if found is not None:
            response = alert_page(request, ctx, caller, found, kept)
            response.status_code = 412
            return response
    return problem_page(request, problem, kept, caller, back(request))
