"""How long a start takes on a filled database: from a snapshot, and from the ledger alone.

Run `python -m benchmarks.start 1000000`, or with a folder that `benchmarks.growth` filled before. Each start is a
process of its own, as it is in life; its time begins with the monitor and ends when it is ready for events.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.filling import Place, fill

_WAYS = ("ledger", "snapshot")
"""The first leaves the snapshot that the second starts from."""


def main(edges: int, folder: Path) -> None:
    """Print the time of a start in each way; fills the database first where the folder has none."""
    if not (folder / "country.db").exists():
        for _ in fill(Place(folder), edges):
            pass
    for kept in folder.glob("*.snapshot"):
        kept.unlink()  # it may be other code's
    for way in _WAYS:
        subprocess.run([sys.executable, "-m", "benchmarks.start", way, str(folder)], check=True)


def _once(way: str, folder: Path) -> None:
    monitor = Place(folder).monitor()
    began, processor = time.perf_counter(), time.process_time()
    monitor.start()
    took, spent = time.perf_counter() - began, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    monitor.keep()
    edges = monitor.engine.world.edges.alive
    print(
        f"start     {edges:>9,} edges from the {way:<8}"
        f"   {spent:>6.1f} s of processor, {took:>6.1f} s in all, {peak:>6,.0f} MiB at most"
    )


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] in _WAYS:
        _once(sys.argv[1], Path(sys.argv[2]))
    else:
        size = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
        if len(sys.argv) > 2:
            main(size, Path(sys.argv[2]))
        else:
            with tempfile.TemporaryDirectory() as name:
                main(size, Path(name))
