"""Sign-in by OpenID Connect, for browsers: to the provider and back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from aiqyn.services.accounts import sessions
from aiqyn.services.accounts.oidc import requests
from aiqyn.services.accounts.oidc.errors import ProviderUnavailable, SignInRefused
from aiqyn.services.accounts.oidc.members import member
from aiqyn.services.accounts.oidc.provider import Provider, Registration
from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.own_path import HOME, own_path
from aiqyn.services.http.problems import Problem, not_found
from aiqyn.services.http.routes.session import set_cookie

router = APIRouter(prefix="/login/oidc", include_in_schema=False)
CALLBACK = "/login/oidc/callback"
_COOKIE = "aiqyn_oidc"
_LONGEST = 4000


@router.get("")
def begin(ctx: Ctx, next: Annotated[str, Query(max_length=2000)] = HOME, lang: str | None = None) -> Response:
    """To the provider."""
    provider = provider_of(ctx)
    begun = requests.begin(ctx.engine, own_path(next))
    try:
        url = provider.authorization_url(begun.state, begun.nonce, begun.verifier)
    except ProviderUnavailable as error:
        raise _unavailable(error) from None
    response = RedirectResponse(url, 303)
    secure = ctx.base_url.startswith("https:")
    response.set_cookie(
        _COOKIE, begun.browser, max_age=requests.SECONDS, httponly=True, samesite="lax", secure=secure, path=CALLBACK
    )
    return response


@router.get("/callback")
def back(request: Request, ctx: Ctx) -> Response:
    """From the provider, with whatever parameters it likes to add: a session, or why there is none."""
    told = {name: value[:_LONGEST] for name, value in request.query_params.items()}
    provider = provider_of(ctx)
    begun = requests.take(ctx.engine, told.get("state", ""), request.cookies.get(_COOKIE) or "")
    if begun is None:
        raise Problem(403, "signIn.provider", "this sign-in was not begun here, was used already, or took too long")
    try:
        if told.get("iss") != provider.issuer and ("iss" in told or provider.requires_issuer()):
            raise SignInRefused("the answer is another provider's")
        if "error" in told or not told.get("code"):
            raise SignInRefused("the provider did not let you in")
        claims = provider.claims(told["code"], begun.nonce, begun.verifier)
        user = member(ctx.engine, provider.issuer, claims, ctx.settings.oidc_roles_claim)
    except ProviderUnavailable as unavailable:
        raise _unavailable(unavailable) from None
    except SignInRefused as refused:
        raise Problem(403, refused.code, str(refused)) from None
    cookie, _ = sessions.begin(ctx.engine, user.name, by_provider=True)
    response = RedirectResponse(begun.next, 303)
    set_cookie(ctx, response, cookie)
    response.delete_cookie(_COOKIE, path=CALLBACK)
    return response


back.__dict__["any_parameters"] = True


def provider_of(ctx: Context) -> Provider:
    """The provider of the settings. Raises Problem 404 where there is none."""
    found = provider_or_none(ctx)
    if found is None:
        raise not_found("sign-in by an organisation is not set up here")
    return found


def provider_or_none(ctx: Context) -> Provider | None:
    """The provider of the settings; None: not set up."""
    settings = ctx.settings
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    wanted = Registration(
        settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, f"{ctx.base_url}{CALLBACK}"
    )
    if wanted not in _providers:
        _providers[wanted] = Provider(wanted)
    return _providers[wanted]


_providers: dict[Registration, Provider] = {}


def _unavailable(error: ProviderUnavailable) -> Problem:
    return Problem(503, "engine.unavailable", str(error), headers={"Retry-After": "5"})
