"""The command, which ends itself with kill -9 (or stands still) when it comes to a point for the n-th time.

    python -m tests.faults.dying POINT N worker --runner loop

The points are patched in here, from outside: the product knows nothing of them.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any

STILL = "stand still "
"""How the name of a point begins at which the process stops itself instead of dying."""
_at_it = threading.local()


def _named(place: str) -> tuple[Any, str]:
    """`module:Class.method` as its owner and its name."""
    module, _, path = place.partition(":")
    owner: Any = import_module(module)
    *outer, name = path.split(".")
    for part in outer:
        owner = getattr(owner, part)
    return owner, name


def _before(place: str, die: Callable[[], None], counts: Callable[..., Any] = lambda *_: True) -> None:
    owner, name = _named(place)
    real = getattr(owner, name)

    def patched(*given: Any, **named: Any) -> Any:
        if counts(*given):
            die()
        return real(*given, **named)

    setattr(owner, name, patched)


def _after(place: str, die: Callable[[], None], counts: Callable[..., Any] = lambda *_: True) -> None:
    owner, name = _named(place)
    real = getattr(owner, name)

    def patched(*given: Any, **named: Any) -> Any:
        result = real(*given, **named)
        if counts(*given):
            die()
        return result

    setattr(owner, name, patched)


def _within_the_commit(die: Callable[[], None]) -> None:
    """PostgreSQL is told to commit, and nobody waits for what it says: it may have, it may not have."""
    from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

    real: Any = PGDialect_psycopg.do_commit

    def patched(self: Any, connection: Any) -> None:
        if getattr(_at_it, "marked", False):
            _at_it.marked = False
            wire = getattr(connection, "driver_connection", connection).pgconn
            wire.send_query(b"COMMIT")
            wire.flush()
            die()
        real(self, connection)

    setattr(PGDialect_psycopg, "do_commit", patched)  # noqa: B010


def _mark() -> None:
    _at_it.marked = True


_WRITE = "aiqyn.services.distributed.ledger:_Transaction.write"
_APPEND = "aiqyn.services.distributed.intake:append"
_TAKE = "aiqyn.services.distributed.intake:Intake.take"
_ACKNOWLEDGE = {
    "loop": "aiqyn.services.distributed.loop_runner:_acknowledge",
    "faust": "faust.events:Event.ack",
}
_ALERTS = "aiqyn.services.distributed.leases:write_alerts"
_JUDGED = "aiqyn.services.distributed.leases:Leases.commit"
_OUT = "aiqyn.services.kafka.relay:Relay._send"


def _some(_: Any, revisions: Any, *__: Any) -> bool:
    return bool(revisions)


def _some_judged(_: Any, __: Any, revisions: Any, *___: Any) -> bool:
    return bool(revisions)


def _intake_in_its_commit(die: Callable[[], None], _: str) -> None:
    _after(_WRITE, _mark)
    _within_the_commit(die)


def _detect_in_its_commit(die: Callable[[], None], _: str) -> None:
    _after(_ALERTS, _mark, _some)
    _within_the_commit(die)


POINTS: dict[str, Callable[[Callable[[], None], str], None]] = {
    "copying rows": lambda die, _: _before("psycopg:Copy.write_row", die),
    "intake: before the commit": lambda die, _: _after(_WRITE, die),
    "intake: in the commit": _intake_in_its_commit,
    "intake: after the commit": lambda die, _: _after(_APPEND, die),
    "intake: before the acknowledgement": lambda die, _: _after(_TAKE, die),
    "intake: after the acknowledgement": lambda die, runner: _after(_ACKNOWLEDGE[runner], die),
    "detect: before the commit": lambda die, _: _after(_ALERTS, die, _some),
    "detect: in the commit": _detect_in_its_commit,
    "detect: after the commit": lambda die, _: _after(_JUDGED, die, _some_judged),
    "detect: taking parts over": lambda die, _: _after("aiqyn.services.distributed.leases:Leases._carry_out", die),
    "detect: parts taken over": lambda die, _: _before("aiqyn.services.distributed.detector:Detector._bring_up", die),
    "relay: before sending": lambda die, _: _before(_OUT, die),
    "relay: amid sending": lambda die, _: _after("kafka:KafkaProducer.send", die),
    "relay: sent, not noted": lambda die, _: _after(_OUT, die),
}
"""What is patched for each point; given the deed and the runner."""


def _deed(number: signal.Signals, nth: int) -> Callable[[], None]:
    left = [nth]
    lock = threading.Lock()

    def do() -> None:
        with lock:
            left[0] -= 1
            now = left[0] == 0
        if now:
            os.kill(os.getpid(), number)
            threading.Event().wait(0.2)  # a signal to oneself may take a moment

    return do


def main() -> None:
    point, nth, *arguments = sys.argv[1:]
    number = signal.SIGSTOP if point.startswith(STILL) else signal.SIGKILL
    runner = arguments[arguments.index("--runner") + 1] if "--runner" in arguments else "faust"
    POINTS[point.removeprefix(STILL)](_deed(number, int(nth)), runner)
    sys.argv = ["aiqyn", *arguments]
    owner, name = _named("aiqyn.services.cli:main")
    getattr(owner, name)()


if __name__ == "__main__":
    main()
