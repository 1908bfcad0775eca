"""The ways in which the same events may be judged, and the alerts that each leaves."""

from __future__ import annotations

import resource
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from aiqyn.services import moments
from aiqyn.services.keys import Keys
from aiqyn.services.store.database import connect
from aiqyn.services.store.sql_store import SqlStore
from aiqyn.services.store.upgrade import upgrade
from aiqyn.streams.batch import Monitor
from tests.faults.invariants import judged
from tests.journeys.running import content, incoming
from tests.journeys.working import Site, Worker, store_of, wait_for

_PROFILE = "generic"
_BATCH = 1000
_PATIENCE = 1800.0


class Outcome(NamedTuple):
    """What came of one way."""

    ledger: int
    """Accepted events."""
    alerts: list[str]
    """The current ones, whole: ids and all but what tells of arrival."""
    processor: float
    """Seconds of all processes of ours."""


class Way(NamedTuple):
    """Workers, each with the options of its command."""

    workers: tuple[tuple[str, ...], ...]


def _together(runner: str, number: int) -> Way:
    return Way((("--runner", runner),) * number)


def _apart(runner: str, number: int) -> Way:
    stages = ("intake", "detect")
    return Way(tuple(("--runner", runner, "--only", stage) for stage in stages for _ in range(number)))


WAYS: dict[str, Way] = {
    f"{runner}, {number} worker{'s' * (number > 1)}, stages {name}": made(runner, number)
    for runner in ("loop", "faust")
    for number in (1, 3)
    for name, made in (("together", _together), ("apart", _apart))
}


def embedded(database_url: str, keys: Path, lines: Sequence[bytes]) -> Outcome:
    """One process, on SQLite or PostgreSQL."""
    engine = connect(database_url, create=True)
    try:
        upgrade(engine)
        store = SqlStore(engine)
        began = time.process_time()
        monitor = Monitor(store, _PROFILE, Keys(keys).alert_namespace(), moments.now)
        monitor.start()
        for start in range(0, len(lines), _BATCH):
            monitor.run_batch(incoming(lines[start : start + _BATCH]))
        return Outcome(store.last_seq(), content(store.standing()), time.process_time() - began)
    finally:
        engine.dispose()


def distributed(way: Way, here: Site, ledger: int) -> Outcome:
    """Workers on events that were published, until as many are in the ledger and judged."""
    before = _processor()
    with store_of(here) as store:
        with ExitStack() as stack:
            workers: list[Worker] = []
            for number, options in enumerate(way.workers):
                state = here.folder / f"{here.environ['AIQYN_GROUP']}-{number}"
                workers.append(here.start(*options, AIQYN_STATE_DIR=str(state)))
                stack.callback(workers[-1].kill)

            def done() -> bool:
                codes = [code for worker in workers if (code := worker.process.poll()) is not None]
                assert not codes, f"a worker ended with exit code {codes}"
                return store.last_seq() >= ledger <= judged(store)

            wait_for(done, _PATIENCE)
        return Outcome(store.last_seq(), content(store.standing()), _processor() - before)


def _processor() -> float:
    """Seconds of all children that have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def of_its_own(here: Site, database_url: str, group: str) -> Site:
    """The same topics and keys, with a database and a group of their own."""
    engine = connect(database_url, create=True)
    upgrade(engine)
    engine.dispose()
    return Site(here.folder, {**here.environ, "AIQYN_DATABASE_URL": database_url, "AIQYN_GROUP": group})


def differences(expected: Outcome, found: Outcome) -> str:
    """What is not the same; empty: nothing."""
    if not expected.alerts:
        return "there is no alert: the run shows nothing"
    if found.ledger != expected.ledger:
        return f"{found.ledger} events in the ledger instead of {expected.ledger}"
    missing, more = set(expected.alerts) - set(found.alerts), set(found.alerts) - set(expected.alerts)
    if missing or more:
        return f"{len(missing)} alerts are missing or other, {len(more)} are not expected"
    return "" if found.alerts == expected.alerts else "an alert stands twice"
