"""ID tokens: signed by the provider, for us, now, and for this very sign-in (OpenID Connect Core, section 3.1.3.7)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from typing import Any, NamedTuple

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from aiqyn.services.accounts.oidc.errors import SignInRefused

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures by a private key alone: our secret, or none, proves nothing about the provider."""
_LEEWAY = 60  # seconds that clocks may differ
_MOST = 64_000
_MOST_SUBJECT = 255
_HASHES = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512, "EdDSA": hashlib.sha512}
Claims = dict[str, Any]


class NotSigned(SignInRefused):
    """No key of the provider fits the signature."""


class Expected(NamedTuple):
    """What the token must say."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str


def claims_of(raw: str, keys: KeySet, expected: Expected) -> Claims:
    """The claims of a token that holds. Raises SignInRefused; NotSigned where it is none of the provider's."""
    if len(raw) > _MOST:
        raise SignInRefused("the ID token is too long")
    try:
        token = jwt.decode(raw, keys, algorithms=ALGORITHMS)
    except (JoseError, ValueError, TypeError, KeyError):
        raise NotSigned("the ID token is not signed by the provider") from None
    claims: Claims = token.claims
    why = _fault(claims, str(token.header["alg"]), expected, time.time())
    if why is not None:
        raise SignInRefused(f"the ID token does not hold: {why}")
    return claims


def _fault(claims: Claims, algorithm: str, expected: Expected, now: float) -> str | None:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    subject, nonce = claims.get("sub"), claims.get("nonce")
    if claims.get("iss") != expected.issuer:
        return "another issuer made it"
    if expected.client_id not in audiences:
        return "it is for somebody else"
    if (len(audiences) > 1 or "azp" in claims) and claims.get("azp") != expected.client_id:
        return "another party was authorised"
    if not _is_number(claims.get("exp")) or claims["exp"] <= now - _LEEWAY:
        return "it has expired"
    if not _is_number(claims.get("iat")) or claims["iat"] > now + _LEEWAY:
        return "it was made in the future"
    if "nbf" in claims and (not _is_number(claims["nbf"]) or claims["nbf"] > now + _LEEWAY):
        return "it does not hold yet"
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), expected.nonce.encode()):
        return "it belongs to another sign-in"
    if not isinstance(subject, str) or not 0 < len(subject) <= _MOST_SUBJECT:
        return "it names nobody"
    if "at_hash" in claims and claims["at_hash"] != _half_hash(expected.access_token, algorithm):
        return "the access token is another one"
    return None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _half_hash(text: str, algorithm: str) -> str:
    digest = _HASHES.get(algorithm, _HASHES.get(algorithm[-3:], hashlib.sha256))(text.encode("ascii", "replace"))
    half = digest.digest()[: digest.digest_size // 2]
    return base64.urlsafe_b64encode(half).decode().rstrip("=")
