"""Records of Kafka into the ledger: once each, whatever comes again."""

import json
from functools import partial

import pytest
from sqlalchemy import text

from aiqyn.services import settings as settings_of
from aiqyn.services.distributed.brake import Braked
from aiqyn.services.distributed.intake import Intake
from aiqyn.services.kafka.errors import KafkaUnavailable
from aiqyn.services.reconciliation.balances import Period, balance
from aiqyn.services.store.sql_store import SqlStore
from tests.services.distributed.workers import Cluster, records, settle


def company(number: int, name: str = "Kerege", source: str = "/test/register", id: str | None = None) -> bytes:
    data = {
        "entity": {"recordId": f"c{number}", "identifiers": [], "name": name},
        "kind": "company",
        "names": [{"name": name, "lang": "en"}],
    }
    event = {
        "specversion": "1.0",
        "source": source,
        "id": id or f"e{number}",
        "type": "registry.company.v1",
        "time": "2024-03-01T08:00:00Z",
        "data": data,
    }
    return json.dumps(event).encode()


def rows(store: SqlStore, query: str) -> list[tuple[object, ...]]:
    with store.engine.begin() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_the_same_offsets_again_are_not_counted_again(cluster: Cluster, store: SqlStore) -> None:
    batch = records([company(1), b"{", company(2), company(1), company(2, "Shanyrak")])
    first = cluster.intake.take(batch)
    assert [status for status, _ in first.statuses] == ["accepted", "rejected", "accepted", "duplicate", "conflict"]
    again = cluster.new_intake().take(batch)
    assert (again.statuses, again.redelivered, again.first) == ([], 5, None)
    assert rows(store, "SELECT seq FROM event ORDER BY seq") == [(1,), (2,)]
    counts = "SELECT received, accepted, duplicate, conflict, rejected, first_seq, last_seq FROM batch"
    assert rows(store, counts) == [(5, 2, 1, 1, 1, 1, 2)]
    assert rows(store, 'SELECT status, topic, "partition", "offset", door FROM quarantine ORDER BY id') == [
        ("rejected", "procurement.releases", 0, 1, "kafka"),
        ("conflict", "procurement.releases", 0, 4, "kafka"),
    ]
    assert rows(store, 'SELECT "offset" FROM kafka_position') == [(5,)]


def test_dead_letters_are_sent_again_with_the_records(cluster: Cluster) -> None:
    batch = records([company(1), b"{", company(1, "Another")])
    cluster.intake.take(batch)
    cluster.new_intake().take(batch)
    letters = [(letter.offset, letter.code, letter.stage, letter.value) for letter in cluster.drawer.letters]
    assert letters == 2 * [(1, "json.invalid", "decode", b"{"), (2, "event.conflict", "store", company(1, "Another"))]


def test_what_comes_after_a_redelivery_goes_on(cluster: Cluster, store: SqlStore) -> None:
    cluster.intake.take(records([company(1), company(2)]))
    done = cluster.intake.take(records([company(2), company(3), company(1)], first=1))
    assert (done.redelivered, [status for status, _ in done.statuses]) == (1, ["accepted", "duplicate"])
    assert rows(store, "SELECT seq, id FROM event ORDER BY seq") == [(1, "e1"), (2, "e2"), (3, "e3")]


def test_recorded_times_rise_whatever_the_clock_does(store: SqlStore, cluster: Cluster) -> None:
    for first, now in ((0, 9_000), (3, 5_000)):
        intake = Intake(store.engine, "generic", cluster.settings, cluster.drawer, partial(int, now))
        intake.take(records([company(first + number) for number in range(3)], first=first))
    times = [at for (at,) in rows(store, "SELECT recorded_at FROM event ORDER BY seq")]
    assert times == [9_000, 9_001, 9_002, 9_003, 9_004, 9_005]


def test_partitions_have_positions_of_their_own(cluster: Cluster, store: SqlStore) -> None:
    cluster.intake.take(records([company(1), company(2)]))
    done = cluster.intake.take(records([company(3)], partition=1) + records([company(2)], first=1))
    assert (done.redelivered, len(done.statuses)) == (1, 1)
    assert rows(store, 'SELECT "partition", "offset" FROM kafka_position ORDER BY "partition"') == [(0, 2), (1, 1)]


def test_letters_that_cannot_be_sent_hold_the_batch_back(store: SqlStore, cluster: Cluster) -> None:
    class Broken:
        def send(self, letters: object) -> None:
            raise KafkaUnavailable("the broker is away")

    batch = records([company(1), b"["])
    intake = Intake(store.engine, "generic", cluster.settings, Broken())
    with pytest.raises(KafkaUnavailable):
        intake.take(batch)
    cluster.intake.take(batch)
    assert [letter.offset for letter in cluster.drawer.letters] == [1]
    assert len(rows(store, "SELECT id FROM quarantine")) == 1


def test_the_brake_stops_before_anything_is_written(store: SqlStore) -> None:
    cluster = Cluster(store)
    good = [company(number) for number in range(40)]
    bad = [
        company(number, source=f"/test/{number % 2}", id="").replace(b"company.v1", b"cat.v1") for number in range(60)
    ]
    with pytest.raises(Braked, match=r"procurement\.releases, partition 0"):
        cluster.intake.take(records(good + bad))
    assert store.last_seq() == 0
    assert rows(store, "SELECT id FROM quarantine") == []
    cluster.new_intake().take(records(good + bad[:39]))
    assert store.last_seq() == 40


def test_one_bad_source_does_not_brake(store: SqlStore) -> None:
    cluster = Cluster(store)
    bad = [company(number, source="/test/one").replace(b"company.v1", b"cat.v1") for number in range(150)]
    assert len(cluster.intake.take(records(bad)).refused) == 150


def test_the_brake_can_be_let_go(store: SqlStore) -> None:
    cluster = Cluster(store, AIQYN_DLQ_BRAKE="1")
    bad = [company(number, source=f"/test/{number}").replace(b"company.v1", b"cat.v1") for number in range(150)]
    assert len(cluster.intake.take(records(bad)).refused) == 150


def test_settings_are_read() -> None:
    assert settings_of.read({}).dlq_brake == 0.5


def test_what_only_intake_took_is_not_judged_yet(cluster: Cluster, store: SqlStore) -> None:
    cluster.take_in([company(1), company(2)])
    with store.engine.begin() as connection:
        found = balance(connection, Period())
    assert (found.counts["accepted"], found.evaluated) == (2, 0)
    settle([cluster.detector("one")])
    with store.engine.begin() as connection:
        assert balance(connection, Period()).evaluated == 2
