"""A producer that is made anew after a failure: an idempotent one that met a fatal error refuses for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from aiqyn.services.kafka import clients


class Renewed:
    """Gives the producer of the moment. Safe to share between threads; `close` it."""

    def __init__(self, make: Callable[[], clients.KafkaProducer]) -> None:
        """`make` is called at the first need, and after failures; what it raises comes out of `get`."""
        self._make = make
        self._lock = threading.Lock()
        self._producer: Any = None

    def get(self) -> clients.KafkaProducer:
        with self._lock:
            if self._producer is None:
                self._producer = self._make()
            return self._producer

    def failed(self, producer: clients.KafkaProducer) -> None:
        """A record that this producer had was not acknowledged: the next one asks another producer."""
        with self._lock:
            if self._producer is not producer:
                return  # somebody else has seen to it
            self._producer = None
        # what other threads gave it may still arrive, and is waited for by them, not by us
        threading.Thread(target=clients.drop, args=(producer, 10), daemon=True).start()

    def close(self) -> None:
        """Send what is on its way, at most 10 seconds long."""
        with self._lock:
            if self._producer is not None:
                clients.drop(self._producer, 10)
                self._producer = None
