"""Records on Kafka that are not in the database yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from kafka import TopicPartition

from aiqyn.schemas.routing import PUBLIC
from aiqyn.services.kafka import clients, topics
from aiqyn.services.kafka.errors import KafkaUnavailable
from aiqyn.services.reconciliation.balances import Period
from aiqyn.services.settings import Settings

_LOOK = 1000  # milliseconds


class Ends(NamedTuple):
    """Offsets of one partition that bound a period: its first record, and the one behind its last."""

    first: int
    end: int
    oldest: int
    """The first that still stands there."""


class Stand:
    """Kafka's side; ask it before the database, so that nothing that came before is overlooked. `close` it."""

    def __init__(self, settings: Settings) -> None:
        """Raises BadSetting, KafkaUnavailable."""
        self._settings = settings
        self._consumer = clients.consumer(settings)

    def ends(self, period: Period) -> dict[tuple[str, int], Ends]:
        """Every partition of the public topics. Raises KafkaUnavailable, also where a topic does not exist."""
        with clients.translated("the ends of the topics cannot be read"):
            partitions = [at for topic in PUBLIC for at in self._partitions(topics.name(self._settings, topic))]
            oldest = self._consumer.beginning_offsets(partitions)
            ends = self._consumer.end_offsets(partitions)
            first = self._at(partitions, period.start)
            last = self._at(partitions, period.end)
        return {
            (at.topic, at.partition): Ends(
                oldest[at] if period.start is None else first.get(at, ends[at]),
                last.get(at, ends[at]) if period.end is not None else ends[at],
                oldest[at],
            )
            for at in partitions
        }

    def _partitions(self, name: str) -> list[Any]:
        numbers = self._consumer.partitions_for_topic(name)
        if not numbers:
            raise KafkaUnavailable(f"Kafka has no topic {name}; `aiqyn topics create` makes the topics")
        return [TopicPartition(name, number) for number in sorted(numbers)]

    def _at(self, partitions: list[Any], instant: int | None) -> dict[Any, int]:
        """The first offsets from an instant on; a partition without such a record is missing."""
        if instant is None:
            return {}
        found = self._consumer.offsets_for_times(dict.fromkeys(partitions, -(-instant // 1000)))
        return {at: stand.offset for at, stand in found.items() if stand is not None and stand.offset >= 0}

    def waiting(self, ends: Mapping[tuple[str, int], Ends], positions: Mapping[tuple[str, int], int]) -> dict[str, int]:
        """Records of the period by topic that stand behind the positions; 0 where none waits."""
        lag = {name: 0 for name, _ in ends}
        for (name, partition), bound in ends.items():
            start = max(bound.first, bound.oldest, positions.get((name, partition), 0))
            if start < bound.end and self._has_records(name, partition, start, bound.end):
                lag[name] += bound.end - start
        return lag

    def _has_records(self, name: str, partition: int, start: int, end: int) -> bool:
        """Whether a record stands between: the marks that transactions leave have offsets, too."""
        at = TopicPartition(name, partition)
        with clients.translated(f"{name} cannot be read"):
            self._consumer.assign([at])
            self._consumer.seek(at, start)
            for record in self._consumer.poll(timeout_ms=_LOOK, max_records=1).get(at, ()):
                return bool(record.offset < end)
            return bool(self._consumer.position(at) < end)

    def close(self) -> None:
        self._consumer.close()


def lost(ends: Mapping[tuple[str, int], Ends], positions: Mapping[tuple[str, int], int]) -> list[str]:
    """Where Kafka forgot records before they were read."""
    return [
        f"{name}, partition {partition}: records {positions.get((name, partition), 0)} to {bound.oldest - 1} are gone "
        "from Kafka and were not read"
        for (name, partition), bound in ends.items()
        if bound.oldest > positions.get((name, partition), 0)
    ]
