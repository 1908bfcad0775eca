"""Events that go out while faults happen, until every one of them is acknowledged."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from aiqyn.schemas.envelope import read_structured
from aiqyn.services.kafka.errors import KafkaUnavailable
from aiqyn.services.kafka.publisher import Publisher
from aiqyn.services.settings import Settings

_PIECE = 20
"""Events sent together."""
_PAUSE = 0.15
"""Seconds between pieces: some hundred events a second."""


class Flow:
    """Publishes in a thread of its own as far as it is let; what is not acknowledged is sent again."""

    def __init__(self, settings: Settings, lines: Sequence[bytes]) -> None:
        self._settings = settings
        self._lines = list(lines)
        self._events = [read_structured(line) for line in lines]
        self._allowed = 0
        self._hurry = False
        self._error: BaseException | None = None
        self._sent = 0
        self._thread = threading.Thread(target=self._run, name="flow", daemon=True)

    @property
    def sent(self) -> int:
        """Events that are acknowledged."""
        return self._sent

    def take(self, number: int) -> list[bytes]:
        """The last lines, to be sent by the caller."""
        end = len(self._lines) - number
        assert self._allowed <= end, "they are being sent"
        taken = self._lines[end:]
        del self._lines[end:], self._events[end:]
        return taken

    def begin(self) -> None:
        self._thread.start()

    def allow(self, share: float) -> None:
        """Go on up to this share of all events."""
        self._allowed = max(self._allowed, min(len(self._events), int(share * len(self._events))))

    def finish(self, seconds: float) -> None:
        """Send what is left; every event is acknowledged then. Raises AssertionError where that takes too long."""
        self._hurry = True
        self.allow(1.0)
        self._thread.join(seconds)
        if self._error is not None:
            raise AssertionError(f"the publisher failed: {self._error!r}") from self._error
        assert not self._thread.is_alive(), f"only {self._sent} of {len(self._events)} events could be published"

    def _run(self) -> None:
        try:
            while self._sent < len(self._events):
                self._publish()
        except BaseException as error:
            self._error = error

    def _publish(self) -> None:
        try:
            with Publisher(self._settings) as publisher:
                while self._sent < len(self._events):
                    end = min(self._allowed, self._sent + (500 if self._hurry else _PIECE))
                    waiting = self._events[self._sent : end]
                    while waiting:
                        deliveries = publisher.publish(waiting)
                        waiting = [
                            event for event, one in zip(waiting, deliveries, strict=True) if one.error is not None
                        ]
                    self._sent = max(self._sent, end)
                    if not self._hurry:
                        time.sleep(_PAUSE)
        except KafkaUnavailable:
            time.sleep(0.5)
