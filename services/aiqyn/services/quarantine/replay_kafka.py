"""Refused records back onto Kafka."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kafka import TopicPartition
from sqlalchemy import Engine

from aiqyn.schemas.errors import Rejected
from aiqyn.services import moments
from aiqyn.services.kafka import clients
from aiqyn.services.kafka.publisher import Pending, Publisher
from aiqyn.services.publishing.outcome import NotAcknowledged, refusal
from aiqyn.services.quarantine import rows
from aiqyn.services.quarantine.again import Again, read
from aiqyn.services.quarantine.rows import Refused
from aiqyn.services.settings import Settings
from aiqyn.streams.intake.judge import judge
from aiqyn.streams.verdicts import Verdict

_PATIENCE = 10_000  # milliseconds to read one record


class _Found(NamedTuple):
    """A record as it stands on its topic, with its prefix."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]


def replay(settings: Settings, engine: Engine, wanted: Sequence[Refused]) -> Iterator[tuple[Again, Verdict]]:
    """Publish rows again and wait for each acknowledgement.

    One that came by Kafka and still stands there is produced to its topic byte for byte; of the others the event in
    their bytes. One that is no event gets its verdict here and is not sent. Raises KafkaUnavailable, NotAcknowledged.
    """
    with Publisher(settings) as publisher, clients.consumer(settings) as consumer:
        for row in wanted:
            raw = rows.raw(engine, row.id)
            if raw is None:
                continue
            original = _original(consumer, row)
            if original is not None:
                _wait(publisher.produce_as_is(*original))
                verdict = Verdict(row.source, row.event_id, row.type, "accepted", "queued", None)
                results = [(Again(row, raw, None, None), verdict)]
            else:
                results = [(record, _publish(publisher, record)) for record in read(row, raw, settings.max_event_bytes)]
            if any(verdict.status == "accepted" for _, verdict in results):
                rows.mark_replayed(engine, [row.id], moments.now())
            yield from results


def _publish(publisher: Publisher, record: Again) -> Verdict:
    event = record.event
    if event is None:
        assert record.error is not None
        return refusal(record, record.error)
    try:
        judged = judge(event)
    except Rejected as error:
        return refusal(record, error)
    _wait(publisher.send(event))
    return Verdict(event.source, event.id, event.type, "accepted", "queued", judged.conforms, quality=judged.issues)


def _wait(pending: Pending) -> None:
    delivery = pending.result()
    if delivery.error is not None:
        raise NotAcknowledged(delivery.error)


def _original(consumer: clients.KafkaConsumer, row: Refused) -> _Found | None:
    """The record where it was read; None: it did not come by Kafka, or does not stand there any more."""
    if row.topic is None or row.partition is None or row.offset is None:
        return None
    at = TopicPartition(row.topic, row.partition)
    with clients.translated(f"{row.topic} cannot be read"):
        if row.partition not in (consumer.partitions_for_topic(row.topic) or ()):
            return None
        consumer.assign([at])
        if not consumer.beginning_offsets([at])[at] <= row.offset < consumer.end_offsets([at])[at]:
            return None
        consumer.seek(at, row.offset)
        for found in consumer.poll(timeout_ms=_PATIENCE, max_records=1).get(at, ()):
            if found.offset == row.offset:
                headers = [(name, value or b"") for name, value in found.headers]
                return _Found(found.topic, found.key, found.value, headers)
    return None
