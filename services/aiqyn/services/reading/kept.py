"""Answers that are costly to make, kept until what they were made of has changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
_CHEAP = 0.1
"""Seconds: what costs less is made anew whenever something changed."""
_REST = 10
"""What costs more stays as it is for this many times its cost, and is made anew beside the requests."""


class Kept(Generic[T]):
    """An answer that is costly to make, with the version that it was made of."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answer: tuple[T, tuple[object, ...]] | None = None
        self._cost = 0.0
        self._made_at = 0.0
        self._making = False

    def get(self, make: Callable[[], T], version: Callable[[], tuple[object, ...]]) -> T:
        """The answer: made anew where it is cheap or there is none, else made anew beside the requests."""
        now = version()
        with self._lock:
            answer = self._answer
            if answer is not None and answer[1] == now:
                return answer[0]
            if answer is None or self._cost < _CHEAP:
                return self._made(make, now)
            if not self._making and time.monotonic() - self._made_at > _REST * self._cost:
                self._making = True
                threading.Thread(target=self._beside, args=(make, now), daemon=True).start()
            return answer[0]

    def _beside(self, make: Callable[[], T], now: tuple[object, ...]) -> None:
        try:
            self._made(make, now)
        finally:
            self._making = False

    def _made(self, make: Callable[[], T], now: tuple[object, ...]) -> T:
        began = time.monotonic()
        answer = make()
        self._made_at = time.monotonic()
        self._cost = self._made_at - began
        self._answer = answer, now
        return answer
