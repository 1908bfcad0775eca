"""The relay from a database to a real broker."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from kafka.errors import ProducerFencedError
from sqlalchemy import Engine, update

from aiqyn.schemas.alert_schema import ALERT
from aiqyn.schemas.routing import ALERTS
from aiqyn.services import moments
from aiqyn.services.kafka import topics
from aiqyn.services.kafka.alert_feed import AlertFeed, waiting
from aiqyn.services.kafka.errors import KafkaUnavailable
from aiqyn.services.kafka.relay import Lost, Relay
from aiqyn.services.settings import Settings
from aiqyn.services.store import upgrade
from aiqyn.services.store.database import connect, writing
from aiqyn.services.store.sql_store import SqlStore
from aiqyn.services.store.tables import alert, cursor
from aiqyn.streams.ports import AlertRevision, Batch
from tests.services.kafka.reading import records
from tests.services.store.conftest import Samples

A, B = "0b7e7dee-87b1-5e01-a5f4-111111111111", "0b7e7dee-87b1-5e01-a5f4-222222222222"


@pytest.fixture
def store(settings: Settings) -> Iterator[SqlStore]:
    engine = connect(settings.database_url, create=True)
    upgrade.upgrade(engine)
    yield SqlStore(engine)
    engine.dispose()


@contextmanager
def relaying(settings: Settings, engine: Engine) -> Iterator[None]:
    """A relay at work; it ends promptly when asked."""
    stop = Event()
    thread = Thread(target=Relay(settings, engine, AlertFeed(settings.source)).run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()


def until_sent(engine: Engine) -> None:
    deadline = time.monotonic() + 30
    while waiting(engine):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def feed(store: SqlStore, first: int, *revisions: AlertRevision) -> None:
    store.commit(Batch([Samples().row(first + n) for n in range(len(revisions))], (), (), revisions))


def by_alert(found: list[Any], name: str) -> list[str]:
    return [dict(record.headers)["ce_id"].decode() for record in found if record.key == name.encode()]


def three(samples: Samples) -> list[AlertRevision]:
    withdrawn = samples.revision(A, 3, 3, dataState="withdrawn", withdrawnReason="retracted")
    return [samples.revision(A, 1, 1), samples.revision(A, 2, 2), withdrawn]


def test_each_revision_is_a_cloudevent_with_the_alert_as_it_is(settings: Settings, store: SqlStore) -> None:
    samples = Samples()
    feed(store, 1, *three(samples))
    with writing(store.engine) as connection:
        connection.execute(update(alert).values(review_status="closed", disposition="referred"))
    assert waiting(store.engine) == 3
    with relaying(settings, store.engine):
        until_sent(store.engine)
        feed(store, 4, samples.revision(B, 1, 4))
        until_sent(store.engine)
    found = records(settings, "aiqyn.alerts", 4)
    assert by_alert(found, A) == [f"{A}-{n}" for n in (1, 2, 3)]
    assert by_alert(found, B) == [f"{B}-1"]
    (last,) = (record for record in found if dict(record.headers)["ce_id"] == f"{A}-3".encode())
    assert {name: value.decode() for name, value in last.headers} == {
        "ce_specversion": "1.0",
        "ce_id": f"{A}-3",
        "ce_source": "/aiqyn",
        "ce_type": "coi.alert.withdrawn.v1",
        "ce_time": "2024-05-01T12:03:00.000000Z",
        "ce_subject": A,
        "content-type": "application/json",
    }
    document = json.loads(last.value)
    assert (document["reviewStatus"], document["disposition"]) == ("closed", "referred")
    del document["reviewStatus"], document["disposition"]
    assert document == three(samples)[2].alert
    assert len({record.partition for record in found if record.key == A.encode()}) == 1


def test_what_was_not_passed_comes_again_after_a_death(settings: Settings, store: SqlStore) -> None:
    feed(store, 1, *three(Samples()))
    with relaying(settings, store.engine):
        until_sent(store.engine)
    with writing(store.engine) as connection:  # as if it had died after sending, before it noted that
        connection.execute(update(cursor).values(position=1, owner="somebody dead", until=0))
    with relaying(settings, store.engine):
        until_sent(store.engine)
    assert by_alert(records(settings, "aiqyn.alerts", 5), A) == [f"{A}-{n}" for n in (1, 2, 3, 2, 3)]


def test_one_of_two_relays_works_and_the_other_takes_over(settings: Settings, store: SqlStore) -> None:
    samples = Samples()
    with relaying(settings, store.engine):
        with relaying(settings, store.engine):
            feed(store, 1, *three(samples))
            until_sent(store.engine)
        feed(store, 4, samples.revision(A, 4, 4))
        until_sent(store.engine)
    assert by_alert(records(settings, "aiqyn.alerts", 4), A) == [f"{A}-{n}" for n in (1, 2, 3, 4)]


def test_a_relay_that_lost_its_lease_publishes_nothing(settings: Settings, store: SqlStore) -> None:
    stale = Relay(settings, store.engine, AlertFeed(settings.source))
    held = stale._step(None)
    assert held is not None
    samples = Samples()
    feed(store, 1, *three(samples))
    with writing(store.engine) as connection:
        connection.execute(update(cursor).values(until=0))
    with relaying(settings, store.engine):
        until_sent(store.engine)
        with pytest.raises(KafkaUnavailable):
            stale._step(held)  # it stood still, and goes on as if it still held the lease
        stale._drop_producer()
        feed(store, 4, samples.revision(A, 4, 4))
        until_sent(store.engine)
    assert by_alert(records(settings, "aiqyn.alerts", 4), A) == [f"{A}-{n}" for n in (1, 2, 3, 4)]


def test_what_a_relay_had_begun_to_send_is_undone_by_its_successor(settings: Settings, store: SqlStore) -> None:
    stale = Relay(settings, store.engine, AlertFeed(settings.source))
    held = stale._step(None)
    assert held is not None
    feed(store, 1, *three(Samples()))
    producer = stale._producer
    assert producer is not None
    producer.begin_transaction()
    row = stale._feed.after(store.engine, held.position, 3)[2]
    producer.send(topics.name(settings, ALERTS), b"stale", row.key.encode()).get(10)
    with writing(store.engine) as connection:
        connection.execute(update(cursor).values(until=0))
    with relaying(settings, store.engine):
        until_sent(store.engine)
        with pytest.raises(ProducerFencedError):
            producer.commit_transaction()
        stale._drop_producer()
    assert by_alert(records(settings, "aiqyn.alerts", 3), A) == [f"{A}-{n}" for n in (1, 2, 3)]


def test_one_that_wakes_up_before_it_shuts_out_others_sends_nothing(settings: Settings, store: SqlStore) -> None:
    feed(store, 1, *three(Samples()))
    stale = Relay(settings, store.engine, AlertFeed(settings.source))
    held = stale._cursor.claim()
    assert held is not None
    with writing(store.engine) as connection:
        connection.execute(update(cursor).values(until=0))
    with relaying(settings, store.engine):
        until_sent(store.engine)
        with pytest.raises(Lost):
            stale._fence(held)
        feed(store, 4, Samples().revision(A, 4, 4))
        until_sent(store.engine)  # by the successor, which makes itself another producer
    assert by_alert(records(settings, "aiqyn.alerts", 4), A) == [f"{A}-{n}" for n in (1, 2, 3, 4)]


def test_a_hole_in_the_feed_is_not_passed(settings: Settings, store: SqlStore) -> None:
    samples = Samples()
    feed(store, 1, samples.revision(A, 1, 1))
    feed(store, 2, samples.revision(A, 2, 2))
    with writing(store.engine) as connection:
        connection.exec_driver_sql("UPDATE alert_revision SET number = 3 WHERE number = 2")
    with relaying(settings, store.engine):
        time.sleep(1.5)
    assert waiting(store.engine) == 2
    assert by_alert(records(settings, "aiqyn.alerts", 1), A) == [f"{A}-1"]


def test_a_topic_that_is_missing_is_waited_for(new_settings: Callable[..., Settings]) -> None:
    settings = new_settings()
    engine = connect(settings.database_url, create=True)
    upgrade.upgrade(engine)
    feed(SqlStore(engine), 1, *three(Samples()))
    with relaying(settings, engine):
        time.sleep(1)
        assert waiting(engine) == 3
        topics.create(settings, partitions=2)
        until_sent(engine)
    engine.dispose()
    assert by_alert(records(settings, "aiqyn.alerts", 3), A) == [f"{A}-{n}" for n in (1, 2, 3)]


def test_an_alert_of_the_engine_has_the_schema_that_is_published() -> None:
    document = {**Samples().alert(A, 1, 1), "reviewStatus": "open", "disposition": None, "paths": []}
    Draft202012Validator.check_schema(ALERT)
    assert list(Draft202012Validator(ALERT).iter_errors(document)) == []
    assert list(Draft202012Validator(ALERT).iter_errors(document | {"severity": "worst"})) != []
    assert moments.parse(document["raisedAt"])
