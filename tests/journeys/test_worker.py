"""Workers on a real Kafka: as many as one likes, started, stopped and killed, and the alerts are the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from servers.kafka import Kafka
from servers.postgres import Postgres

from aiqyn.services import settings as settings_of
from aiqyn.services.demo.country import generate
from aiqyn.services.store.opening import open_to_write
from aiqyn.services.wiring import monitor
from tests.faults.invariants import broken, judged, place
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
