"""What must be right before a worker consumes: topics that exist, and a Kafka that the database knows."""

from __future__ import annotations

import logging

from kafka import TopicPartition

from aiqyn.schemas.routing import PUBLIC
from aiqyn.services.distributed.ledger import next_offsets
from aiqyn.services.kafka import clients, topics
from aiqyn.services.settings import Settings
from aiqyn.services.store.opening import Database

_log = logging.getLogger("aiqyn.worker")


def public_topics(settings: Settings) -> list[str]:
    """The topics to read, with their prefix."""
    return [topics.name(settings, topic) for topic in PUBLIC]


def obstacle(settings: Settings, database: Database) -> str | None:
    """Why a worker must not begin; None: nothing. Differences that hurt nobody are logged. Raises KafkaUnavailable."""
    differences = topics.check(settings)
    missing = [line for line in differences if "does not exist" in line]
    if missing:
        return f"{missing[0]}" + (f" ({len(missing)} topics are missing)" if len(missing) > 1 else "")
    for line in differences:
        _log.warning("%s", line)
    return _shorter(settings, database)


def _shorter(settings: Settings, database: Database) -> str | None:
    """A topic that was made anew begins at offset 0 again: all of it would be taken for known."""
    wanted = set(public_topics(settings))
    known = {at: offset for at, offset in next_offsets(database.engine).items() if at[0] in wanted}
    if not known:
        return None
    consumer = clients.consumer(settings)
    try:
        with clients.translated("the ends of the topics could not be read"):
            ends = consumer.end_offsets([TopicPartition(*at) for at in known])
    finally:
        consumer.close()
    for at, offset in sorted(known.items()):
        end = ends.get(TopicPartition(*at), 0)
        if end < offset:
            return (
                f"{at[0]}, partition {at[1]}, ends at {end}, but this database has taken it in up to {offset}: "
                "another Kafka, or a topic made anew? Use another AIQYN_TOPIC_PREFIX, or another database"
            )
    return None
