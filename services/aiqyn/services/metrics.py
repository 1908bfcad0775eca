"""Metrics of the product (interfaces, section 10); `serve` and each worker give them at `/metrics`."""

from __future__ import annotations

from importlib.metadata import version

from prometheus_client import Counter, Gauge, Histogram

EVENTS = Counter("aiqyn_events_total", "Events by verdict.", labelnames=("status", "type"))
ALERTS = Counter("aiqyn_alerts_total", "Revisions of alerts.", labelnames=("change", "rule"))
DEAD_LETTERS = Counter("aiqyn_dead_letters_total", "Records sent to dead letters.", labelnames=("topic", "code"))
DELIVERIES = Counter("aiqyn_webhook_deliveries_total", "Attempts to deliver webhooks.", labelnames=("result",))
LEAVES = Counter("aiqyn_audit_leaves_total", "Leaves that entered the audit log.")
CONSUMER_LAG = Gauge("aiqyn_consumer_lag_records", "Records not consumed yet.", labelnames=("topic", "partition"))
GRAPH_LAG = Gauge("aiqyn_graph_lag_records", "Facts that the graph has not taken in yet.")
OUTBOX = Gauge("aiqyn_outbox_pending_records", "Revisions of alerts that are not on Kafka yet.")
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

BUILD.labels(version("aiqyn")).set(1)
