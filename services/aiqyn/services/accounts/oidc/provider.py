"""The organisation's provider: what it publishes of itself, codes exchanged, its answers checked."""

from __future__ import annotations

import threading
import time
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
import msgspec
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from aiqyn.services.accounts.oidc.errors import ProviderUnavailable, SignInRefused
from aiqyn.services.accounts.oidc.id_token import Expected, NotSigned, claims_of

SCOPE = "openid profile email"
_TIMEOUT = 10.0  # seconds
_MOST_BYTES = 1 << 20
_FRESH = 3600.0  # seconds for which metadata and keys are believed
_AGAIN = 5.0  # seconds between looks for a key that is not there
Claims = dict[str, Any]


class Registration(NamedTuple):
    """What we are to the provider."""

    issuer: str
    client_id: str
    client_secret: str | None
    redirect_uri: str


class _Known(NamedTuple):
    metadata: Claims
    keys: KeySet
    at: float
    """Of the monotonic clock."""


class Provider:
    """One provider, shared by all threads."""

    def __init__(self, registration: Registration) -> None:
        self._own = registration
        self._lock = threading.Lock()
        self._known: _Known | None = None

    @property
    def issuer(self) -> str:
        return self._own.issuer

    def authorization_url(self, state: str, nonce: str, verifier: str) -> str:
        """Where the browser goes. Raises ProviderUnavailable."""
        endpoint = self._endpoint("authorization_endpoint")
        with self._client() as client:
            url, _ = client.create_authorization_url(endpoint, state=state, nonce=nonce, code_verifier=verifier)
        return str(url)

    def claims(self, code: str, nonce: str, verifier: str) -> Claims:
        """Who signed in: the claims of the ID token, and what only `userinfo` tells. Raises SignInRefused,
        ProviderUnavailable."""
        with self._client() as client:
            try:
                token = client.fetch_token(self._endpoint("token_endpoint"), code=code, code_verifier=verifier)
            except AuthlibBaseError as error:
                raise SignInRefused(f"the provider does not take the code ({error.error})") from None
            except (httpx.HTTPError, ValueError) as error:
                raise ProviderUnavailable(f"the provider does not answer: {type(error).__name__}") from None
            found = self._checked(token, nonce)
            return {**self._userinfo(client, found), **found}

    def end_session_url(self, back: str) -> str | None:
        """Where the session at the provider ends (RP-Initiated Logout); None: the provider has no such place."""
        try:
            endpoint = self._current().metadata.get("end_session_endpoint")
        except ProviderUnavailable:
            return None
        if not isinstance(endpoint, str) or not _is_web(endpoint):
            return None
        about = {"client_id": self._own.client_id, "post_logout_redirect_uri": back}
        return str(httpx.URL(endpoint).copy_merge_params(about))

    def requires_issuer(self) -> bool:
        """Whether its answers always name it (RFC 9207)."""
        return self._current().metadata.get("authorization_response_iss_parameter_supported") is True

    def _checked(self, token: Claims, nonce: str) -> Claims:
        raw = token.get("id_token")
        if not isinstance(raw, str):
            raise SignInRefused("the provider gave no ID token")
        expected = Expected(self._own.issuer, self._own.client_id, nonce, str(token.get("access_token") or ""))
        known = self._current()
        try:
            return claims_of(raw, known.keys, expected)
        except NotSigned:
            fresh = self._current(newer_than=known.at)
            if fresh is known:
                raise
            return claims_of(raw, fresh.keys, expected)  # the provider may have changed its keys

    def _userinfo(self, client: OAuth2Client, found: Claims) -> Claims:
        endpoint = self._current().metadata.get("userinfo_endpoint")
        if not isinstance(endpoint, str):
            return {}
        try:
            answer = client.get(endpoint)
            told = msgspec.json.decode(answer.content, type=Claims) if answer.status_code == 200 else {}
        except (httpx.HTTPError, AuthlibBaseError, msgspec.MsgspecError):
            return {}
        return told if told.get("sub") == found["sub"] else {}

    def _endpoint(self, name: str) -> str:
        found = self._current().metadata.get(name)
        if not isinstance(found, str) or not _is_web(found):
            raise ProviderUnavailable(f"the provider names no {name}")
        if urlsplit(self._own.issuer).scheme == "https" and urlsplit(found).scheme != "https":
            raise ProviderUnavailable(f"the {name} of the provider is not encrypted")
        return found

    def _current(self, newer_than: float | None = None) -> _Known:
        """Metadata and keys; with `newer_than` those that were read later, unless that was tried just now."""
        with self._lock:
            known, now = self._known, time.monotonic()
            old = known is None or now - known.at > _FRESH
            asked = known is not None and newer_than is not None and known.at <= newer_than and now - known.at > _AGAIN
            if known is None or old or asked:
                known = self._known = self._read(now)
            return known

    def _read(self, now: float) -> _Known:
        metadata = _fetched(f"{self._own.issuer.rstrip('/')}/.well-known/openid-configuration")
        if metadata.get("issuer") != self._own.issuer:
            raise ProviderUnavailable("the provider calls itself otherwise than AIQYN_OIDC_ISSUER")
        place = metadata.get("jwks_uri")
        if not isinstance(place, str) or not _is_web(place):
            raise ProviderUnavailable("the provider names no jwks_uri")
        try:
            keys = KeySet.import_key_set(_keys(place))
        except (JoseError, ValueError, KeyError, TypeError):
            raise ProviderUnavailable("the keys of the provider cannot be read") from None
        return _Known(metadata, keys, now)

    def _client(self) -> OAuth2Client:
        own = self._own
        return OAuth2Client(
            own.client_id, own.client_secret, scope=SCOPE, redirect_uri=own.redirect_uri,
            token_endpoint_auth_method="client_secret_basic" if own.client_secret else "none",
            code_challenge_method="S256", timeout=_TIMEOUT, follow_redirects=False,
        )  # fmt: skip


def _keys(url: str) -> KeySetSerialization:
    found = _fetched(url).get("keys")
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise ProviderUnavailable("the keys of the provider cannot be read")
    return {"keys": found}


def _fetched(url: str) -> Claims:
    try:
        with httpx.stream("GET", url, timeout=_TIMEOUT, follow_redirects=False) as answer:
            answer.raise_for_status()
            body = bytearray()
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > _MOST_BYTES:
                    raise ProviderUnavailable("the provider's document is too large")
        return msgspec.json.decode(bytes(body), type=Claims)
    except (httpx.HTTPError, httpx.InvalidURL, msgspec.MsgspecError) as error:
        raise ProviderUnavailable(f"the provider does not answer: {type(error).__name__}") from None


def _is_web(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("https", "http") and bool(parts.hostname)
