"""Signs of life of a process: whether its database answers, and whether its threads live and get on.

Whoever asks waits a bounded time, whatever hangs.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong

from sqlalchemy import Engine, text

from aiqyn.services.store import patience
from aiqyn.services.store.database import reading
from aiqyn.services.store.errors import StoreError

_WAIT = 2.0
"""Seconds that somebody who asks for the database waits."""
_TRY = 5.0
"""Seconds after which a question to the database is given up."""
_log = logging.getLogger("aiqyn.health")


class Probe:
    """Asks the database whether it answers, one question at a time, in threads that hold up nobody."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._asked: Future[bool] | None = None

    def database(self) -> str:
        """`ok` or `unavailable`, within two seconds."""
        with self._lock:
            if self._asked is None or self._asked.done():
                self._asked = Future()
                threading.Thread(target=self._ask, args=(self._asked,), name="probe", daemon=True).start()
            asked = self._asked
        try:
            return "ok" if asked.result(_WAIT) else "unavailable"
        except TookTooLong:
            return "unavailable"

    def _ask(self, asked: Future[bool]) -> None:
        answers = False
        try:
            with patience.at_most(_TRY), reading(self._engine) as connection:
                connection.execute(text("SELECT 1"))
            answers = True
        except StoreError as error:
            _log.debug("the database does not answer: %s", error)
        finally:
            asked.set_result(answers)


class Regular:
    """Does something again and again in a thread of its own, to keep gauges true; trouble is left to the next time."""

    def __init__(self, name: str, seconds: float, what: Callable[[], None]) -> None:
        self._stop = threading.Event()
        self._every = seconds
        self._what = what
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                self._what()
            except StoreError as error:
                _log.debug("%s: %s", self._thread.name, error)
            except Exception:
                _log.exception("%s", self._thread.name)
            if self._stop.wait(self._every):
                return

    def stop(self) -> None:
        """Do it no more; what runs is not waited for."""
        self._stop.set()


class Pulse:
    """When each part of a process last got on."""

    def __init__(self) -> None:
        self._at: dict[str, float] = {}

    def of(self, part: str) -> Callable[[], None]:
        """What the part calls whenever it gets on; it counts from now."""

        def beat() -> None:
            self._at[part] = time.monotonic()

        beat()
        return beat

    def longest(self) -> float:
        """For how many seconds the slowest part has not got on."""
        now = time.monotonic()
        return max((now - at for at in list(self._at.values())), default=0.0)
