"""How long this thread waits for a server that says nothing (`impatience`)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from math import inf

PATIENCE = 60.0
"""Seconds without a byte from the server after which a connection counts as broken. The longest queries stay below."""


class _Own(threading.local):
    seconds: float | None = None


_own = _Own()


def seconds() -> float:
    """The patience of this thread."""
    return PATIENCE if _own.seconds is None else _own.seconds


@contextmanager
def at_most(limit: float) -> Iterator[None]:
    """Other seconds for this thread until the block ends."""
    before, _own.seconds = _own.seconds, limit
    try:
        yield
    finally:
        _own.seconds = before


def unhurried() -> AbstractContextManager[None]:
    """As long as it takes: altering tables does."""
    return at_most(inf)
