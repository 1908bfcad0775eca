"""Signing in and out (interfaces, section 4)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from aiqyn.services.accounts import sessions, users
from aiqyn.services.accounts.roles import scopes_of
from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.problems import Problem
from aiqyn.services.http.security import COOKIE, Caller, needs

router = APIRouter(prefix="/v1/session", tags=["session"])


class Credentials(BaseModel):
    model_config = ConfigDict(extra="forbid")
    username: str = Field(max_length=200)
    password: str = Field(max_length=1024)


@router.post("")
def begin(body: Credentials, request: Request, response: Response, ctx: Ctx) -> dict[str, object]:
    """Sign in: sets the cookie, gives the token that unsafe requests send as X-CSRF-Token."""
    user, cookie, csrf = sign_in(ctx, request, body.username, body.password)
    set_cookie(ctx, response, cookie)
    return {"user": user.name, "roles": list(user.roles), "scopes": _scopes(user), "csrfToken": csrf}


@router.get("")
def who(caller: Annotated[Caller, Depends(needs())]) -> dict[str, object]:
    """Who I am, by cookie or key."""
    return {
        "user": caller.name,
        "roles": list(caller.roles),
        "scopes": sorted(caller.scopes),
        "csrfToken": caller.csrf,
    }


@router.delete("", status_code=204)
def end(request: Request, response: Response, ctx: Ctx, caller: Annotated[Caller, Depends(needs())]) -> None:
    """Sign out."""
    cookie = request.cookies.get(COOKIE)
    if cookie:
        sessions.end(ctx.engine, cookie)
    response.delete_cookie(COOKIE)
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'


def sign_in(ctx: Context, request: Request, name: str, password: str) -> tuple[users.User, str, str]:
    """The user, a cookie and a token. Raises Problem 401 for wrong credentials, 429 after too many."""
    address = request.client.host if request.client is not None else "unknown"
    wait, number = sessions.attempt(ctx.engine, name, address, ctx.settings.signin_limit)
    if wait:
        headers = {"Retry-After": str(wait)}
        raise Problem(429, "rate.exceeded", f"too many failed sign-ins; try again in {wait} s", headers=headers)
    user = users.check_password(ctx.engine, name, password) if "\0" not in name else None
    if user is None:
        headers = {"WWW-Authenticate": 'Bearer realm="aiqyn"'}
        raise Problem(401, "signIn.refused", "name or password is wrong", headers=headers)
    sessions.succeeded(ctx.engine, number)
    cookie, csrf = sessions.begin(ctx.engine, user.name)
    return user, cookie, csrf


def set_cookie(ctx: Context, response: Response, cookie: str) -> None:
    secure = ctx.base_url.startswith("https:")
    response.set_cookie(
        COOKIE, cookie, max_age=sessions.HOURS * 3600, httponly=True, samesite="lax", secure=secure, path="/"
    )


def _scopes(user: users.User) -> list[str]:
    return sorted(scopes_of(user.roles))
