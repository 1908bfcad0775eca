"""One run of one fault: what is broken after it, and how long it took to recover."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import NamedTuple

from tests.faults.ground import Ground, Servers, ground, is_ready, tails
from tests.faults.invariants import at_rest, everything_broken
from tests.faults.rows import ROWS

RECOVERY = 60.0
"""Seconds after the end of the last fault until all is taken in, judged and sent."""
_PUBLISHING = 120.0
_START = 120.0


class Result(NamedTuple):
    """What came of a run."""

    broken: list[str]
    recovered: float
    """Seconds from the end of the last fault until everything was at rest."""


def run(using: Servers, runner: str, name: str, lines: Sequence[bytes], seed: int) -> Result:
    """Events flow, the fault happens as often as its row says, and what is left flows on afterwards."""
    with ground(using, runner, list(lines), seed) as here:
        try:
            return _run(here, name, lines)
        except BaseException:
            print(tails(here.here.folder), file=sys.stderr, flush=True)
            raise


def _run(here: Ground, name: str, lines: Sequence[bytes]) -> Result:
    row = ROWS[name]
    for number in range(row.workers):
        here.start(number)
    for worker in here.workers:
        assert is_ready(worker, _START), "a worker does not become ready"
    here.flow.begin()
    for turn in range(row.times):
        here.flow.allow((turn + 1) / (row.times + 1))
        time.sleep(here.random.uniform(0.2, 1.0))
        row.act(here)
    ended = time.monotonic()
    here.flow.finish(_PUBLISHING)
    recovered = _until_at_rest(here, ended)
    broken = everything_broken(here.here, here.store, lines, once=row.once)
    if recovered > RECOVERY:
        broken.append(f"recovery took {recovered:.0f} s")
    broken += [f"a worker ended with exit code {code}" for code in here.dead() if code > 0]
    if broken:
        print(tails(here.here.folder), file=sys.stderr, flush=True)
    return Result(broken, recovered)


def _until_at_rest(here: Ground, since: float) -> float:
    while not at_rest(here.store, here.here.settings):
        passed = time.monotonic() - since
        assert passed < 4 * RECOVERY, f"not at rest after {passed:.0f} s: {here.store.last_seq()} events in the ledger"
        time.sleep(0.25)
    return time.monotonic() - since
