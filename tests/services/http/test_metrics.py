"""Every metric moves when its thing happens, once, whichever process sees it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from servers.kafka import Kafka
from sqlalchemy import text

from aiqyn.services import canary, metrics, moments
from aiqyn.services.distributed.metrics import Lag
from aiqyn.services.kafka import clients, topics
from aiqyn.services.kafka.publisher import Publisher
from aiqyn.services.store.database import writing
from tests.journeys.working import Site, Worker, store_of, wait_for
from tests.services.http.conftest import Server
from tests.services.webhooks.receiver import Receiver

Samples = dict[str, float]


def samples(url: str) -> Samples:
    """Every sample of ours at a `/metrics`, as `name{label=value}`."""
    found: Samples = {}
    for family in text_string_to_metric_families(httpx.get(url + "/metrics", timeout=10).text):
        for sample in family.samples:
            if sample.name.startswith("aiqyn_") and not sample.name.endswith(("_bucket", "_created")):
                labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
                found[f"{sample.name}{{{labels}}}"] = sample.value
    return found


class Running:
    """`serve` and workers on one database and one Kafka."""

    def __init__(self, folder: Path, kafka: Kafka) -> None:
        environ = {
            "AIQYN_KAFKA_BOOTSTRAP": kafka.bootstrap,
            "AIQYN_TOPIC_PREFIX": "metered.",
            "AIQYN_WEBHOOK_ALLOW_PRIVATE": "true",
            "AIQYN_AUDIT_INTERVAL": "1",
        }
        own = {"AIQYN_KEYS_DIR": str(folder / "keys"), "AIQYN_STATE_DIR": str(folder / "state")}
        database = f"sqlite:///{folder / 'aiqyn.db'}"
        self.site = Site(folder, {**environ, **own, "AIQYN_DATABASE_URL": database})
        topics.create(self.site.settings, 1, 1)
        self.workers = [self.site.start("--runner", "loop").ready()]
        self.server = Server(folder, environ, database)

    def all(self) -> Samples:
        """The samples of all processes, added up."""
        total: Counter[str] = Counter()
        for url in [self.server.url, *(worker.url for worker in self.workers)]:
            total.update(samples(url))
        return dict(total)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, kafka: Kafka) -> Iterator[Running]:
    made = Running(tmp_path_factory.mktemp("metered"), kafka)
    try:
        yield made
        made.server.stop()
    finally:
        for worker in made.workers:
            worker.kill()


def grown(running: Running, before: Samples, name: str) -> Callable[[], bool]:
    return lambda: running.all()[name] > before.get(name, 0)


def moved(running: Running, before: Samples, name: str, by: float) -> Callable[[], bool]:
    """Whether a sample has moved by that much, and no further."""

    def look() -> bool:
        change = running.all().get(name, 0.0) - before.get(name, 0.0)
        assert change <= by, f"{name} moved by {change}"
        return change == by

    return look


def test_what_happens_is_counted_once(running: Running, story: list[Any]) -> None:
    server = running.server
    server.call("PATCH", "/v1/users/analyst", "admin", json={"roles": ["publisher", "analyst"]})
    with Receiver() as receiver:
        hook = {"url": receiver.url, "types": ["coi.alert.raised.v1"]}
        assert server.call("POST", "/v1/webhooks", "analyst", json=hook).status_code == 201
        before = running.all()
        key = server.keys["analyst"]
        sent = server.http.post(
            "/v1/events",
            content=b"\n".join([*(line(event) for event in story), line(story[0]), b"{"]),
            headers={
                "Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson", "Prefer": "wait=30",
            },
        )  # fmt: skip
        assert sent.json()["alerts"]["raised"] == 1, sent.text
        with clients.producer(running.site.settings) as producer:
            producer.send("metered.donations", b"{").get(timeout=10)
        with Publisher(running.site.settings) as publisher:
            assert publisher.publish([canary.event(running.site.settings, moments.now())])[0].error is None
        accepted = "aiqyn_events_total{{status={},type={}}}".format
        for name, by in {
            accepted("accepted", "procurement.release.v1"): 1,
            accepted("accepted", "official.occupancy.v1"): 1,
            accepted("duplicate", "official.occupancy.v1"): 1,
            accepted("rejected", "unknown"): 2,  # one by HTTP, one on Kafka
            "aiqyn_alerts_total{change=raised,rule=COI-02}": 1,
            "aiqyn_event_to_alert_seconds_count{}": 1,
            "aiqyn_dead_letters_total{code=json.invalid,topic=metered.donations}": 1,
            "aiqyn_webhook_deliveries_total{result=delivered}": 1,
            "aiqyn_http_request_duration_seconds_count{method=POST,route=/v1/events,status=207}": 1,
        }.items():
            assert wait_for(moved(running, before, name, by), 60), name
    for name in (
        "aiqyn_batch_records_count{}", "aiqyn_batch_duration_seconds_count{}", "aiqyn_audit_leaves_total{}",
        "aiqyn_canary_seconds{}", "aiqyn_canary_timestamp_seconds{}",
    ):  # fmt: skip
        assert wait_for(grown(running, before, name), 60), name


def line(event: Any) -> bytes:
    return json.dumps(event, ensure_ascii=False).encode()


def series(worker: Worker) -> set[str]:
    return {name for name in samples(worker.url) if name.startswith("aiqyn_consumer_lag_records")}


def test_lag_is_shown_by_the_worker_that_has_the_partition(running: Running) -> None:
    (first,) = running.workers
    every = wait_for(lambda: len(series(first)) > 20 and series(first), 60)
    second = running.site.start("--runner", "loop", AIQYN_STATE_DIR=str(running.site.folder / "second")).ready()
    running.workers.append(second)
    wait_for(lambda: series(second) and series(first) == every - series(second), 60)
    assert second.stop() == 0
    running.workers.remove(second)
    wait_for(lambda: series(first) == every, 60)


def test_what_waits_is_shown(running: Running) -> None:
    assert running.workers.pop().stop() == 0
    wait_for(lambda: samples(running.server.url)["aiqyn_outbox_pending_records{}"] == 0, 30)
    with store_of(running.site) as store, writing(store.engine) as connection:
        connection.execute(text("UPDATE cursor SET position = 0 WHERE name IN ('alerts', 'quality')"))
    wait_for(lambda: samples(running.server.url)["aiqyn_outbox_pending_records{}"] == 2, 30)
    assert samples(running.server.url)["aiqyn_graph_lag_records{}"] >= 1, "nobody has asked since the canary came"


def test_partitions_that_are_ours_no_more_are_not_shown() -> None:
    def shown() -> set[tuple[str, ...]]:
        return {tuple(labels) for labels in metrics.CONSUMER_LAG._metrics if labels[0] == "t"}

    lag = Lag()
    lag.show(("t", 0), 7)
    lag.show(("t", 1), -1)
    assert shown() == {("t", "0"), ("t", "1")}
    assert REGISTRY.get_sample_value("aiqyn_consumer_lag_records", {"topic": "t", "partition": "0"}) == 7
    lag.keep([("t", 1), ("t", 2)])
    assert shown() == {("t", "1")}
    lag.keep(())
    assert shown() == set()


def test_every_metric_of_the_contract_is_there(shared: Path) -> None:
    page = (shared / "interfaces.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(aiqyn_[a-z_]+?)(?:\{|`)", page.split("- Metrics:", 1)[1].split("## 11", 1)[0]))
    assert len(named) > 12
    ours = {family.name for family in REGISTRY.collect() if family.name.startswith("aiqyn_")}
    assert {name.removesuffix("_total") for name in named} <= ours
