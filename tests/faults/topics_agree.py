"""What stands on Kafka against what stands in the database: alerts, dead letters, and records that came in."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from kafka import TopicPartition
from sqlalchemy import text

from aiqyn.schemas.routing import ALERTS, PUBLIC
from aiqyn.services.kafka import clients, topics
from aiqyn.services.kafka.dead_letters import SUFFIX
from aiqyn.services.settings import Settings
from aiqyn.services.store.sql_store import SqlStore


def disagreements(store: SqlStore, settings: Settings, once: bool) -> list[str]:
    """Where Kafka and a database at rest do not agree; `once`: also where a revision stands on Kafka twice."""
    with clients.consumer(settings) as consumer:
        return [
            *_alerts(store, records(consumer, topics.name(settings, ALERTS)), once),
            *_letters(store, settings, consumer),
            *_received(store, settings, consumer),
        ]


def records(consumer: Any, name: str) -> list[Any]:
    """All records of a topic, each partition in order."""
    partitions = [TopicPartition(name, number) for number in sorted(consumer.partitions_for_topic(name) or ())]
    consumer.assign(partitions)
    consumer.seek_to_beginning()
    ends = consumer.end_offsets(partitions)
    found: list[Any] = []
    while any(consumer.position(at) < ends[at] for at in partitions):
        for polled in consumer.poll(timeout_ms=500).values():
            found.extend(polled)
    return found


def _alerts(store: SqlStore, sent: list[Any], once: bool) -> Iterator[str]:
    """Every revision is there, each alert's first appearances rise, and its last record is its last revision."""
    seen: dict[str, list[int]] = defaultdict(list)
    last: dict[str, Any] = {}
    for record in sent:
        alert = json.loads(record.value)
        if record.key.decode() != alert["id"]:
            yield f"an alert stands under the key {record.key!r}"
        seen[alert["id"]].append(alert["revision"])
        last[alert["id"]] = alert
    if once and (twice := [name for name, revisions in seen.items() if len(set(revisions)) < len(revisions)]):
        yield f"{len(twice)} alerts have a revision on the topic twice, one is {min(twice)}"
    written = defaultdict(list)
    for alert_id, revision in _rows(store, "SELECT alert, revision FROM alert_revision ORDER BY number"):
        written[str(alert_id)].append(revision)
    if lost := {name for name, revisions in written.items() if set(revisions) - set(seen[name])}:
        yield f"{len(lost)} alerts are not on the topic wholly, one is {min(lost)}"
    if made_up := {name for name, revisions in seen.items() if set(revisions) - set(written[name])}:
        yield f"{len(made_up)} alerts on the topic are not in the database, one is {min(made_up)}"
    for name, revisions in sorted(seen.items()):
        if list(dict.fromkeys(revisions)) != sorted(set(revisions)):
            yield f"the revisions of {name} first appear as {revisions}"
        elif revisions and revisions[-1] != max(revisions):
            yield f"the last record of {name} is revision {revisions[-1]} of {max(revisions)}"
    standing = {alert["id"]: alert for alert in store.standing()}
    for name, alert in sorted(last.items()):
        known = standing.get(name)
        if known is not None and {key: alert.get(key) for key in known} != known:
            yield f"the last record of {name} is not what the database says"


def _letters(store: SqlStore, settings: Settings, consumer: Any) -> Iterator[str]:
    """Each refused record has a dead letter, at least one; no other has."""
    rows = _rows(store, 'SELECT topic, "partition", "offset" FROM quarantine WHERE door = \'kafka\'')
    refused = {(str(row[0]), int(row[1]), int(row[2])) for row in rows}
    buried = set()
    for topic in PUBLIC:
        for record in records(consumer, topics.name(settings, topic) + SUFFIX):
            said = {name: value.decode() for name, value in record.headers if name.startswith("dlq_")}
            buried.add((said["dlq_topic"], int(said["dlq_partition"]), int(said["dlq_offset"])))
    if missing := refused - buried:
        yield f"{len(missing)} refused records have no dead letter, one is {min(missing)}"
    if others := buried - refused:
        yield f"{len(others)} dead letters are of records that were not refused, one is {min(others)}"


def _received(store: SqlStore, settings: Settings, consumer: Any) -> Iterator[str]:
    """As many records were received as stand on Kafka: each was counted once, however often it came."""
    there = sum(
        sum(consumer.end_offsets([TopicPartition(name, n) for n in consumer.partitions_for_topic(name) or ()]).values())
        for name in (topics.name(settings, topic) for topic in PUBLIC)
    )
    received = int(_rows(store, "SELECT coalesce(sum(received), 0) FROM batch")[0][0])
    if received != there:
        yield f"{received} records were counted, Kafka has {there}"


def _rows(store: SqlStore, query: str) -> list[Any]:
    with store.engine.begin() as connection:
        return list(connection.execute(text(query)).all())
