"""Metrics of the workers (interfaces, section 10)."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Mapping

from prometheus_client import REGISTRY, Counter, Gauge, Histogram

from aiqyn.schemas.routing import TOPIC_OF
from aiqyn.services.distributed.ledger import Appended
from aiqyn.streams.ports import AlertRevision

EVENTS = Counter("aiqyn_events_total", "Records by what became of them.", ("status", "type"))
ALERTS = Counter("aiqyn_alerts_total", "Revisions of alerts.", ("change", "rule"))
DEAD_LETTERS = Counter("aiqyn_dead_letters_total", "Dead letters sent.", ("topic", "code"))
CONSUMER_LAG = Gauge("aiqyn_consumer_lag_records", "Records of a partition not taken yet.", ("topic", "partition"))
GRAPH_LAG = Gauge("aiqyn_graph_lag_records", "Accepted events that the graph has not reached yet.")
BATCH = Histogram(
    "aiqyn_batch_records", "Records of a batch of the intake.", buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
)
BATCH_SECONDS = Histogram("aiqyn_batch_duration_seconds", "From a batch's first look to its last dead letter.")
EVENT_TO_ALERT = Histogram(
    "aiqyn_event_to_alert_seconds",
    "From an event's recording to the commit of an alert's revision that it made.",
    buckets=(0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300),
)


def taken(done: Appended, records: int, microseconds: int) -> None:
    """One batch of the intake."""
    BATCH.observe(records)
    BATCH_SECONDS.observe(microseconds / 1e6)
    for (status, kind), number in Tally(done.statuses).items():
        EVENTS.labels(status, kind if kind in TOPIC_OF else "unknown").inc(number)
    for refused in done.refused:
        DEAD_LETTERS.labels(refused.record.place.topic, refused.code).inc()


def judged(revisions: Iterable[AlertRevision], recorded: Mapping[int, int], now: int) -> None:
    """Revisions committed `now`; `recorded`: when each event was, in microseconds."""
    for made in revisions:
        ALERTS.labels(made.change, made.alert["rule"]).inc()
        EVENT_TO_ALERT.observe(max(0, now - recorded[made.seq]) / 1e6)


__all__ = ["CONSUMER_LAG", "GRAPH_LAG", "REGISTRY", "judged", "taken"]
