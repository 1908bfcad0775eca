"""`python -m tests.parity`: the same events through every way of running Aiqyn; exit 1 where the alerts differ."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from servers.kafka import kafka
from servers.postgres import postgres

from aiqyn.services.demo.country import SMALLEST_SIZE
from tests.faults.events import events
from tests.journeys.working import site
from tests.parity.ways import WAYS, Outcome, differences, distributed, embedded, of_its_own

_EVENTS_A_COMPANY = 7
"""At least so many has a demo country."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.parity", description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--way", action="append", choices=tuple(WAYS), metavar="NAME", help="default: all of them")
    parser.add_argument("--kafka", metavar="VERSION", help="3.9, 4 or in full")
    chosen = parser.parse_args()
    size = max(SMALLEST_SIZE, chosen.events // _EVENTS_A_COMPANY)
    lines = events(chosen.events, chosen.seed, size)
    print(f"{'way':36}{'events':>9}{'alerts':>8}{'seconds':>9}{'cpu s':>8}{'events/cpu s':>14}  result", flush=True)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="parity-") as name, postgres(fsync=False) as server:
        folder = Path(name)

        def show(way: str, make: Callable[[], Outcome], expected: Outcome | None) -> Outcome:
            nonlocal failed
            began = time.monotonic()
            found = make()
            said = differences(expected or found, found)
            failed += bool(said)
            seconds = time.monotonic() - began
            rate = found.ledger / found.processor
            numbers = f"{len(lines):9,}{len(found.alerts):8,}{seconds:9.1f}{found.processor:8.1f}{rate:14,.0f}"
            print(f"{way:36}{numbers}  {said or 'the same'}", flush=True)
            return found

        keys = folder / "keys"
        expected = show("embedded, SQLite", lambda: embedded(f"sqlite:///{folder}/one.db", keys, lines), None)
        show("embedded, PostgreSQL", lambda: embedded(server.database(), keys, lines), expected)
        with kafka(version=chosen.kafka) as cluster, site(folder, cluster.bootstrap, server.database()) as here:
            here.publish(lines)
            for number, way in enumerate(chosen.way or WAYS):
                own = of_its_own(here, server.database(), f"parity-{number}")
                show(way, partial(distributed, WAYS[way], own, expected.ledger), expected)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
