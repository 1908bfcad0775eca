"""How the cost of an event grows with the graph, and how long a start takes on the large one.

One run fills a graph from nothing to a million edges with events of one mix (the demo's country comes cohort by cohort)
and compares the stretch around 10,000 edges with the last stretch of as many events.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from benchmarks.country import EDGES_A_COMPANY, events_file

from aiqyn.services import moments
from aiqyn.services.feeding import batches
from aiqyn.services.files import read_records
from aiqyn.services.keys import Keys
from aiqyn.services.snapshots import SnapshotFile
from aiqyn.services.store.database import connect
from aiqyn.services.store.sql_store import SqlStore
from aiqyn.services.store.upgrade import upgrade
from aiqyn.streams.batch import Monitor

_SMALL = 10_000
"""Edges at which the first stretch is centred."""


class _Batch(NamedTuple):
    edges: int
    """In the graph after it."""
    records: int
    seconds: float


def main(edges: int) -> None:
    """Print the cost of an event at `_SMALL` and at the given number of edges, and the time of a start."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'growth.db'}"
        engine = connect(url, create=True)
        upgrade(engine)
        snapshots = SnapshotFile(folder, url, Keys(folder / "keys"))
        monitor = Monitor(SqlStore(engine), "generic", UUID(int=1), moments.now, snapshots)
        monitor.start()
        runs = _fill(monitor, events_file(folder, int(edges / EDGES_A_COMPANY)))
        small = [run for run in runs if _SMALL / 2 < run.edges <= _SMALL * 3 / 2]
        large = runs[-len(small) :]
        first, last = _micros(small), _micros(large)
        print(
            f"growth    {small[-1].edges:>9,} edges {first:>7.1f} us an event"
            f"   {large[-1].edges:>9,} edges {last:>7.1f} us an event   ratio {last / first:.2f}"
        )
        monitor.keep()
        del monitor
        for what, kept in (("from a snapshot", snapshots), ("from the ledger", None)):
            again = Monitor(SqlStore(engine), "generic", UUID(int=1), moments.now, kept)
            began = time.perf_counter()
            again.start()
            took = time.perf_counter() - began
            print(f"start     {again.engine.world.edges.alive:>9,} edges ready after {took:>6.1f} s {what}")
            del again
        engine.dispose()


def _fill(monitor: Monitor, file: Path) -> list[_Batch]:
    runs = []
    for batch in batches(read_records(file)):
        began = time.process_time()
        monitor.run_batch(batch)
        runs.append(_Batch(monitor.engine.world.edges.alive, len(batch), time.process_time() - began))
    return runs


def _micros(runs: list[_Batch]) -> float:
    return sum(run.seconds for run in runs) / sum(run.records for run in runs) * 1e6


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
