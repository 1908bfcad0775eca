"""What the workers tell of themselves (`services.metrics`)."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Mapping

from aiqyn.schemas.routing import TOPIC_OF
from aiqyn.services.distributed.ledger import Appended
from aiqyn.services.metrics import ALERTS, BATCH_RECORDS, BATCH_SECONDS, DEAD_LETTERS, EVENT_TO_ALERT, EVENTS
from aiqyn.streams.ports import AlertRevision


def taken(done: Appended, records: int, microseconds: int) -> None:
    """One batch of the intake."""
    BATCH_RECORDS.observe(records)
    BATCH_SECONDS.observe(microseconds / 1e6)
    for (status, kind), number in Tally(done.statuses).items():
        # the types of refused events are strangers' words, and without end
        EVENTS.labels(status, kind if kind in TOPIC_OF else "unknown").inc(number)
    for refused in done.refused:
        DEAD_LETTERS.labels(refused.record.place.topic, refused.code).inc()


def judged(revisions: Iterable[AlertRevision], recorded: Mapping[int, int], now: int) -> None:
    """Revisions committed `now`; `recorded`: when each event was, in microseconds."""
    for made in revisions:
        ALERTS.labels(made.change, made.alert["rule"]).inc()
        EVENT_TO_ALERT.observe(max(0, now - recorded[made.seq]) / 1e6)
