"""A broker in memory: partitions, groups, redelivery, and faults on demand. One thread drives everything.

Consumers and producers answer as far as the runners, the publisher and the dead letters ask of kafka-python's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from zlib import crc32

from kafka.errors import (
    CommitFailedError,
    KafkaConnectionError,
    KafkaTimeoutError,
)

Partition = tuple[str, int]


class At(NamedTuple):
    """A partition, as kafka-python names it."""

    topic: str
    partition: int


class Message(NamedTuple):
    """A record as consumers see it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]


class MemoryBroker:
    """Topics, each a list of partitions, each a list of records; and the groups that read them."""

    def __init__(self, partitions: int = 2) -> None:
        self.partitions = partitions
        self.log: dict[Partition, list[Message]] = defaultdict(list)
        self.committed: dict[tuple[str, Partition], int] = {}
        """What a group acknowledged: (group, partition) > next offset."""
        self.members: dict[str, list[MemoryConsumer]] = defaultdict(list)
        self.generation: dict[str, int] = defaultdict(int)
        self.refusing: set[str] = set()
        """Topics that take no record."""
        self.down = False
        """Nothing answers."""

    def append(
        self, topic: str, value: bytes | None, key: bytes | None = None, headers: Iterable[tuple[str, bytes]] = (),
        partition: int | None = None,
    ) -> Message:  # fmt: skip
        """Write a record; the same key always goes to the same partition."""
        if self.down:
            raise KafkaConnectionError("the broker is down")
        if topic in self.refusing:
            raise KafkaTimeoutError(f"{topic} takes nothing")
        number = partition if partition is not None else crc32(key or value or b"") % self.partitions
        stands = self.log[topic, number]
        stands.append(Message(topic, number, len(stands), key, value, list(headers)))
        return stands[-1]

    def consumer(self, group: str, before_commit: Callable[[], None] = lambda: None) -> MemoryConsumer:
        return MemoryConsumer(self, group, before_commit)

    def producer(self, *_: object, **__: object) -> MemoryProducer:
        return MemoryProducer(self)

    def share(self, group: str) -> None:
        """A new generation: partitions are dealt out anew, and each is read from what was acknowledged."""
        self.generation[group] += 1
        members = self.members[group]
        for member in members:
            member.positions = {}
        if not members:
            return
        topics = sorted({topic for member in members for topic in member.topics})
        dealt = [(topic, number) for topic in topics for number in range(self.partitions)]
        for place, partition in enumerate(dealt):
            member = members[place % len(members)]
            member.positions[partition] = self.committed.get((group, partition), 0)

    def lag(self, group: str, topic: str) -> int:
        """Records that the group has not acknowledged."""
        return sum(
            len(self.log[topic, number]) - self.committed.get((group, (topic, number)), 0)
            for number in range(self.partitions)
        )


class MemoryConsumer:
    """A member of a group. It learns of a new generation at its next poll or commit, as with Kafka."""

    def __init__(self, broker: MemoryBroker, group: str, before_commit: Callable[[], None]) -> None:
        self._broker = broker
        self._group = group
        self._before_commit = before_commit
        self._listener: Any = None
        self._known = 0
        self.topics: list[str] = []
        self.positions: dict[Partition, int] = {}

    def subscribe(self, topics: list[str], listener: Any = None) -> None:
        self.topics, self._listener = topics, listener
        self._broker.members[self._group].append(self)
        self._broker.share(self._group)

    def poll(self, timeout_ms: int = 0, max_records: int = 500) -> dict[At, list[Message]]:
        """The next records of each partition."""
        if self._broker.down:
            raise KafkaConnectionError("the broker is down")
        self._learn()
        found: dict[At, list[Message]] = {}
        for (topic, number), position in self.positions.items():
            room = max_records - sum(map(len, found.values()))
            records = self._broker.log[topic, number][position : position + room]
            if records:
                found[At(topic, number)] = records
                self.positions[topic, number] = position + len(records)
        return found

    def _learn(self) -> None:
        current = self._broker.generation[self._group]
        if self._known != current:
            self._known = current
            if self._listener is not None:
                self._listener.on_partitions_assigned(self.assignment())

    def commit(self, timeout_ms: int = 0) -> None:
        """Acknowledge all that was polled. Raises CommitFailedError where the group was shared anew meanwhile."""
        self._before_commit()
        if self._broker.down:
            raise KafkaConnectionError("the broker is down")
        if self._known != self._broker.generation[self._group]:
            raise CommitFailedError("another generation")
        for partition, position in self.positions.items():
            self._broker.committed[self._group, partition] = position

    def assignment(self) -> set[At]:
        return {At(*partition) for partition in self.positions}

    def highwater(self, at: At) -> int:
        return len(self._broker.log[at.topic, at.partition])

    def position(self, at: At, timeout_ms: int = 0) -> int:
        return self.positions[at.topic, at.partition]

    def close(self, autocommit: bool = True, timeout_ms: int = 0) -> None:
        """Leave the group; `vanish` in an orderly way."""
        self.vanish()

    def vanish(self) -> None:
        """The member is gone, whatever it had polled."""
        if self in self._broker.members[self._group]:
            self._broker.members[self._group].remove(self)
            self._broker.share(self._group)


class MemoryProducer:
    """Sends at once."""

    def __init__(self, broker: MemoryBroker) -> None:
        self._broker = broker

    def send(
        self, topic: str, value: bytes | None = None, key: Any = None, headers: Any = (), partition: int | None = None
    ) -> Sent:
        plain = key if isinstance(key, bytes) else None
        try:
            return Sent(self._broker.append(topic, value, plain, headers, partition), None)
        except (KafkaConnectionError, KafkaTimeoutError) as error:
            return Sent(None, error)

    def close(self, timeout: float = 0) -> None:
        """Nothing is on its way."""


class Sent(NamedTuple):
    """What became of a record, as kafka-python's future gives it."""

    message: Message | None
    error: BaseException | None

    def get(self, timeout: float = 0) -> Message:
        if self.error is not None:
            raise self.error
        assert self.message is not None
        return self.message
