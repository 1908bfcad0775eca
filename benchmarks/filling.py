"""A database filled with the demo country's districts, each event taken as it is made: of them nothing but the batch at
hand is in memory, and every stretch has the same mix of events."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from benchmarks.country import EDGES_A_COMPANY
from benchmarks.yardstick import Yardstick

from aiqyn.schemas.unwrap import cloudevent
from aiqyn.services import moments
from aiqyn.services.demo.country import districts
from aiqyn.services.feeding import batches
from aiqyn.services.files import Incoming
from aiqyn.services.keys import Keys
from aiqyn.services.snapshots import SnapshotFile
from aiqyn.services.store.database import connect
from aiqyn.services.store.sql_store import SqlStore
from aiqyn.services.store.upgrade import upgrade
from aiqyn.streams.batch import Monitor


class Run(NamedTuple):
    """One batch."""

    edges: int
    """In the graph after it."""
    records: int
    seconds: float
    """Processor time of the engine and its store; reading is left out, for it does not know how large the graph is."""
    yardstick: float
    """Processor time of the yardstick just before."""


class Place:
    """A database in a folder, with its snapshot."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.database = folder / "country.db"
        url = f"sqlite:///{self.database}"
        self.engine = connect(url, create=True)
        upgrade(self.engine)
        self.snapshots = SnapshotFile(folder, url, Keys(folder / "keys"))

    def monitor(self) -> Monitor:
        """A monitor of the database that is not started yet."""
        return Monitor(SqlStore(self.engine), "generic", UUID(int=1), moments.now, self.snapshots)


def fill(place: Place, edges: int) -> Iterator[Run]:
    """Fill an empty database with about that many edges, and leave a snapshot behind; each batch as it is done."""
    monitor = place.monitor()
    monitor.start()
    yardstick = Yardstick()
    for batch in batches(_records(int(edges / EDGES_A_COMPANY))):
        beside = yardstick.measure()
        began = time.process_time()
        monitor.run_batch(batch)
        yield Run(monitor.engine.world.edges.alive, len(batch), time.process_time() - began, beside)
    monitor.keep()
    place.engine.dispose()


def _records(companies: int) -> Iterator[Incoming]:
    for number, line in enumerate(districts(companies), 1):
        yield Incoming(line, cloudevent(line), None, number)
