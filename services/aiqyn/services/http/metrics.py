"""Metrics of the server (interfaces, section 10)."""

from __future__ import annotations

from prometheus_client import Histogram

REQUESTS = Histogram(
    "aiqyn_http_request_duration_seconds", "How long requests took.", labelnames=("method", "route", "status")
)
