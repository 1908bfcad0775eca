"""Intake: a batch of Kafka's records into the ledger, and its refusals to the dead letters."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from sqlalchemy import Engine

from aiqyn.rules import profile as profiles
from aiqyn.schemas.envelope import instant
from aiqyn.schemas.errors import Rejected
from aiqyn.services import moments
from aiqyn.services.distributed import metrics
from aiqyn.services.distributed.brake import Brake
from aiqyn.services.distributed.ledger import Appended, Failed, Judged, Refused, append, prepared
from aiqyn.services.distributed.records import Arrived, KafkaRecord, read
from aiqyn.services.kafka.dead_letters import DeadLetter, Stage
from aiqyn.services.settings import Settings
from aiqyn.streams.facts import Head
from aiqyn.streams.intake.judge import judge
from aiqyn.streams.moments import zone
from aiqyn.streams.ports import LedgerRow

_log = logging.getLogger(__name__)


class Letters(Protocol):
    """Where refused records go. `send` returns when they are safe; raises KafkaUnavailable."""

    def send(self, letters: Iterable[DeadLetter]) -> None: ...


class Intake:
    """Takes batches in. One batch at a time; every record of it may be acknowledged when `take` has returned."""

    def __init__(
        self,
        engine: Engine,
        profile: str,
        settings: Settings,
        letters: Letters,
        clock: Callable[[], int] = moments.now,
    ) -> None:
        self._engine = engine
        self._zone = zone(profiles.load(profile).zone)
        self._max_bytes = settings.max_event_bytes
        self._letters = letters
        self._brake = Brake(settings.dlq_brake)
        self._clock = clock

    def take(self, records: Sequence[KafkaRecord]) -> Appended:
        """Write a batch and send its dead letters.

        Raises StoreUnavailable (nothing was written) and KafkaUnavailable (the ledger is written, letters are
        not): call again later with the same records. Raises Braked: stop.
        """
        started = self._clock()
        once = {record.place: record for record in records}
        items = [self._judged(arrived) for record in once.values() for arrived in read(record, self._max_bytes)]
        self._brake.see(
            (
                (item.arrived.record.place[:2], isinstance(item, Failed), _source(item))
                for item in items
            ),
            started,
        )  # fmt: skip
        done = append(self._engine, items, started)
        self._letters.send(_letter(refused) for refused in done.refused)
        metrics.taken(done, len(once), self._clock() - started)
        if done.redelivered:
            _log.info("%d records came again and were taken before", done.redelivered)
        return done

    def _judged(self, arrived: Arrived) -> Judged | Failed:
        event = arrived.event
        if event is None:
            assert arrived.error is not None
            return Failed(arrived, arrived.error)
        try:
            found = judge(event)
        except Rejected as error:
            return Failed(arrived, error)
        at = instant(event.time, self._zone)
        head = Head(0, event.source, event.id, event.type, at, event.time, found.record_key, 0)
        row = LedgerRow(head, event.content, event.content_hash, event.attributes, found.conforms, found.fact)
        return prepared(arrived, event, row, found.issues)


def _source(item: Judged | Failed) -> str | None:
    return item.event.source if isinstance(item, Judged) else item.error.source


def _letter(refused: Refused) -> DeadLetter:
    record = refused.record
    return DeadLetter(
        record.place.topic,
        record.place.partition,
        record.place.offset,
        record.key,
        record.value,
        list(record.headers),
        refused.code,
        refused.detail,
        _stage(refused),
    )


def _stage(refused: Refused) -> Stage:
    if refused.conflict or refused.code == "event.erased":
        return "store"
    kind = refused.code.partition(".")[0]
    if kind in ("json", "text") or refused.code == "event.tooLarge":
        return "decode"
    return "validate" if kind in ("field", "event") else "normalise"
