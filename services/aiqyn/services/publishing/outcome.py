"""What became of one record that was sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from aiqyn.schemas.errors import Rejected
from aiqyn.services.kafka.publisher import Delivery
from aiqyn.services.verdict_json import verdict_json
from aiqyn.streams.intake.judge import passes, passes_raw
from aiqyn.streams.verdicts import Incoming, Verdict

Record = TypeVar("Record", bound=Incoming)


class NotAcknowledged(Exception):
    """A record was not acknowledged: whether it arrived is not known. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Record]):
    """A record with its verdict; on Kafka also where it stands."""

    record: Record
    verdict: Verdict
    delivery: Delivery | None = None

    def as_json(self, index: int) -> dict[str, object]:
        """The record of the contract; `index` counts from 0."""
        members = verdict_json(index, self.verdict)
        if self.delivery is not None:
            topic, partition, offset, _ = self.delivery
            members.update(topic=topic, partition=partition, offset=offset)
        return members


def refusal(record: Incoming, error: Rejected) -> Verdict:
    """The verdict on a record that is not sent at all."""
    conforms = passes(record.event) if record.event is not None else passes_raw(record.raw)
    return Verdict(error.source, error.id, error.type, "rejected", None, conforms, errors=error.problems)
