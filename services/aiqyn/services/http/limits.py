"""How much of a request, and how many of them (RateLimit headers as in the IETF draft)."""

from __future__ import annotations

import threading
import time
from typing import NamedTuple

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

from aiqyn.services.http.problems import Problem

WINDOW = 60  # seconds
_FORGET_FROM = 10_000
RATE = "aiqyn.rate"
"""Where the scope of a request keeps its count."""


class Rate(NamedTuple):
    """What is left to somebody."""

    limit: int
    remaining: int
    reset: int
    """Seconds until the window ends."""

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Policy": f'"minute";q={self.limit};w={WINDOW}',
            "RateLimit": f'"minute";r={self.remaining};t={self.reset}',
        }


class Limiter:
    """Requests a minute by user, in windows that begin with the first request."""

    def __init__(self, limit: int) -> None:
        """`limit` 0: none."""
        self._limit = limit
        self._windows: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def count(self, request: Request, name: str) -> None:
        """Count a request of a user, once. Raises Problem 429 where it is one too many."""
        if not self._limit or RATE in request.scope:
            return
        now = time.monotonic()
        with self._lock:
            began, number = self._windows.get(name, (now, 0))
            if now - began >= WINDOW:
                began, number = now, 0
            self._windows[name] = (began, number + 1)
            if len(self._windows) > _FORGET_FROM:
                self._windows = {key: seen for key, seen in self._windows.items() if now - seen[0] < WINDOW}
        reset = max(1, round(began + WINDOW - now))
        request.scope[RATE] = Rate(self._limit, max(0, self._limit - number - 1), reset)
        if number >= self._limit:
            detail = f"{self._limit} requests a minute are allowed; try again in {reset} s"
            raise Problem(429, "rate.exceeded", detail, headers={"Retry-After": str(reset)})


def bounded(scope: Scope, receive: Receive, limit: int) -> Receive:
    """A body that ends with 413 where it grows over the limit; what Content-Length says is not read at all."""
    announced = dict(scope["headers"]).get(b"content-length", b"0")
    size = int(announced) if announced.isdigit() and len(announced) < 20 else 0
    taken = 0

    async def read() -> Message:
        nonlocal taken
        if size > limit:
            raise too_large(limit)
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise too_large(limit)
        return message

    return read


def too_large(limit: int) -> HTTPException:
    """413, as an error that the framework lets through while it reads a body."""
    return HTTPException(413, f"a body may have {limit} bytes after decompression")
