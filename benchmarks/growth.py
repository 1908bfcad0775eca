"""How the cost of an event grows with the graph.

One run fills a graph from nothing to a million edges with events of one mix (district after district of the demo's
country) and compares the stretch around 10,000 edges with later ones of as many events: in processor time, and in
lengths of a yardstick measured beside it, for on a shared machine the processor's own speed goes up and down.
`python -m benchmarks.growth 1000000 FOLDER` leaves the database in the folder, for `benchmarks.start`.
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
    """Print the cost of an event around `_SMALL` edges, on the way, and at the given number of edges."""
    runs: list[Run] = []
    first: list[Run] = []
    told = 0
    for run in fill(Place(folder), edges):
        runs.append(run)
        if run.edges <= _SMALL * 3 / 2:
            first = [run for run in runs if run.edges > _SMALL / 2]
        elif run.edges * _STEPS // edges > told:
            told = run.edges * _STEPS // edges
            _tell("", runs[-len(first) :], first)
    _tell("first", first, first)
    _tell("last", runs[-len(first) :], first)


def _tell(which: str, stretch: list[Run], first: list[Run]) -> None:
    micros, lengths = _micros(stretch), _lengths(stretch)
    print(
        f"growth {which:<5} {stretch[-1].edges:>9,} edges {micros:>7.1f} us an event"
        f"   ratio {micros / _micros(first):.2f}, by yardstick {lengths / _lengths(first):.2f}",
        flush=True,
    )


def _micros(runs: list[Run]) -> float:
    return sum(run.seconds for run in runs) / _records(runs) * 1e6


def _lengths(runs: list[Run]) -> float:
    """Of the yardstick, an event."""
    return sum(run.seconds for run in runs) / sum(run.yardstick for run in runs) * len(runs) / _records(runs)


def _records(runs: list[Run]) -> int:
    return sum(run.records for run in runs)


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    if len(sys.argv) > 2:
        main(size, Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as name:
            main(size, Path(name))
