"""How a worker process leaves when it must not go on: the brake, no progress any more, a bug of ours."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers.kafka import Kafka
from sqlalchemy import text

from aiqyn.services.kafka import clients, topics
from aiqyn.services.store.database import reading
from aiqyn.services.store.sql_store import SqlStore
from tests.journeys.working import Site, site, store_of, wait_for

DONATIONS = "donations"
IMPATIENT = (
    sys.executable,
    "-c",
    "from aiqyn.services.distributed import runtime; runtime.PATIENCE = 3.0; "
    "from aiqyn.services.cli import main; main()",
)
"""The command with three seconds of patience instead of five minutes."""


@pytest.fixture
def here(tmp_path: Path, kafka: Kafka) -> Iterator[Site]:
    with site(tmp_path, kafka.bootstrap, f"sqlite:///{tmp_path / 'aiqyn.db'}") as made:
        yield made


def send(here: Site, *values: bytes) -> None:
    """Records to one partition."""
    with clients.producer(here.settings) as producer:
        topic = topics.name(here.settings, DONATIONS)
        for sent in [producer.send(topic, value, b"one", partition=0) for value in values]:
            sent.get(timeout=20)


def said(here: Site) -> str:
    """What the last worker wrote to stderr."""
    return max(here.folder.glob("worker-*.log"), key=lambda path: path.stat().st_mtime_ns).read_text()


def numbers(store: SqlStore) -> tuple[int, int]:
    """Records in the quarantine, and the next offset of the partition."""
    with reading(store.engine) as connection:
        refused = connection.execute(text("SELECT count(*) FROM quarantine")).scalar_one()
        taken = connection.execute(text('SELECT coalesce(max("offset"), 0) FROM kafka_position')).scalar_one()
    return int(refused), int(taken)


def nameless(source: str) -> bytes:
    """A record that is refused, of a source that can be read."""
    return f'{{"specversion":"1.0","source":"{source}","type":"political.donation.v1"}}'.encode()


@pytest.mark.parametrize("runner", ["faust", "loop"])
def test_the_brake_stops_before_all_is_refused(runner: str, here: Site) -> None:
    send(here, *(nameless(f"/source/{number % 2}") for number in range(120)))
    worker = here.start("--runner", runner)
    try:
        assert worker.process.wait(120) == 1
        assert "would be refused" in said(here)
        assert "AIQYN_DLQ_BRAKE" in said(here)
        with store_of(here) as store:
            refused, taken = numbers(store)
            assert refused == taken < 100, "nothing is written or acknowledged of what braked"
            worker = here.start("--runner", runner, AIQYN_DLQ_BRAKE="1").ready()
            wait_for(lambda: numbers(store) == (120, 120))
        assert worker.stop() == 0
    finally:
        worker.kill()


def test_a_worker_that_gets_on_no_more_ends_itself(here: Site) -> None:
    worker = here.start("--runner", "loop", program=IMPATIENT).ready()
    try:
        with clients.admin(here.settings) as admin:
            admin.delete_topics([topics.name(here.settings, DONATIONS) + ".dlq"])
        send(here, b"{")  # its dead letter has nowhere to go, and is waited for longer than patience lasts
        assert worker.process.wait(120) == 71
        assert "no progress any more" in said(here)
        topics.create(here.settings, 4)
        worker = here.start("--runner", "loop").ready()
        with store_of(here) as store:
            wait_for(lambda: numbers(store) == (1, 1))
        assert worker.stop() == 0
    finally:
        worker.kill()


def with_a_bug(place: str) -> tuple[str, ...]:
    """The command in which that method, `module:Class.method`, raises what nobody expects."""
    module, _, path = place.partition(":")
    owner, _, method = path.partition(".")
    code = (
        f"from {module} import {owner}\n"
        f"def bug(*_, **__): raise RuntimeError('nobody thought of this')\n"
        f"{owner}.{method} = bug\n"
        "from aiqyn.services.cli import main; main()"
    )
    return sys.executable, "-c", code


@pytest.mark.parametrize(
    ("runner", "place"),
    [
        ("faust", "aiqyn.services.distributed.intake:Intake.take"),
        ("loop", "aiqyn.services.distributed.intake:Intake.take"),
        ("loop", "aiqyn.services.distributed.detector:Detector.step"),
    ],
)
def test_a_bug_ends_the_worker_and_loses_nothing(runner: str, place: str, here: Site) -> None:
    send(here, b"{")
    worker = here.start("--runner", runner, program=with_a_bug(place))
    try:
        assert worker.process.wait(120) == 70
        assert "RuntimeError" in said(here)
        worker = here.start("--runner", runner).ready()
        with store_of(here) as store:
            wait_for(lambda: numbers(store) == (1, 1))
        assert worker.stop() == 0
    finally:
        worker.kill()
