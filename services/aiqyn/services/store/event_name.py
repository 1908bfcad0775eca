"""The name of an event in the ledger's index."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256


@lru_cache(maxsize=4096)  # a batch asks for each name twice: is it there, and to write it
def event_name(source: str, id: str) -> bytes:
    """16 bytes that stand for (source, id): their SHA-256, cut. Neither may hold NUL, which parts them."""
    return sha256(f"{source}\0{id}".encode()).digest()[:16]
