"""Headers of every answer: nothing from another host, no framing, no guessing of types."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_STRICT = "max-age=31536000"


def policy(issuer: str | None) -> str:
    """The Content-Security-Policy. `issuer`: signing out leads on to the OpenID provider, which browsers take for a
    target of the form."""
    parts = urlsplit(issuer or "")
    forms = f"'self' {parts.scheme}://{parts.netloc}" if parts.netloc else "'self'"
    return _POLICY.format(forms=forms)


def add(headers: MutableHeaders, path: str, secure: bool, policy: str) -> None:
    """Add what is missing: answers are kept by nobody unless they say so themselves, but our style sheet and script,
    which are asked after each time. `secure`: the server is reached by https."""
    headers.setdefault("Content-Security-Policy", policy)
    for name, value in _ALWAYS.items():
        headers.setdefault(name, value)
    headers.setdefault("Cache-Control", "no-cache" if path.startswith("/static/") else "no-store")
    if secure:
        headers.setdefault("Strict-Transport-Security", _STRICT)
