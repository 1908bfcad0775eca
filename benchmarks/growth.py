"""How the cost of an event grows with the graph.

One run fills a graph from nothing to a million edges with events of one mix (the demo's country comes cohort by cohort)
and compares the stretch around 10,000 edges with the last stretch of as many events. `python -m benchmarks.growth
1000000 FOLDER` leaves the database in the folder, for `benchmarks.start`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.filling import Place, Run, fill

_SMALL = 10_000
"""Edges at which the first stretch is centred."""
_STEPS = 10
"""Rows of the table."""


def main(edges: int, folder: Path) -> None:
    """Print the cost of an event at `_SMALL`, on the way, and at the given number of edges."""
    place = Place(folder)
    _, runs = fill(place, edges)
    place.engine.dispose()
    small = [run for run in runs if _SMALL / 2 < run.edges <= _SMALL * 3 / 2]
    for step in range(1, _STEPS):
        at = next(number for number, run in enumerate(runs) if run.edges >= runs[-1].edges * step / _STEPS)
        stretch = runs[max(0, at - len(small)) : at + 1]
        print(f"on the way     {stretch[-1].edges:>9,} edges {_micros(stretch):>7.1f} us an event")
    large = runs[-len(small) :]
    first, last = _micros(small), _micros(large)
    print(
        f"growth    {small[-1].edges:>9,} edges {first:>7.1f} us an event"
        f"   {large[-1].edges:>9,} edges {last:>7.1f} us an event   ratio {last / first:.2f}"
    )


def _micros(runs: list[Run]) -> float:
    return sum(run.seconds for run in runs) / sum(run.records for run in runs) * 1e6


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    if len(sys.argv) > 2:
        main(size, Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as name:
            main(size, Path(name))
