"""The plain loop: a consumer of kafka-python around the intake. Fewer parts than Faust, and faster."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Any

from kafka import ConsumerRebalanceListener, KafkaConsumer
from kafka.errors import CommitFailedError, KafkaError

from aiqyn.services.distributed.batches import FIRST_PAUSE, LONGEST_PAUSE, attempt
from aiqyn.services.distributed.intake import Intake
from aiqyn.services.distributed.metrics import Lag
from aiqyn.services.distributed.records import KafkaRecord
from aiqyn.services.distributed.runtime import Runtime
from aiqyn.services.kafka import clients
from aiqyn.services.settings import Settings
from aiqyn.services.store.ledger_rows import Place

_RECORDS = 500
_LAG_EVERY = 5.0
_log = logging.getLogger("aiqyn.worker")


class _Joined(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python has no types
    def __init__(self, runtime: Runtime, lag: Lag) -> None:
        self._runtime = runtime
        self._lag = lag

    def on_partitions_revoked(self, revoked: object) -> None:
        """Positions are in the database: nothing to save."""
        self._lag.keep(())

    def on_partitions_assigned(self, assigned: object) -> None:
        self._runtime.joined = True


def run(intake: Intake, runtime: Runtime, topics: Sequence[str]) -> None:
    """Consume until `runtime.stop` is set."""
    consume(KafkaConsumer(**_settings(runtime.settings)), intake, runtime, topics)


def consume(consumer: Any, intake: Intake, runtime: Runtime, topics: Sequence[str]) -> None:
    """The loop itself, around a consumer as kafka-python has it; it is closed at the end."""
    lag = Lag()
    consumer.subscribe(list(topics), listener=_Joined(runtime, lag))
    shown = 0.0
    try:
        while not runtime.stop.is_set():
            try:
                polled = consumer.poll(timeout_ms=100, max_records=_RECORDS)
            except KafkaError as error:
                _log.warning("Kafka is away: %s", error)
                runtime.stop.wait(1.0)
                continue
            batch = [_record(message) for messages in polled.values() for message in messages]
            if batch and not _done(intake, runtime, batch):
                return
            if batch:
                _acknowledge(consumer)
            if time.monotonic() - shown > _LAG_EVERY:
                shown = time.monotonic()
                _show_lag(consumer, lag)
    finally:
        consumer.close(autocommit=False, timeout_ms=3000)


def _done(intake: Intake, runtime: Runtime, batch: list[KafkaRecord]) -> bool:
    pause = FIRST_PAUSE
    try:
        while not attempt(intake, runtime, batch):
            if runtime.stop.wait(pause):
                return False
            pause = min(2 * pause, LONGEST_PAUSE)
    finally:
        runtime.busy_since = None
    return True


def _acknowledge(consumer: Any) -> None:
    try:
        consumer.commit(timeout_ms=10_000)
    except CommitFailedError as error:
        _log.info("the group was shared anew; records may come again: %s", error)
    except KafkaError as error:
        # the database knows what is done: it is told and skipped when it comes again
        _log.warning("not acknowledged: %s", error)


def _record(message: Any) -> KafkaRecord:
    place = Place(message.topic, message.partition, message.offset)
    return KafkaRecord(place, message.key, message.value, tuple(message.headers or ()))


def _show_lag(consumer: Any, lag: Lag) -> None:
    assigned = consumer.assignment()
    lag.keep(assigned)
    for partition in assigned:
        high = consumer.highwater(partition)
        if high is not None:
            try:
                lag.show(partition, high - consumer.position(partition, timeout_ms=100))
            except KafkaError:
                continue


def _settings(settings: Settings) -> dict[str, Any]:
    made = clients.consumer_settings(settings)
    usual = {
        "session_timeout_ms": 30_000,
        "heartbeat_interval_ms": 3_000,
        "max_poll_interval_ms": 300_000,
        # every batch is a transaction, whatever it holds: the broker lets it grow for a moment
        "fetch_min_bytes": 64 << 10,
        "fetch_max_wait_ms": 50,
    }
    given = clients.extra(settings)
    return {
        **made,
        **{name: given.get(name, value) for name, value in usual.items()},
        "group_id": settings.group,
        "group_instance_id": settings.instance_id,
        "max_poll_records": _RECORDS,
    }
