"""SIGTERM and SIGINT: finish what was begun, leave the rest, end well. A second signal ends at once."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from aiqyn.services.cli.exits import FINE


class StopAsked(Exception):
    """A signal asked to stop while nothing was being written."""


class Stopping:
    """Signals of one command. Outside `unbroken` the first one raises StopAsked where the program is."""

    def __init__(self) -> None:
        self._asked = False
        self._unbroken = False

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Catch the signals until the block ends."""
        before = {number: signal.signal(number, self._on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def unbroken(self) -> Iterator[None]:
        """Let the block finish; a signal that came meanwhile raises StopAsked at its end."""
        self._unbroken = True
        try:
            yield
        finally:
            self._unbroken = False
        if self._asked:
            raise StopAsked

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self._asked:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        self._asked = True
        if not self._unbroken:
            raise StopAsked


def end_at_signals() -> None:
    """While a service starts it has begun nothing: a signal ends it well, whatever it waits for."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(FINE))
