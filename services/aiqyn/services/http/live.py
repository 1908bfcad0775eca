"""The engine inside the server: one thread owns it; handlers hand it work and wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

from aiqyn.services import wiring
from aiqyn.services.metrics import BATCH_RECORDS, BATCH_SECONDS, count_event
from aiqyn.services.settings import Settings
from aiqyn.services.store.errors import StoreUnavailable
from aiqyn.services.store.opening import Database
from aiqyn.services.store.senders import last_refusal, remember
from aiqyn.streams.batch import Monitor
from aiqyn.streams.engine import Engine
from aiqyn.streams.ports import Door
from aiqyn.streams.verdicts import Incoming, Verdict

T = TypeVar("T")
MOST_WAITING = 64
"""Pieces of work that may wait for the engine; more are refused."""


class Live(Protocol):
    """What handlers ask of the engine."""

    @property
    def judges(self) -> bool:
        """Whether alerts are made in this process."""
        ...

    def submit(self, records: Sequence[Incoming], door: Door = "http", account: str | None = None) -> list[Verdict]:
        """Verdicts once the records are durable; `account` sent them. Raises StoreUnavailable."""
        ...

    def settled(self, verdicts: list[Verdict], seconds: float) -> list[Verdict]:
        """The same verdicts once their events took effect, or as far as they did after so many seconds."""
        ...

    def ask(self, question: Callable[[Engine], T]) -> T:
        """Put a question to the engine as it stands; the answer must not keep anything of it."""
        ...

    def busy(self) -> float:
        """For how many seconds the engine has been at its present piece of work."""
        ...

    def checks(self) -> dict[str, str]:
        """What must be `ok` beside the database before the server can work."""
        ...

    def close(self) -> None: ...


class EngineThread:
    """One thread for all that touches an engine."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="engine")
        self._lock = threading.Lock()
        self._waiting = 0
        self._since: float | None = None

    def run(self, work: Callable[[], T]) -> T:
        """Do it there and wait. Raises StoreUnavailable where too much waits already."""
        with self._lock:
            if self._waiting >= MOST_WAITING:
                raise StoreUnavailable("the engine is busy: too many requests wait for it")
            self._waiting += 1
        try:
            return self._pool.submit(self._timed, work).result()
        except RuntimeError as error:
            if "shutdown" in str(error):
                raise StoreUnavailable("the server is stopping") from None
            raise
        finally:
            with self._lock:
                self._waiting -= 1

    def busy(self) -> float:
        since = self._since
        return 0.0 if since is None else time.monotonic() - since

    def close(self, last: Callable[[], None]) -> None:
        """Finish what waits, then the last piece of work."""
        self._pool.submit(last)
        self._pool.shutdown(wait=True)

    def _timed(self, work: Callable[[], T]) -> T:
        self._since = time.monotonic()
        try:
            return work()
        finally:
            self._since = None


class Embedded:
    """The server is the engine. A batch that fails spends the monitor: it is built anew from the ledger."""

    judges = True

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._thread = EngineThread()
        self._monitor: Monitor | None = None
        self._thread.run(self._ready)

    def submit(self, records: Sequence[Incoming], door: Door = "http", account: str | None = None) -> list[Verdict]:
        return self._thread.run(lambda: self._run(records, door, account))

    def settled(self, verdicts: list[Verdict], seconds: float) -> list[Verdict]:
        return verdicts

    def ask(self, question: Callable[[Engine], T]) -> T:
        return self._thread.run(lambda: question(self._ready().engine))

    def busy(self) -> float:
        return self._thread.busy()

    def checks(self) -> dict[str, str]:
        return {}

    def close(self) -> None:
        """Finish what runs, keep a snapshot, end the thread."""
        self._thread.close(lambda: self._monitor.keep() if self._monitor is not None else None)

    def _ready(self) -> Monitor:
        if self._monitor is None:
            monitor = wiring.monitor(self._database, self._settings)
            monitor.start()
            self._monitor = monitor
        return self._monitor

    def _run(self, records: Sequence[Incoming], door: Door, account: str | None) -> list[Verdict]:
        monitor = self._ready()
        engine = self._database.engine
        before = last_refusal(engine) if account is not None else 0
        began = time.perf_counter()
        try:
            verdicts = monitor.run_batch(records, door)
        except BaseException:
            self._monitor = None
            raise
        BATCH_SECONDS.observe(time.perf_counter() - began)
        BATCH_RECORDS.observe(len(records))
        for verdict in verdicts:
            count_event(verdict.status, verdict.type)
        if account is not None:
            taken = [each for each in verdicts if each.status in ("accepted", "duplicate")]
            sent = [(each.source or "", each.id or "") for each in taken]
            remember(engine, account, sent, before if len(taken) < len(verdicts) else None)
        return verdicts


__all__ = ["Embedded", "EngineThread", "Live", "StoreUnavailable"]
