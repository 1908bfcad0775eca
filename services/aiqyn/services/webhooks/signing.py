"""Secrets and signatures as in Standard Webhooks 1.0."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable

PREFIX = "whsec_"
_BYTES = 32


def secret() -> str:
    """A new secret: `whsec_`, then 32 random bytes in base64."""
    return PREFIX + base64.b64encode(os.urandom(_BYTES)).decode()


def signature(secrets: Iterable[str], id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: one `v1,<base64>` for each secret. `timestamp` in seconds since 1970 UTC."""
    signed = b".".join((id.encode(), str(timestamp).encode(), body))
    return " ".join(f"v1,{_one(each, signed)}" for each in secrets)


def _one(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
