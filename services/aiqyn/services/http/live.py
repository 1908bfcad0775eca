"""The engine inside the server: one thread owns it; handlers hand it work and wait."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol, TypeVar

from aiqyn.services import wiring
from aiqyn.services.settings import Settings
from aiqyn.services.store.errors import StoreUnavailable
from aiqyn.services.store.opening import Database
from aiqyn.streams.batch import Incoming, Monitor, Verdict
from aiqyn.streams.engine import Engine
from aiqyn.streams.ports import Door

T = TypeVar("T")


class Live(Protocol):
    """What handlers ask of the engine."""

    def submit(self, records: Sequence[Incoming], door: Door = "http") -> list[Verdict]:
        """Verdicts once the records are durable. Raises StoreUnavailable."""
        ...

    def ask(self, question: Callable[[Engine], T]) -> T:
        """Put a question to the engine as it stands; the answer must not keep anything of it."""
        ...

    def close(self) -> None: ...


class Embedded:
    """The server is the engine. A batch that fails spends the monitor: it is built anew from the ledger."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="engine")
        self._monitor: Monitor | None = None
        self._wait(self._thread.submit(self._ready))

    def submit(self, records: Sequence[Incoming], door: Door = "http") -> list[Verdict]:
        return self._wait(self._thread.submit(self._run, records, door))

    def ask(self, question: Callable[[Engine], T]) -> T:
        return self._wait(self._thread.submit(lambda: question(self._ready().engine)))

    def close(self) -> None:
        """Finish what runs, keep a snapshot, end the thread."""

        def last() -> None:
            if self._monitor is not None:
                self._monitor.keep()

        self._thread.submit(last)
        self._thread.shutdown(wait=True)

    def _ready(self) -> Monitor:
        if self._monitor is None:
            monitor = wiring.monitor(self._database, self._settings)
            monitor.start()
            self._monitor = monitor
        return self._monitor

    def _run(self, records: Sequence[Incoming], door: Door) -> list[Verdict]:
        monitor = self._ready()
        try:
            return monitor.run_batch(records, door)
        except BaseException:
            self._monitor = None
            raise

    @staticmethod
    def _wait(future: Future[T]) -> T:
        return future.result()


__all__ = ["Embedded", "Live", "StoreUnavailable"]
