"""The way in: `/`, signing in and out, the list of shortcuts."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from aiqyn.services.accounts import sessions
from aiqyn.services.http.context import Ctx
from aiqyn.services.http.own_path import own_path
from aiqyn.services.http.pages.site import SignInFirst, Visitor, redirect, render, spoken
from aiqyn.services.http.problems import Problem
from aiqyn.services.http.routes.oidc import provider_or_none
from aiqyn.services.http.routes.session import set_cookie, sign_in
from aiqyn.services.http.security import COOKIE, MaybeCaller, check_token

router = APIRouter(include_in_schema=False)
Lang = str | None


def _sign_in_first(request: Request, error: Exception) -> Response:
    """To the form, and from there back to the page that was asked for."""
    wanted = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    return redirect("/login?" + urlencode({"next": wanted, "lang": spoken(request)}))


handlers = {SignInFirst: _sign_in_first}
"""Errors of pages, for the application."""


@router.get("/")
def home(lang: Lang = None) -> Response:
    """The queue is the home page."""
    return redirect(f"/alerts?lang={lang}" if lang in ("kk", "ru", "en") else "/alerts")


@router.get("/login")
def form(request: Request, ctx: Ctx, caller: MaybeCaller, next: str = "/alerts", lang: Lang = None) -> Response:
    """The form for signing in."""
    return _form(request, ctx, next, False)


@router.post("/login")
def login(
    request: Request,
    ctx: Ctx,
    username: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=1024)],
    next: Annotated[str, Form(max_length=2000)] = "/alerts",
    lang: Lang = None,
) -> Response:
    """Sign in and go on to where one wanted to go."""
    try:
        _, cookie, _ = sign_in(ctx, request, username, password)
    except Problem as problem:
        if problem.status == 401:
            return _form(request, ctx, next, True)
        raise
    response = redirect(own_path(next))
    set_cookie(ctx, response, cookie)
    return response


@router.post("/logout")
def logout(
    request: Request, ctx: Ctx, caller: Visitor, csrfToken: Annotated[str, Form(max_length=200)], lang: Lang = None
) -> Response:
    """Sign out."""
    check_token(caller, csrfToken)
    cookie = request.cookies.get(COOKIE)
    by_provider = bool(cookie) and sessions.end(ctx.engine, cookie or "")
    provider = provider_or_none(ctx) if by_provider else None
    there = None if provider is None else provider.end_session_url(f"{ctx.base_url}/login")
    response = redirect(there or "/login")
    response.delete_cookie(COOKIE)
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@router.get("/keys")
def keys(request: Request, caller: Visitor, lang: Lang = None) -> Response:
    """The shortcuts."""
    return render(request, "keys.html", caller)


def _form(request: Request, ctx: Ctx, next: str, refused: bool) -> Response:
    oidc = provider_or_none(ctx) is not None
    status = 401 if refused else 200
    return render(request, "login.html", None, status=status, next=own_path(next), refused=refused, oidc=oidc)
