"""Events through a monitor and a database of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import NamedTuple

from aiqyn.schemas.envelope import Event, read_structured
from aiqyn.schemas.errors import Rejected
from aiqyn.services.store import upgrade
from aiqyn.services.store.database import connect
from aiqyn.services.store.sql_store import SqlStore
from aiqyn.streams.batch import Monitor
from aiqyn.streams.replay import replay
from aiqyn.streams.verdicts import Incoming, Verdict
from tests.properties.running import BEGINNING, NAMESPACE, Json, line

PROFILE = "generic"


class Record(NamedTuple):
    """One event as bytes, read."""

    raw: bytes
    event: Event | None
    error: Rejected | None


def record(event: Json) -> Record:
    """An event at the door."""
    raw = line(event)
    return Record(raw, read_structured(raw), None)


def ticking() -> Callable[[], int]:
    """A clock of which every look is a millisecond later."""
    ticks = count(1)
    return lambda: BEGINNING + 1000 * next(ticks)


@contextmanager
def database(file: Path) -> Iterator[SqlStore]:
    """The store in an SQLite file, made where it does not exist."""
    engine = connect(f"sqlite:///{file}", create=True)
    try:
        upgrade.require(engine)
        yield SqlStore(engine)
    finally:
        engine.dispose()


def monitor(store: SqlStore, clock: Callable[[], int]) -> Monitor:
    """A monitor that has just started on what the store holds."""
    started = Monitor(store, PROFILE, NAMESPACE, clock)
    started.start()
    return started


def ingest(store: SqlStore, batches: Iterable[Sequence[Incoming]], clock: Callable[[], int]) -> list[Verdict]:
    """Each batch by a monitor that starts for it, as after a crash."""
    return [verdict for batch in batches for verdict in monitor(store, clock).run_batch(batch)]


def standing(store: SqlStore) -> list[Json]:
    """Every alert's last revision, by id."""
    return sorted(store.standing(), key=_id)


def replayed(store: SqlStore) -> list[Json]:
    """The alerts that the ledger alone gives, by id."""
    return sorted(replay(store, PROFILE, NAMESPACE), key=_id)


def _id(alert: Json) -> str:
    return str(alert["id"])
