"""However many workers share the cases, however they come and go: the alerts of the embedded engine."""

from __future__ import annotations

from itertools import pairwise, zip_longest
from pathlib import Path

import pytest
from sqlalchemy import text

from aiqyn.services import moments
from aiqyn.services.demo.country import generate
from aiqyn.services.distributed.leases import Fenced, lowest
from aiqyn.services.store.sql_store import SqlStore
from aiqyn.streams.batch import Monitor
from aiqyn.streams.ports import AlertRevision
from tests.journeys.running import NAMESPACE, content, incoming
from tests.services.distributed.conftest import NewStore, lines_of
from tests.services.distributed.workers import Cluster, settle

_SCENARIOS = Path(__file__).parents[3].parent / "shared" / "conformance" / "conflicts"


@pytest.fixture(scope="module")
def country() -> list[bytes]:
    return list(generate(300, 7).events)


@pytest.fixture(scope="module")
def scenarios() -> list[bytes]:
    """All labelled scenarios in one world, the events of one between those of the others."""
    files = [lines_of(path) for path in sorted(_SCENARIOS.glob("*.jsonl"))]
    return [line for row in zip_longest(*files) for line in row if line is not None]


def embedded(store: SqlStore, lines: list[bytes], batch: int = 500) -> None:
    monitor = Monitor(store, "generic", NAMESPACE, moments.now)
    monitor.start()
    records = incoming(lines)
    for start in range(0, len(records), batch):
        monitor.run_batch(records[start : start + batch])


def feed(store: SqlStore) -> list[int]:
    with store.engine.begin() as connection:
        return [number for (number,) in connection.execute(text("SELECT number FROM alert_revision ORDER BY number"))]


def issues(store: SqlStore) -> list[tuple[object, ...]]:
    with store.engine.begin() as connection:
        return sorted(tuple(row) for row in connection.execute(text("SELECT seq, code, pointer FROM quality_issue")))


def history(store: SqlStore) -> list[tuple[object, ...]]:
    query = "SELECT alert, revision, seq, change FROM alert_revision ORDER BY alert, revision"
    with store.engine.begin() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_scenarios(workers: int, new_store: NewStore, scenarios: list[bytes]) -> None:
    alone, store = new_store(), new_store()
    embedded(alone, scenarios)
    cluster = Cluster(store)
    detectors = [cluster.detector(f"w{number}") for number in range(workers)]
    for detector in detectors * 2:
        detector.step()
    for start in range(0, len(scenarios), 50):
        cluster.take_in(scenarios[start : start + 50])
        for detector in detectors:
            detector.step()
    settle(detectors)
    assert (
        sorted(len(detector.leases.held) for detector in detectors) == {1: [64], 2: [32, 32], 3: [20, 22, 22]}[workers]
    )
    assert content(store.standing()) == content(alone.standing())
    assert content(store.standing())
    assert history(store) == history(alone)
    assert issues(store) == issues(alone)
    assert feed(store) == list(range(1, len(feed(store)) + 1))
    assert lowest(store.engine) == store.last_seq()


def test_stages_apart(store: SqlStore, new_store: NewStore, country: list[bytes]) -> None:
    alone = new_store()
    embedded(alone, country)
    cluster = Cluster(store)
    cluster.take_in(country, batch=500)
    detectors = [cluster.detector("w1"), cluster.detector("w2")]
    settle(detectors)
    assert history(store) == history(alone)
    assert content(store.standing()) == content(alone.standing())


def test_workers_come_and_go(cluster: Cluster, new_store: NewStore, country: list[bytes]) -> None:
    store, alone = cluster.store, new_store()
    embedded(alone, country)
    bounds = [*range(0, len(country), max(1, len(country) // 6)), len(country)]
    detectors = [cluster.detector("w0")]
    for turn, (start, end) in enumerate(pairwise(bounds), start=1):
        cluster.take_in(country[start:end], batch=300)
        if turn % 2:
            detectors.append(cluster.detector(f"w{turn}"))
        else:
            detectors.pop(0).release()
        for detector in detectors:
            detector.step()
    settle(detectors)
    assert content(store.standing()) == content(alone.standing())
    assert feed(store) == list(range(1, len(feed(store)) + 1))
    assert issues(store) == issues(alone)


def test_a_zombie_writes_nothing(cluster: Cluster, new_store: NewStore, scenarios: list[bytes]) -> None:
    store, alone = cluster.store, new_store()
    embedded(alone, scenarios)
    middle = len(scenarios) // 2
    zombie = cluster.detector("zombie", lease=0)
    cluster.take_in(scenarios[:middle])
    settle([zombie])
    assert len(zombie.leases.held) == 64
    cluster.take_in(scenarios[middle:])
    # its leases ran out while it stood still; another one takes over, and only then it goes on
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE worker SET seen_at = 0"))
    heir = cluster.detector("heir")
    settle([heir])
    assert len(heir.leases.held) == 64
    written = history(store)
    with pytest.raises(Fenced):
        zombie.leases.commit(store.last_seq(), [], [])
    page = store.page(zombie.reached, 10_000)
    made: list[AlertRevision] = []
    for head, fact in page:
        zombie._take(head, fact, made, [])
    assert made
    zombie._commit(made, [])
    assert zombie.leases.held == {}
    assert history(store) == written
    assert content(store.standing()) == content(alone.standing())


def test_an_heir_judges_what_the_dead_one_left(cluster: Cluster, new_store: NewStore, scenarios: list[bytes]) -> None:
    store, alone = cluster.store, new_store()
    embedded(alone, scenarios)
    dead, heir = cluster.detector("dead"), cluster.detector("heir")
    settle([dead, heir])
    assert len(heir.leases.held) == 32
    cluster.take_in(scenarios)
    settle([heir])
    # `dead` judged nothing of it
    assert lowest(store.engine) == 0
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE shard SET until = 0 WHERE owner = 'dead'"))
        connection.execute(text("DELETE FROM worker WHERE id = 'dead'"))
    settle([heir])
    assert len(heir.leases.held) == 64
    assert lowest(store.engine) == store.last_seq()
    assert content(store.standing()) == content(alone.standing())
    assert issues(store) == issues(alone)


def test_embedded_then_workers_then_embedded(new_store: NewStore, country: list[bytes]) -> None:
    store, alone = new_store(), new_store()
    embedded(alone, country)
    third = len(country) // 3
    embedded(store, country[:third])
    cluster = Cluster(store)
    detector = cluster.detector("w")
    cluster.take_in(country[third : third + third // 2], batch=500)
    settle([detector])
    # taken in, not judged
    cluster.take_in(country[third + third // 2 : 2 * third], batch=500)
    detector.release()
    embedded(store, country[2 * third :])
    assert store.behind() == {}
    assert history(store) == history(alone)
    assert content(store.standing()) == content(alone.standing())
    assert issues(store) == issues(alone)


def test_a_worker_begins_where_all_are_judged(cluster: Cluster, scenarios: list[bytes]) -> None:
    middle = len(scenarios) // 2
    first = cluster.detector("w1")
    cluster.take_in(scenarios[:middle])
    settle([first])
    late = cluster.detector("w2")
    assert late.reached == cluster.store.last_seq()
    cluster.take_in(scenarios[middle:])
    settle([first, late])
    assert [len(each.leases.held) for each in (first, late)] == [32, 32]
