"""`aiqyn worker`: the engine, shared among processes, fed by Kafka."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import replace
from types import FrameType
from typing import Annotated, Literal

import typer

from aiqyn.services import logs
from aiqyn.services.audit.sequencer import sequencing
from aiqyn.services.cli.exits import Failure
from aiqyn.services.cli.options import Db, Profile, read_settings
from aiqyn.services.distributed import loop_runner
from aiqyn.services.distributed.health import Health
from aiqyn.services.distributed.intake import Intake
from aiqyn.services.distributed.leases import initialise
from aiqyn.services.distributed.preflight import obstacle, public_topics
from aiqyn.services.distributed.runtime import Runtime, end
from aiqyn.services.kafka.dead_letters import DeadLetters
from aiqyn.services.kafka.errors import KafkaUnavailable
from aiqyn.services.settings import Settings
from aiqyn.services.store.opening import open_to_work
from aiqyn.streams import garbage

_LEAVING = 10.0  # seconds
Runner = Literal["faust", "loop"]
Stage = Literal["intake", "detect"]


def worker(
    runner: Annotated[Runner, typer.Option(help="`loop` is the faster one.")] = "faust",
    only: Annotated[Stage | None, typer.Option(help="One of the two stages alone; default: both.")] = None,
    host: Annotated[str | None, typer.Option(help="Address of the health server; beats AIQYN_HOST.")] = None,
    health_port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="Its port; 0: any free one; beats AIQYN_HEALTH_PORT.")
    ] = None,
    db: Db = None,
    profile: Profile = None,
) -> None:
    """Take events in from Kafka, and raise, update and withdraw alerts. Start as many as you like.

    One line on stdout says when it can work: `{"ready":"worker","url":...,"pid":...}`, with the address of its health
    server. SIGTERM or Ctrl-C ends it within 20 seconds; the others go on with its share. Give each worker an
    AIQYN_INSTANCE_ID of its own to be back within seconds after a crash.

    Example: `AIQYN_KAFKA_BOOTSTRAP=127.0.0.1:9092 aiqyn worker`
    """
    settings = read_settings(db, profile)
    settings = replace(
        settings,
        host=settings.host if host is None else host,
        health_port=settings.health_port if health_port is None else health_port,
    )
    stages = frozenset((only,)) if only else frozenset(("intake", "detect"))
    if "intake" in stages and settings.kafka_bootstrap is None:
        raise Failure("AIQYN_KAFKA_BOOTSTRAP is not set; it names Kafka, as in 127.0.0.1:9092", 64)
    logs.of_a_service(settings)
    work(settings, stages, runner, _stdout_alone())


def work(settings: Settings, stages: frozenset[str], runner: Runner, ready_line: int) -> None:
    """Be a worker until a signal says stop; does not return. Raises Failure before it has begun."""
    with (
        open_to_work(settings, f"aiqyn worker, group {settings.group}") as (database, lock),
        sequencing(settings, database.engine),
    ):
        initialise(database.engine)
        if "intake" in stages:
            try:
                why = obstacle(settings, database)
            except KafkaUnavailable as error:
                why = str(error)
            if why is not None:
                raise Failure(why)
        garbage.looked_for_seldom()
        runtime = Runtime(database, settings, lock, stages)
        try:
            health = Health(runtime, settings.host, settings.health_port, lambda line: _say(ready_line, line))
        except OSError as error:
            raise Failure(
                f"cannot listen on {settings.host}:{settings.health_port}: {error.strerror}; name another --health-port"
            ) from None
        _stop_on_signals(runtime)
        runtime.begin()
        health.begin()
        if "intake" not in stages:
            while not runtime.stop.wait(1.0):
                pass
        else:
            intake = Intake(database.engine, database.profile, settings, DeadLetters(settings))
            if runner == "loop":
                loop_runner.run(intake, runtime, public_topics(settings))
            else:
                # Faust takes long to import, and nobody else needs it
                from aiqyn.services.distributed import faust_runner

                faust_runner.run(intake, runtime, public_topics(settings))
        runtime.leave(_LEAVING)
    # Threads may hang at a broker that is away: whatever counts is done.
    end(0)


def _stop_on_signals(runtime: Runtime) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        if runtime.stop.is_set():
            end(1)
        runtime.stop.set()
        _deadline()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def _deadline() -> None:
    import threading

    def late() -> None:
        time.sleep(_LEAVING + 5)
        end(0)

    threading.Thread(target=late, daemon=True).start()


def _stdout_alone() -> int:
    """A descriptor of stdout for the ready line; whatever others print goes to stderr."""
    kept = os.dup(1)
    sys.stdout.flush()
    os.dup2(2, 1)
    return kept


def _say(descriptor: int, line: str) -> None:
    os.write(descriptor, line.encode() + b"\n")
