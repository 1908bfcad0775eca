"""`python -m tests.faults`: workers under flow, disturbed in every way; a table of what came of it. Exit 1: a loss."""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from servers.kafka import Kafka
from servers.kafka import kafka as kafka_cluster
from servers.postgres import Postgres
from servers.postgres import postgres as postgres_server

from aiqyn.services.demo.country import generate
from tests.faults.invariants import broken, judged, place
from tests.journeys.working import Site, Worker, site, store_of, wait_for

_WORKERS = 2
_CHUNKS = 12


class Ground(NamedTuple):
    """What a fault can be done to."""

    here: Site
    runner: str
    workers: list[Worker]
    kafka: Kafka
    postgres: Postgres
    random: random.Random

    def restart(self, number: int) -> None:
        self.workers[number] = self.here.start("--runner", self.runner, AIQYN_INSTANCE_ID=f"w{number}")


def nothing(ground: Ground) -> None:
    """Nothing is disturbed."""


def kill_a_worker(ground: Ground) -> None:
    """kill -9 of a worker at a random moment, and a new one."""
    number = ground.random.randrange(_WORKERS)
    ground.workers[number].kill()
    ground.restart(number)


def stop_a_worker(ground: Ground) -> None:
    """SIGTERM to a worker, and a new one."""
    number = ground.random.randrange(_WORKERS)
    ground.workers[number].signal(signal.SIGTERM)
    code = ground.workers[number].process.wait(20)
    assert code == 0, f"SIGTERM gave exit code {code}"
    ground.restart(number)


def freeze_a_worker(ground: Ground) -> None:
    """SIGSTOP of a worker for longer than its leases."""
    worker = ground.workers[ground.random.randrange(_WORKERS)]
    worker.signal(signal.SIGSTOP)
    time.sleep(13)
    worker.signal(signal.SIGCONT)


def kill_the_database(ground: Ground) -> None:
    """kill -9 of the database, away for 3 seconds."""
    ground.postgres.kill()
    time.sleep(3)
    ground.postgres.start()


def kill_the_broker(ground: Ground) -> None:
    """kill -9 of the broker, away for 3 seconds."""
    ground.kafka.kill()
    time.sleep(3)
    ground.kafka.start()


_FAULTS: dict[str, tuple[Callable[[Ground], None], int]] = {
    "nothing": (nothing, 1),
    "kill -9 worker": (kill_a_worker, 5),
    "SIGTERM worker": (stop_a_worker, 3),
    "SIGSTOP worker": (freeze_a_worker, 2),
    "kill -9 database": (kill_the_database, 2),
    "kill -9 broker": (kill_the_broker, 2),
}
"""What is done, and how often in one run."""


def run(runner: str, fault: str, lines: list[bytes], seed: int) -> list[str]:
    """One run; what is broken after it."""
    act, times = _FAULTS[fault]
    chance = random.Random(seed)
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    with (
        kafka_cluster() as broker,
        postgres_server() as server,
        site(folder, broker.bootstrap, server.database()) as here,
        store_of(here) as store,
        closing(_Workers()) as workers,
    ):
        ground = Ground(here, runner, workers, broker, server, chance)
        for number in range(_WORKERS):
            workers.append(here.start("--runner", runner, AIQYN_INSTANCE_ID=f"w{number}"))
        for worker in workers:
            worker.ready()
        at = set(chance.sample(range(_CHUNKS), times))
        for chunk in range(_CHUNKS):
            here.publish(lines[chunk::_CHUNKS])
            time.sleep(chance.random())
            if chunk in at:
                act(ground)
        wait_for(lambda: judged(store) >= len(lines), 180)
        return broken(store, place(here), lines)


class _Workers(list[Worker]):
    def close(self) -> None:
        for worker in self:
            worker.kill()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--runner", choices=("faust", "loop", "both"), default="both")
    parser.add_argument("--fault", choices=tuple(_FAULTS), help="default: all of them")
    parser.add_argument("--size", type=int, default=300, help="companies of the demo country")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    lines = list(dict.fromkeys(generate(chosen.size, chosen.seed).events))
    failed = 0
    print(f"{'runner':8}{'fault':20}{'events':>8}{'seconds':>9}  result", flush=True)
    for runner in ("faust", "loop") if chosen.runner == "both" else (chosen.runner,):
        for fault in (chosen.fault,) if chosen.fault else _FAULTS:
            began = time.monotonic()
            try:
                found = run(runner, fault, lines, chosen.seed)
            except AssertionError as error:
                found = [str(error)]
            failed += bool(found)
            seconds = time.monotonic() - began
            print(f"{runner:8}{fault:20}{len(lines):8}{seconds:9.1f}  {'; '.join(found) or 'nothing lost'}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
