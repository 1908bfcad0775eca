"""Records to Kafka: judged here, sent, and acknowledged in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from aiqyn.schemas.errors import Rejected
from aiqyn.services.kafka import topics
from aiqyn.services.kafka.publisher import Pending, Publisher
from aiqyn.services.publishing.outcome import NotAcknowledged, Outcome, Record, refusal
from aiqyn.services.settings import Settings
from aiqyn.streams.intake.judge import judge
from aiqyn.streams.verdicts import Incoming, Verdict

_ON_THE_WAY = 2000
"""Records that may be sent and not yet acknowledged."""


def outcomes(settings: Settings, found: Iterable[Record]) -> Iterator[Outcome[Record]]:
    """Send records; their outcomes in order, accepted ones once they are acknowledged.

    Raises BadSetting, KafkaUnavailable before anything is sent; NotAcknowledged where a record may be lost: all those
    given before it are safe.
    """
    missing = topics.missing(settings)
    if missing:
        raise NotAcknowledged(f"Kafka has no topic {missing[0]}; `aiqyn topics create` makes the topics")
    sent: deque[tuple[Record, Verdict, Pending | None]] = deque()
    with Publisher(settings) as publisher:
        for record in found:
            sent.append((record, *_send(publisher, record)))
            if len(sent) > _ON_THE_WAY:
                yield _outcome(*sent.popleft())
        while sent:
            yield _outcome(*sent.popleft())


def _send(publisher: Publisher, record: Incoming) -> tuple[Verdict, Pending | None]:
    event = record.event
    if event is None:
        assert record.error is not None
        return refusal(record, record.error), None
    try:
        judged = judge(event)
    except Rejected as error:
        return refusal(record, error), None
    verdict = Verdict(event.source, event.id, event.type, "accepted", "queued", judged.conforms, quality=judged.issues)
    return verdict, publisher.send(event)


def _outcome(record: Record, verdict: Verdict, pending: Pending | None) -> Outcome[Record]:
    if pending is None:
        return Outcome(record, verdict)
    delivery = pending.result()
    if delivery.error is not None:
        raise NotAcknowledged(delivery.error)
    return Outcome(record, verdict, delivery)
