"""Workers on a real Kafka: as many as one likes, started, stopped and killed, and the alerts are the same."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers.kafka import Kafka
from servers.kafka import kafka as kafka_cluster
from servers.postgres import Postgres
from servers.postgres import postgres as postgres_server
from sqlalchemy import text

from aiqyn.services import settings as settings_of
from aiqyn.services.demo.country import generate
from aiqyn.services.store.opening import open_to_write
from aiqyn.services.store.sql_store import SqlStore
from aiqyn.services.wiring import monitor
from tests.faults.invariants import broken, judged, place
from tests.journeys.commands import AIQYN, environment
from tests.journeys.running import content, incoming
from tests.journeys.working import Site, site, store_of, wait_for


@pytest.fixture(scope="module")
def country() -> list[bytes]:
    return list(dict.fromkeys(generate(300, 3).events))


@pytest.fixture(params=["sqlite", "postgresql"])
def here(request: pytest.FixtureRequest, tmp_path: Path, kafka: Kafka) -> Iterator[Site]:
    url = f"sqlite:///{tmp_path / 'aiqyn.db'}"
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.database()
    with site(tmp_path, kafka.bootstrap, url) as made:
        yield made


def expected(folder: Path, here: Site, lines: list[bytes]) -> list[str]:
    """The alerts of the embedded engine, under the same keys."""
    environ = {
        "AIQYN_DATABASE_URL": f"sqlite:///{folder / 'embedded.db'}",
        "AIQYN_KEYS_DIR": here.environ["AIQYN_KEYS_DIR"],
    }
    settings = settings_of.read(environ)
    with open_to_write(settings, "test") as database:
        engine = monitor(database, settings)
        engine.start()
        engine.run_batch(incoming(lines))
        return content(database.store.standing())


@pytest.mark.parametrize("runner", ["faust", "loop"])
def test_events_in_alerts_out(runner: str, here: Site, country: list[bytes], tmp_path: Path) -> None:
    worker = here.start("--runner", runner)
    try:
        worker.ready()
        here.publish(country)
        with store_of(here) as store:
            wait_for(lambda: judged(store) >= len(country))
            assert content(store.standing()) == expected(tmp_path, here, country)
            assert broken(store, place(here), country) == []
        assert worker.get("/livez")[0] == worker.get("/readyz")[0] == 200
        assert b'aiqyn_events_total{status="accepted",type="procurement.release.v1"}' in worker.get("/metrics")[1]
        assert worker.stop() == 0
    finally:
        worker.kill()


@pytest.mark.parametrize("runner", ["faust", "loop"])
def test_killed_and_stopped_while_events_flow(
    runner: str, kafka: Kafka, postgres: Postgres, country: list[bytes], tmp_path: Path
) -> None:
    with site(tmp_path, kafka.bootstrap, postgres.database()) as here, store_of(here) as store:
        workers = [here.start("--runner", runner, AIQYN_INSTANCE_ID=f"w{number}") for number in range(2)]
        try:
            for worker in workers:
                worker.ready()
            parts = [country[start::3] for start in range(3)]
            here.publish(parts[0])
            wait_for(lambda: store.last_seq() > 50)
            workers[0].kill()
            here.publish(parts[1])
            workers[0] = here.start("--runner", runner, AIQYN_INSTANCE_ID="w0").ready()
            wait_for(lambda: store.last_seq() > len(parts[0]))
            # stands still for longer than its leases: the other one takes over, and this one must write nothing then
            workers[1].signal(signal.SIGSTOP)
            here.publish(parts[2])
            wait_for(lambda: owners(store) == 1)
            workers[1].signal(signal.SIGCONT)
            wait_for(lambda: judged(store) >= len(country), 120)
            assert broken(store, place(here), country) == []
            assert [worker.stop() for worker in workers] == [0, 0]
        finally:
            for worker in workers:
                worker.kill()


def owners(store: SqlStore) -> int:
    with store.engine.begin() as connection:
        return int(connection.execute(text("SELECT count(DISTINCT owner) FROM shard")).scalar_one())


def test_an_engine_and_another_group_are_refused(here: Site) -> None:
    worker = here.start("--runner", "loop").ready()
    try:
        ingest = aiqyn_in(here, "ingest", "-")
        assert ingest.returncode == 1
        assert "aiqyn worker, group aiqyn" in ingest.stderr
        other = aiqyn_in(here, "worker", "--runner", "loop", AIQYN_GROUP="another")
        assert other.returncode == 1
        assert "aiqyn worker, group aiqyn" in other.stderr
        assert worker.stop() == 0
        assert aiqyn_in(here, "ingest", "-").returncode == 0
    finally:
        worker.kill()


def test_missing_topics_are_named(here: Site) -> None:
    done = aiqyn_in(here, "worker", AIQYN_TOPIC_PREFIX="nowhere.")
    assert done.returncode == 1
    assert "nowhere.procurement.releases does not exist" in done.stderr
    assert done.stdout == ""


def aiqyn_in(here: Site, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [AIQYN, *arguments], cwd=here.folder, env={**environment(), **here.environ, **environ},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize("runner", ["faust", "loop"])
def test_sigterm_while_the_database_or_the_broker_is_down(runner: str, country: list[bytes], tmp_path: Path) -> None:
    with (
        kafka_cluster() as broker,
        postgres_server() as server,
        site(tmp_path, broker.bootstrap, server.database()) as here,
    ):
        worker = here.start("--runner", runner, AIQYN_INSTANCE_ID="w").ready()
        try:
            server.stop()
            here.publish(country[:300])
            time.sleep(1)
            assert worker.get("/readyz")[0] == 503
            assert worker.stop() == 0
            server.start()
            worker = here.start("--runner", runner, AIQYN_INSTANCE_ID="w").ready()
            with store_of(here) as store:
                wait_for(lambda: judged(store) >= 300)
                broker.kill()
                time.sleep(1)
                assert worker.stop() == 0
                assert broken(store, place(here), country[:300]) == []
        finally:
            worker.kill()
