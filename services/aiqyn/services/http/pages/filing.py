"""Forms that put a file to an alert, or show restricted data for a purpose."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response, UploadFile

from aiqyn.services.http.context import Ctx
from aiqyn.services.http.pages.problem import page as problem_page
from aiqyn.services.http.pages.site import Visitor, redirect, render, spoken
from aiqyn.services.http.problems import Problem
from aiqyn.services.http.routes.attachments import add, bounded
from aiqyn.services.http.routes.reveals import Asked, reveal
from aiqyn.services.http.security import check_token

router = APIRouter(include_in_schema=False)
Name = Annotated[str | None, Form(max_length=400)]


@router.post("/alerts/{id}/files", dependencies=[Depends(bounded)])
def attach(
    request: Request,
    id: str,
    ctx: Ctx,
    caller: Visitor,
    csrfToken: Annotated[str, Form(max_length=200)],
    file: UploadFile,
    lang: str | None = None,
) -> Response:
    """Put a file to an alert."""
    check_token(caller, csrfToken)
    if "review" not in caller.scopes:
        raise Problem(403, "scope.missing", "this needs the scope review")
    try:
        add(id, request, Response(), ctx, caller, file)
    except Problem as problem:
        return problem_page(request, problem, "", caller, f"/alerts/{id}")
    return redirect(f"/alerts/{id}?lang={spoken(request)}&notice=attached")


@router.post("/reveals")
def revealed(
    request: Request,
    ctx: Ctx,
    caller: Visitor,
    csrfToken: Annotated[str, Form(max_length=200)],
    purpose: Annotated[str, Form(max_length=1000)],
    alert: Name = None,
    entity: Name = None,
    lang: str | None = None,
) -> Response:
    """Show what is masked, once, and log that it was shown."""
    check_token(caller, csrfToken)
    if "reveal" not in caller.scopes:
        raise Problem(403, "scope.missing", "this needs the scope reveal")
    shown = reveal(Asked(alert=alert or None, entity=entity or None, purpose=purpose), Response(), ctx, caller)
    where = f"/alerts/{alert}" if alert else f"/entities/{entity}"
    values = {name: value for name, value in shown["values"].items() if value and name not in ("/summary", "/title")}
    return render(request, "revealed.html", caller, "alerts", values=values, purpose=purpose, where=where)
