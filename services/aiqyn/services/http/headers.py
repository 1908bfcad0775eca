"""Headers of every answer: nothing from another host, no framing, no guessing of types."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_STRICT = "max-age=31536000"


def add(headers: MutableHeaders, path: str, secure: bool) -> None:
    """Add what is missing: answers are kept by nobody unless they say so themselves, but our style sheet and script,
    which are asked after each time. `secure`: the server is reached by https."""
    for name, value in _ALWAYS.items():
        headers.setdefault(name, value)
    headers.setdefault("Cache-Control", "no-cache" if path.startswith("/static/") else "no-store")
    if secure:
        headers.setdefault("Strict-Transport-Security", _STRICT)
