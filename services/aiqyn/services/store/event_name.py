"""The name of an event in the ledger's index."""

from __future__ import annotations

from hashlib import sha256


def event_name(source: str, id: str) -> bytes:
    """16 bytes that stand for (source, id): their SHA-256, cut. Neither may hold NUL, which parts them."""
    return sha256(f"{source}\0{id}".encode()).digest()[:16]
