"""The faults of processes: workers killed, stopped, frozen, scaled; what they keep removed."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Callable

from tests.faults.dying import STILL
from tests.faults.ground import Ground, is_ready
from tests.faults.invariants import judged
from tests.journeys.working import wait_for

_PATIENCE = 120.0
Act = Callable[[Ground], None]


def nothing(ground: Ground) -> None:
    """Nothing is disturbed."""


def kill_a_worker(ground: Ground) -> None:
    """kill -9 of a worker at a random moment, often while it starts, and a new one."""
    number = ground.random.randrange(len(ground.workers))
    if ground.random.random() < 0.7:
        is_ready(ground.workers[number], 20)
    time.sleep(ground.random.uniform(0.0, 1.5))
    ground.workers[number].kill()
    ground.start(number)


def stop_a_worker(ground: Ground) -> None:
    """SIGTERM to a worker, and a new one."""
    number = ground.random.randrange(len(ground.workers))
    assert is_ready(ground.workers[number], _PATIENCE)
    ground.stop(number)
    ground.start(number)


def freeze_a_worker(seconds: float) -> Act:
    """SIGSTOP of a worker while the other goes on; awake again it must write nothing stale."""

    def act(ground: Ground) -> None:
        _frozen(ground, ground.random.randrange(len(ground.workers)), seconds)

    return act


def freeze_in_a_transaction(point: str, seconds: float) -> Act:
    """A worker stands still with its transaction open: the others must not wait for it."""

    def act(ground: Ground) -> None:
        for number in range(len(ground.workers)):
            ground.stop(number)
        worker = ground.start(0, dying=(STILL + point, 1))  # alone at first: it is the one that sends alerts
        wait_for(lambda: _stands(worker.process.pid) or is_ready(worker, 0.1), _PATIENCE)
        for number in range(1, len(ground.workers)):
            assert is_ready(ground.start(number), _PATIENCE)
        ground.flow.allow(1.0)
        wait_for(lambda: _stands(worker.process.pid), _PATIENCE)
        _frozen(ground, 0, seconds)

    return act


def _frozen(ground: Ground, number: int, seconds: float) -> None:
    """Leases end after 10 s, turns after 15, the session with Kafka after 30: by then the other does it all."""
    worker = ground.workers[number]
    worker.signal(signal.SIGSTOP)
    try:
        time.sleep(seconds)
        sent, taken, done = ground.flow.sent, ground.store.last_seq(), judged(ground.store)
    finally:
        worker.signal(signal.SIGCONT)
    assert seconds < 50 or done >= sent, (
        f"the other worker did not take over: {sent} sent, {taken} taken, {done} judged"
    )


def _stands(pid: int) -> bool:
    with open(f"/proc/{pid}/stat") as status:
        return status.read().rpartition(")")[2].split()[0] == "T"


def die_at(point: str, nth: int = 1) -> Act:
    """A worker that ends itself exactly there, and one after it."""

    def act(ground: Ground) -> None:
        ground.workers[0].kill()
        worker = ground.start(0, dying=(point, nth))
        ground.flow.allow(1.0)
        code = worker.process.wait(_PATIENCE)
        assert code == -signal.SIGKILL, f"it did not come to {point!r}: exit code {code}"
        ground.start(0)

    return act


def up_and_down(ground: Ground) -> None:
    """One worker, three, and one again."""
    for number in (1, 2):
        ground.start(number)
    for number in (1, 2):
        assert is_ready(ground.workers[number], _PATIENCE)
    time.sleep(2)
    for number in (1, 2):
        ground.stop(number)


def forget_all_state(ground: Ground) -> None:
    """Every worker is killed and loses all that it kept on its disk."""
    for number, worker in enumerate(ground.workers):
        worker.kill()
        shutil.rmtree(ground.state(number), ignore_errors=True)
        ground.start(number)
