"""`serve` before Kafka: it publishes, refuses at the door, and reads along with what workers write."""

import threading
from collections.abc import Callable
from typing import Any

from aiqyn.schemas.envelope import read_structured
from aiqyn.services import settings as reading
from aiqyn.services import wiring
from aiqyn.services.files import Incoming
from aiqyn.services.kafka import clients, topics
from aiqyn.services.store.opening import open_to_write

Json = dict[str, Any]


def published(settings: Any, count: int) -> list[tuple[str, bytes, bytes]]:
    """Topic, key and `ce_id` of the records on all public topics."""
    with clients.consumer(settings, auto_offset_reset="earliest", consumer_timeout_ms=15_000) as consumer:
        consumer.subscribe(pattern=f"^{settings.topic_prefix}(officials|registry|procurement).*[^q]$")
        found = []
        for record in consumer:
            found.append((record.topic, record.key, dict(record.headers)["ce_id"]))
            if len(found) == count:
                break
        return found


def engine_takes(settings: Any, events: list[bytes]) -> None:
    """What workers do with the records, done by an engine of one process."""
    with open_to_write(settings, "a test") as database:
        monitor = wiring.monitor(database, settings)
        monitor.start()
        monitor.run_batch([Incoming(raw, read_structured(raw), None, 1) for raw in events], "kafka")


def test_events_go_to_kafka_and_their_effect_is_waited_for(
    serve: Callable[..., Any], story: list[Json], kafka: Any, encoded: Callable[[Json], bytes]
) -> None:
    environ = {"AIQYN_KAFKA_BOOTSTRAP": kafka.bootstrap, "AIQYN_TOPIC_PREFIX": "served."}
    settings = reading.read(environ)
    topics.create(settings, 1, 1)
    server = serve(environ)
    server.call("PATCH", "/v1/users/analyst", "admin", json={"roles": ["publisher", "analyst"]})
    bad = {"specversion": "1.0"}
    answer = server.send(*story, story[0], bad, role="analyst")
    assert answer.status_code == 207
    told = [(record["status"], record["state"]) for record in answer.json()["records"]]
    assert told == [("accepted", "queued")] * 3 + [("duplicate", "queued"), ("rejected", None)]
    assert server.send(*story[:2]).status_code == 202, "the ledger does not have them yet: they go once more"
    on_kafka = published(settings, 5)
    assert sorted({id.decode() for _, _, id in on_kafka}) == sorted(event["id"] for event in story)
    assert ("served.procurement.releases", b"ocds-x1y2z3-1") in {(topic, key) for topic, key, _ in on_kafka}

    threading.Timer(1, engine_takes, (server.settings, [encoded(event) for event in story])).start()
    waited = server.call(
        "POST", "/v1/events", "analyst", json=story[2],
        headers={"Content-Type": "application/cloudevents+json", "Prefer": "wait=20"},
    )  # fmt: skip
    assert waited.status_code == 200
    record = waited.json()["records"][0]
    assert (record["status"], record["state"], len(record["alerts"])) == ("accepted", "applied", 1)
    assert waited.json()["alerts"]["raised"] == 1

    assert server.send(*story).json()["duplicate"] == 3
    other = {**story[0], "time": "2024-05-02T00:00:00Z"}
    assert server.send(other).status_code == 409
    seen = server.call("GET", "/v1/events", "publisher").json()["items"]
    assert [item["status"] for item in seen] == ["accepted"] * 3 + ["conflict"]
    seen = server.call("GET", "/v1/events", "analyst").json()["items"]
    assert sorted(item["status"] for item in seen) == ["accepted"] * 3 + ["conflict", "rejected"]
    assert server.stop() == 0
