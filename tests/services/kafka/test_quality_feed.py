"""Quality issues on `aiqyn.quality`: each of them, whoever wrote it, once nothing more comes of its event."""

import json
import time
from collections.abc import Iterator
from threading import Event, Thread

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import Engine, text

from aiqyn.schemas import asyncapi
from aiqyn.services.distributed.leases import initialise
from aiqyn.services.kafka import outbox
from aiqyn.services.kafka.quality_feed import QualityFeed, waiting
from aiqyn.services.kafka.relay import Relay
from aiqyn.services.settings import Settings
from aiqyn.services.store import upgrade
from aiqyn.services.store.database import connect, writing
from aiqyn.services.store.sql_store import SqlStore
from aiqyn.streams.ports import Batch, QualityIssue
from tests.services.kafka.reading import records
from tests.services.store.conftest import Samples


def store_at(url: str) -> SqlStore:
    engine = connect(url, create=True)
    upgrade.upgrade(engine)
    return SqlStore(engine)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, database_url: str) -> Iterator[SqlStore]:
    url = database_url if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    made = store_at(url)
    yield made
    made.engine.dispose()


def doubts(store: SqlStore, first: int, *each: int) -> None:
    """Accepted events from a number on, each with so many issues."""
    issues = [
        QualityIssue(first + event, "quality.dateFuture", f"/data/{number:04}", "it is after the event's time")
        for event, many in enumerate(each)
        for number in range(many)
    ]
    store.commit(Batch([Samples().row(first + n) for n in range(len(each))], (), issues, ()))


def places(store: SqlStore, after: int, most: int = 500) -> list[int]:
    return [record.number for record in QualityFeed("/aiqyn").after(store.engine, after, most)]


def test_an_event_passes_with_all_its_issues(store: SqlStore) -> None:
    doubts(store, 1, 1, 0, 7, 2)
    assert places(store, 0) == [1] + 7 * [3] + 2 * [4]
    assert places(store, 0, 3) == [1] + 7 * [3]
    assert places(store, 3) == [4, 4]
    assert waiting(store.engine) == outbox.waiting(store.engine) == 10


def test_issues_wait_until_every_part_is_judged(store: SqlStore) -> None:
    doubts(store, 1, 1, 1)
    initialise(store.engine)
    assert places(store, 0) == [1, 2]
    with writing(store.engine) as connection:
        connection.execute(text("UPDATE shard SET position = 1 WHERE number = 5"))
    assert places(store, 0) == [1]


def test_each_is_a_cloudevent_and_a_second_worker_repeats_none(settings: Settings, database_url: str) -> None:
    store = store_at(database_url)
    doubts(store, 1, 2, 0, 1)
    seen: list[tuple[str, int]] = []
    relaying(settings, store.engine, QualityFeed(settings.source, lambda source, at: seen.append((source, at))))
    doubts(store, 4, 1)
    relaying(settings, store.engine, QualityFeed(settings.source))
    found = records(settings, "aiqyn.quality", 4)
    assert {record.key for record in found} == {"/registry/ь".encode()}
    assert len({record.partition for record in found}) == 1
    documents = [json.loads(record.value) for record in found]
    schema = asyncapi.document()["components"]["schemas"]["quality.issue.v1"]["schema"]
    assert all(Draft202012Validator(schema).is_valid(document) for document in documents)
    assert [document["id"] for document in documents] == ["event-1", "event-1", "event-3", "event-4"]
    assert [document["pointer"][-4:] for document in documents] == ["0000", "0001", "0000", "0000"]
    headers = [{name: value.decode() for name, value in record.headers} for record in found]
    assert {each["ce_type"] for each in headers} == {"quality.issue.v1"}
    assert len({each["ce_id"] for each in headers}) == 4
    assert seen == [("/registry/ь", Samples().row(number).head.instant) for number in (1, 3)]
    store.engine.dispose()


def relaying(settings: Settings, engine: Engine, feed: QualityFeed) -> None:
    """A relay until nothing waits."""
    stop = Event()
    thread = Thread(target=Relay(settings, engine, feed).run, args=(stop,))
    thread.start()
    deadline = time.monotonic() + 30
    while waiting(engine):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
