"""What the workers tell of themselves (`services.metrics`)."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Collection, Iterable, Mapping

from aiqyn.services.distributed.ledger import Appended
from aiqyn.services.metrics import (
    ALERTS,
    BATCH_RECORDS,
    BATCH_SECONDS,
    CONSUMER_LAG,
    DEAD_LETTERS,
    EVENT_TO_ALERT,
    count_event,
)
from aiqyn.streams.ports import AlertRevision


def taken(done: Appended, records: int, microseconds: int) -> None:
    """One batch of the intake."""
    BATCH_RECORDS.observe(records)
    BATCH_SECONDS.observe(microseconds / 1e6)
    for (status, kind), number in Tally(done.statuses).items():
        count_event(status, kind, number)
    for refused in done.refused:
        DEAD_LETTERS.labels(refused.record.place.topic, refused.code).inc()


def judged(revisions: Iterable[AlertRevision], recorded: Mapping[int, int], now: int) -> None:
    """Revisions committed `now`; `recorded`: when each event was, in microseconds."""
    for made in revisions:
        ALERTS.labels(made.change, made.alert["rule"]).inc()
        EVENT_TO_ALERT.observe(max(0, now - recorded[made.seq]) / 1e6)


class Lag:
    """How many records of each partition are not consumed yet; partitions that another worker has now are not shown."""

    def __init__(self) -> None:
        self._shown: set[tuple[str, int]] = set()

    def keep(self, assigned: Collection[tuple[str, int]]) -> None:
        """These partitions are ours, no others."""
        for partition in self._shown - set(assigned):
            CONSUMER_LAG.remove(*map(str, partition))
        self._shown &= set(assigned)

    def show(self, partition: tuple[str, int], records: int) -> None:
        CONSUMER_LAG.labels(*map(str, partition)).set(max(0, records))
        self._shown.add(partition)
