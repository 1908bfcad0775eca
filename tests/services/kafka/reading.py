"""What stands on a topic."""

import time
from typing import Any

from kafka import TopicPartition

from aiqyn.services.kafka import clients, topics
from aiqyn.services.settings import Settings

_PATIENCE = 20  # seconds


def records(settings: Settings, topic: str, count: int) -> list[Any]:
    """The first `count` records of a topic, by partition, then offset; and that there are no more."""
    name = topics.name(settings, topic)
    with clients.consumer(settings) as consumer:
        partitions = [TopicPartition(name, number) for number in consumer.partitions_for_topic(name) or ()]
        consumer.assign(partitions)
        consumer.seek_to_beginning()
        found: list[Any] = []
        deadline = time.monotonic() + _PATIENCE
        ends = consumer.end_offsets(partitions)
        # the ends of transactions take offsets too
        while any(consumer.position(at) < end for at, end in ends.items()) and time.monotonic() < deadline:
            for polled in consumer.poll(timeout_ms=500).values():
                found.extend(polled)
            ends = consumer.end_offsets(partitions)
        assert len(found) == count
    return sorted(found, key=lambda record: (record.partition, record.offset))
