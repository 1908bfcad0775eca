"""Keeps Kafka's clients from flooding the log while a broker is away: fifty lines a second otherwise."""

from __future__ import annotations

import logging
import time

_CLIENTS = ("aiokafka", "kafka", "faust", "mode")
_EVERY = 10.0
"""Seconds between two lines from the same place of a client."""


class Seldom(logging.Filter):
    """Lets each place of the clients' code speak once in a while; everybody else always."""

    def __init__(self) -> None:
        super().__init__()
        self._spoke: dict[tuple[str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.partition(".")[0] not in _CLIENTS:
            return True
        now = time.monotonic()
        place = (record.pathname, record.lineno)
        if now - self._spoke.get(place, -_EVERY) < _EVERY:
            return False
        self._spoke[place] = now
        return True
