"""`python -m tests.faults`: workers under flow, disturbed in every way; a table of what came of it. Exit 1: a loss."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from tests.faults.events import events
from tests.faults.ground import servers
from tests.faults.rows import ROWS
from tests.faults.run import run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--runner", choices=("faust", "loop", "both"), default="both")
    parser.add_argument("--fault", action="append", choices=tuple(ROWS), metavar="NAME", help="default: all of them")
    parser.add_argument("--list", action="store_true", help="name the faults")
    parser.add_argument("--size", type=int, default=300, help="companies of the demo country")
    parser.add_argument("--events", type=int, help="only so many of its events, those of planted conflicts first")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kafka", metavar="VERSION", help="3.9, 4 or in full")
    chosen = parser.parse_args()
    if chosen.list:
        print("\n".join(ROWS))
        return 0
    lines = events(chosen.events, chosen.seed, chosen.size)
    runners = ("faust", "loop") if chosen.runner == "both" else (chosen.runner,)
    names = chosen.fault or list(ROWS)
    print(f"{'runner':8}{'fault':42}{'events':>8}{'seconds':>9}{'recovered':>11}  result", flush=True)
    failed = 0
    for brokers in sorted({ROWS[name].brokers for name in names}):
        todo = [(runner, name) for runner in runners for name in names if ROWS[name].brokers == brokers]
        while todo:
            failed += _rows(todo, brokers, lines, chosen.seed, chosen.kafka)
    return 1 if failed else 0


def _rows(todo: list[tuple[str, str]], brokers: int, lines: Sequence[bytes], seed: int, version: str | None) -> int:
    """Runs on the same servers, as long as they go well; how many did not."""
    with servers(brokers, version) as using:
        while todo:
            runner, name = todo.pop(0)
            began, recovered = time.monotonic(), float("nan")
            try:
                broken, recovered = run(using, runner, name, lines, seed)
            except Exception as error:
                broken = [f"{type(error).__name__}: {error}"]
            passed = time.monotonic() - began
            said = "; ".join(broken) or "nothing lost, nothing doubled"
            print(f"{runner:8}{name:42}{len(lines):8}{passed:9.1f}{recovered:9.1f} s  {said}", flush=True)
            if broken:
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
