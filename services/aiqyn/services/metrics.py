"""Metrics of the product (interfaces, section 10); `serve` and each worker give them at `/metrics`."""

from __future__ import annotations

from importlib.metadata import version

from prometheus_client import Counter, Gauge, Histogram

from aiqyn.schemas.routing import TOPIC_OF

EVENTS = Counter("aiqyn_events_total", "Events by verdict.", labelnames=("status", "type"))
ALERTS = Counter("aiqyn_alerts_total", "Revisions of alerts.", labelnames=("change", "rule"))
DEAD_LETTERS = Counter("aiqyn_dead_letters_total", "Records sent to dead letters.", labelnames=("topic", "code"))
DELIVERIES = Counter("aiqyn_webhook_deliveries_total", "Attempts to deliver webhooks.", labelnames=("result",))
LEAVES = Counter("aiqyn_audit_leaves_total", "Leaves that entered the audit log.")
CONSUMER_LAG = Gauge("aiqyn_consumer_lag_records", "Records not consumed yet.", labelnames=("topic", "partition"))
GRAPH_LAG = Gauge("aiqyn_graph_lag_records", "Facts that the graph has not taken in yet.")
OUTBOX = Gauge("aiqyn_outbox_pending_records", "Revisions of alerts and quality issues that are not on Kafka yet.")
CANARY_SECONDS = Gauge("aiqyn_canary_seconds", "From the last canary's own time to its effect on Kafka.")
CANARY_AT = Gauge("aiqyn_canary_timestamp_seconds", "When the effect of the last canary was on Kafka; 0: none yet.")
BUILD = Gauge("aiqyn_build_info", "The version that runs.", labelnames=("version",))
BATCH_RECORDS = Histogram(
    "aiqyn_batch_records", "Records of one transaction.", buckets=(1, 3, 10, 30, 100, 300, 1000, 3000, 10_000)
)
BATCH_SECONDS = Histogram("aiqyn_batch_duration_seconds", "How long one batch took, its commit included.")
EVENT_TO_ALERT = Histogram(
    "aiqyn_event_to_alert_seconds",
    "From the arrival of a record to its alert in the database.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
REQUESTS = Histogram(
    "aiqyn_http_request_duration_seconds", "How long requests took.", labelnames=("method", "route", "status")
)


def count_event(status: str, kind: str | None, number: int = 1) -> None:
    """So many events got a verdict. Types that are not ours are strangers' words, and without end."""
    EVENTS.labels(status, kind if kind in TOPIC_OF else "unknown").inc(number)


BUILD.labels(version("aiqyn")).set(1)
