"""One worker process: its threads, its health, how it leaves."""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from uuid import UUID, uuid4

from aiqyn.services import canary, moments
from aiqyn.services.distributed.detector import Detector
from aiqyn.services.distributed.leases import Leases
from aiqyn.services.distributed.ledger import last_seq
from aiqyn.services.kafka.alert_feed import AlertFeed
from aiqyn.services.kafka.outbox import waiting
from aiqyn.services.kafka.quality_feed import QualityFeed
from aiqyn.services.kafka.relay import Feed, Relay
from aiqyn.services.metrics import CANARY_AT, CANARY_SECONDS, GRAPH_LAG, OUTBOX
from aiqyn.services.settings import Settings
from aiqyn.services.snapshots import SnapshotFile
from aiqyn.services.store.erasures import erasures
from aiqyn.services.store.errors import EngineRunning, StoreError, StoreUnavailable
from aiqyn.services.store.lock import Lock
from aiqyn.services.store.opening import Database
from aiqyn.services.store.standstill import end_stuck
from aiqyn.services.vitals import Probe, Pulse, Regular

FATAL, STALLED = 70, 71
"""Exit codes: an error that is our bug; no progress any more."""
PATIENCE = 300.0
"""Seconds without progress after which the process ends itself."""
_UNWELL = 120.0
_IDLE = 0.05
_BEAT = 2.5
_GAUGES = 2.5
_STUCK = 5.0
_log = logging.getLogger("aiqyn.worker")


class Runtime:
    """What the threads of a worker share."""

    def __init__(self, database: Database, settings: Settings, lock: Lock, stages: frozenset[str]) -> None:
        self.database = database
        self.settings = settings
        self.stages = stages
        self.stop = threading.Event()
        self.left = threading.Event()
        """The parts are given back."""
        self.written = threading.Event()
        """The intake of this process has written to the ledger since detection looked last."""
        self._lock = lock
        self._namespace: UUID = database.alert_namespace()
        name = settings.instance_id or f"{socket.gethostname()}:{os.getpid()}"
        self.leases = Leases(database.engine, f"{name}:{uuid4().hex[:8]}", settings.group, ",".join(sorted(stages)))
        self._detector: Detector | None = None
        self._target: int | None = None
        self._looked = float("-inf")
        """When the lag of the graph was looked at last."""
        self.caught_up = "detect" not in stages
        self.joined = "intake" not in stages
        self.busy_since: float | None = None
        """Since when the intake is at its present batch."""
        self._pulse = Pulse()
        self._probe = Probe(database.engine)
        self._alive: Callable[[], None] = lambda: None
        self._threads: list[threading.Thread] = []

    # --- threads

    def begin(self) -> None:
        """Start what runs beside the intake."""
        Regular("stuck", _STUCK, self._end_stuck)
        work: list[tuple[str, Callable[[], None]]] = [("beat", self._beat), ("watch", self._watch)]
        if "detect" in self.stages:
            self._alive = self._pulse.of("detect")
            work.append(("detect", self._detect))
            if self.settings.kafka_bootstrap is not None:
                work += self._relays()
                Regular("gauges", _GAUGES, lambda: OUTBOX.set(waiting(self.database.engine)))
        else:
            self.left.set()
        for name, body in work:
            thread = threading.Thread(target=self._guarded, args=(body,), name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def _relays(self) -> list[tuple[str, Callable[[], None]]]:
        source = self.settings.source
        feeds = AlertFeed(source), QualityFeed(source, self._look_for_canaries)
        relays = [(f"relay {feed.name}", feed) for feed in feeds]
        return [(name, partial(self._relay, name, feed)) for name, feed in relays]

    def _relay(self, name: str, feed: Feed) -> None:
        Relay(self.settings, self.database.engine, feed, self._pulse.of(name)).run(self.stop)

    def _look_for_canaries(self, source: str, at: int) -> None:
        if source == canary.source(self.settings):
            now = moments.now()
            CANARY_SECONDS.set((now - at) / 1e6)
            CANARY_AT.set(now / 1e6)

    def _guarded(self, body: Callable[[], None]) -> None:
        try:
            body()
            if not self.stop.is_set():
                self.fail(f"the thread {threading.current_thread().name} ended", FATAL)
        except EngineRunning as error:
            self.fail(str(error), 1)
        except BaseException:
            _log.critical("cannot go on", exc_info=True)
            end(FATAL)

    def _detect(self) -> None:
        pause = 0.1
        while not self.stop.is_set():
            self._alive()
            try:
                detector = self._ready_detector()
                self.written.clear()
                step = detector.step()
                self._look_at_lag(detector, bool(step.facts))
                pause = 0.1
                if not step.facts:
                    self.written.wait(_IDLE)
            except StoreUnavailable as error:
                _log.warning("detection waits: %s", error)
                self.stop.wait(pause)
                pause = min(2 * pause, 3.0)
        self._give_back()

    def _ready_detector(self) -> Detector:
        if self._detector is None or self._detector.spent:
            self._detector = None
            if self._target is None:
                self._target = last_seq(self.database.engine)
            self.leases.drop()
            made = Detector(
                self.database.store,
                self.database.profile,
                self._namespace,
                self.leases,
                SnapshotFile(
                    self.settings.state_dir,
                    self.settings.database_url,
                    self.database.keys,
                    lambda: erasures(self.database.engine),
                ),
                alive=self._alive,
            )
            made.start()
            self._detector = made
        return self._detector

    def _look_at_lag(self, detector: Detector, busy: bool) -> None:
        if self._target is not None and detector.reached >= self._target:
            self.caught_up = True
        now = time.monotonic()
        if not busy:
            GRAPH_LAG.set(0)
        elif now - self._looked >= _GAUGES:
            GRAPH_LAG.set(max(0, last_seq(self.database.engine) - detector.reached))
            self._looked = now

    def _give_back(self) -> None:
        try:
            if self._detector is not None:
                self._detector.release()
            else:
                self.leases.release()
        except StoreError as error:
            _log.warning("the parts are not given back, their leases run out: %s", error)
        self.left.set()

    def _beat(self) -> None:
        while not self.stop.wait(_BEAT):
            try:
                self._lock.keep()
                detector = self._detector
                if "detect" not in self.stages:
                    self.leases.beat(0)
                elif detector is not None:
                    self.leases.beat(detector.reached)
            except StoreUnavailable as error:
                _log.warning("no sign of life: %s", error)

    def _end_stuck(self) -> None:
        if ended := end_stuck(self.database.engine):
            _log.warning("ended %d sessions that stood still in a statement and held others up", ended)

    def _watch(self) -> None:
        while not self.stop.wait(1.0):
            if self._idle_for() > PATIENCE:
                self.fail("no progress any more", STALLED)

    def _idle_for(self) -> float:
        """For how many seconds the slowest stage has made no progress."""
        since = self.busy_since
        intake = 0.0 if since is None else time.monotonic() - since
        return max(intake, self._pulse.longest())

    # --- health

    def gets_on(self, part: str) -> None:
        """That a part of the process is not stuck. It counts from the first time."""
        self._pulse.of(part)()

    def alive(self) -> bool:
        return self._idle_for() < _UNWELL

    def checks(self) -> dict[str, str]:
        """What must be `ok` before the worker can work."""
        found = {"database": self._probe.database()}
        if "intake" in self.stages:
            found["group"] = "ok" if self.joined else "joining"
        if "detect" in self.stages:
            found["graph"] = "ok" if self.caught_up else "loading"
        return found

    # --- leaving

    def fail(self, why: str, code: int) -> None:
        """End the process at once; what is not acknowledged comes again."""
        _log.critical("%s", why)
        end(code)

    def leave(self, seconds: float) -> None:
        """Give everything back, for at most so long."""
        self.stop.set()
        self.written.set()
        until = time.monotonic() + seconds
        self.left.wait(seconds)
        for thread in self._threads:
            if thread is not threading.current_thread() and thread.name.startswith("relay"):
                thread.join(max(0.0, until - time.monotonic()))


def end(code: int) -> None:
    """End the process without waiting for anything."""
    sys.stderr.flush()
    os._exit(code)
