"""What the database holds for Kafka."""

from __future__ import annotations

from sqlalchemy import Engine

from aiqyn.services.kafka import alert_feed, quality_feed


def waiting(engine: Engine) -> int:
    """Revisions of alerts and quality issues that are not on Kafka yet."""
    return alert_feed.waiting(engine) + quality_feed.waiting(engine)
