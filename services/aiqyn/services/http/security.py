"""Who calls, and what they may do (interfaces, section 4)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPBearer

from aiqyn.services.accounts import keys, sessions
from aiqyn.services.accounts.roles import scopes_of
from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.problems import Problem

COOKIE = "aiqyn_session"
_FOUND = "aiqyn.caller"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

key_scheme = HTTPBearer(scheme_name="key", auto_error=False, description="A key: `Authorization: Bearer aiqyn_...`")
session_scheme = APIKeyCookie(name=COOKIE, scheme_name="session", auto_error=False)


@dataclass(frozen=True, slots=True)
class Caller:
    """The user behind a request."""

    name: str
    roles: tuple[str, ...]
    scopes: frozenset[str]
    person: str | None
    key_id: str | None = None
    sources: tuple[str, ...] = ()
    """Sources that the key may publish for; empty: any (`key_id` set) or only what the user sent."""
    csrf: str | None = None


def caller(request: Request, ctx: Ctx) -> Caller | None:
    """The caller by key or cookie; None: nobody signed in. Raises Problem 401 for a key that does not hold, 403 for a
    cookie without its token, 429 after too many requests."""
    if _FOUND not in request.scope:
        found = _identified(request, ctx)
        if found is not None:
            request.app.state.limiter.count(request, found.name)
        request.scope[_FOUND] = found
    known: Caller | None = request.scope[_FOUND]
    return known


def _identified(request: Request, ctx: Context) -> Caller | None:
    header = request.headers.get("authorization")
    if header is not None:
        scheme, _, text = header.partition(" ")
        found = keys.holder(ctx.engine, text.strip()) if scheme.lower() == "bearer" else None
        if found is None:
            raise unauthorized("the key does not hold: it is unknown, expired or revoked")
        key, user = found
        scopes = scopes_of(user.roles)
        narrowed = scopes & frozenset(key.scopes) if key.scopes else scopes
        return Caller(user.name, user.roles, narrowed, user.person, key.id, key.sources)
    cookie = request.cookies.get(COOKIE)
    session = sessions.current(ctx.engine, cookie) if cookie else None
    if session is None:
        return None
    user = session.user
    return Caller(user.name, user.roles, scopes_of(user.roles), user.person, csrf=session.csrf)


MaybeCaller = Annotated[Caller | None, Depends(caller)]


def unauthorized(detail: str = "sign in, or send a key") -> Problem:
    return Problem(401, "signIn.missing", detail, headers={"WWW-Authenticate": 'Bearer realm="aiqyn"'})


def needs(*scopes: str, first: Callable[[Request, Caller], None] | None = None) -> Callable[..., Caller]:
    """A dependency: somebody signed in who has any of these scopes (none named: anybody signed in). `a+b`: both.

    `first` may raise a Problem that says more than the missing scope does.
    """

    def check(
        request: Request,
        found: MaybeCaller,
        _key: Annotated[object, Depends(key_scheme)],
        _session: Annotated[object, Depends(session_scheme)],
    ) -> Caller:
        if found is None:
            raise unauthorized()
        if found.csrf is not None and request.method not in _SAFE:
            check_token(found, request.headers.get("x-csrf-token"))
        if scopes and not any(found.scopes >= set(way.split("+")) for way in scopes):
            if first is not None:
                first(request, found)
            wanted = " or ".join(way.replace("+", " and ") for way in scopes)
            raise Problem(403, "scope.missing", f"this needs the scope {wanted}")
        return found

    check.__dict__["scopes"] = scopes
    return check


def check_token(found: Caller, token: str | None) -> None:
    """A cookie alone does not act. Raises Problem 403 where the token is missing or wrong."""
    if found.csrf is None or not secrets.compare_digest(found.csrf.encode(), (token or "").encode()):
        raise Problem(403, "csrf.missing", "the token of the session is missing or wrong")
