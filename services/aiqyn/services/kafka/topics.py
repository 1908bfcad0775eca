"""Topics on a Kafka: made once, never changed by us afterwards, and compared with what is declared."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kafka.admin import ConfigResource, ConfigResourceType

from aiqyn.schemas.routing import PUBLIC, TOPICS, Topic
from aiqyn.services.kafka import clients
from aiqyn.services.settings import Settings

PARTITIONS = 12
"""Of a wide topic, unless the operator says otherwise."""
NARROW = 3
REPLICAS = 3
_LOOKS = 25
_EXISTS = 36  # error code TOPIC_ALREADY_EXISTS
_SETTINGS = ("cleanup.policy", "retention.ms", "max.message.bytes")


class Made(NamedTuple):
    """What became of one topic."""

    name: str
    partitions: int
    replicas: int
    created: bool
    """False: it was there, and is as it was."""


class Found(NamedTuple):
    """One topic as it is."""

    partitions: int
    replicas: int
    """The fewest that one of its partitions has."""
    settings: Mapping[str, str]


def name(settings: Settings, topic: Topic | str) -> str:
    """The name of a topic on this installation's Kafka."""
    return settings.topic_prefix + (topic if isinstance(topic, str) else topic.name)


def create(settings: Settings, partitions: int = PARTITIONS, replicas: int | None = None) -> list[Made]:
    """Make every topic that is missing; nothing is changed of one that exists.

    `partitions` are those of wide topics; `replicas`: 3, or the number of brokers if fewer. Raises KafkaUnavailable,
    also where Kafka refuses a topic.
    """
    client = clients.admin(settings)
    try:
        with clients.translated("the topics could not be made"):
            copies = replicas or _copies(client)
            wanted = {name(settings, topic): _options(settings, topic, partitions, copies) for topic in TOPICS}
            there = set(client.list_topics())
            missing = {topic: options for topic, options in wanted.items() if topic not in there}
            refused = _create(client, missing) if missing else {}
    finally:
        client.close()
    return [
        Made(topic, options["num_partitions"], copies, topic in missing and topic not in refused)
        for topic, options in wanted.items()
    ]


def _create(client: Any, missing: dict[str, dict[str, Any]]) -> set[str]:
    """Names of the topics that somebody else made meanwhile."""
    answer = client.create_topics(missing, raise_errors=False, wait_for_metadata=False)
    late = set()
    for topic in answer["topics"]:
        code = topic["error_code"]
        if code == _EXISTS:
            late.add(topic["name"])
        elif code:
            said = topic.get("error_message") or f"error {code}"
            raise OSError(f"Kafka refuses the topic {topic['name']}: {said}")
    for _ in range(_LOOKS):  # a broker may know of them a moment later
        if missing.keys() <= set(client.list_topics()):
            return late
        time.sleep(0.2)
    raise OSError("the broker does not show the topics that were made")


def _copies(client: Any) -> int:
    return min(REPLICAS, len(client.describe_cluster()["brokers"]))


def _options(settings: Settings, topic: Topic, partitions: int, copies: int) -> dict[str, Any]:
    return {
        "num_partitions": partitions if topic.wide else NARROW,
        "replication_factor": copies,
        "configs": {**_declared(settings, topic), **({"min.insync.replicas": "2"} if copies > 2 else {})},
    }


def _declared(settings: Settings, topic: Topic) -> dict[str, str]:
    size = clients.letter_bytes(settings) if topic.role == "dead" else clients.message_bytes(settings)
    values = ("delete", str(topic.retention_ms), str(size))
    return dict(zip(_SETTINGS, values, strict=True))


def check(settings: Settings, partitions: int | None = None, replicas: int | None = None) -> list[str]:
    """What differs from the declaration, a line each for people; empty: nothing.

    Without `partitions`, wide topics must agree among themselves: the number that most of them have is taken for the
    operator's; likewise `replicas`. How long records are kept is the operator's to decide. Raises KafkaUnavailable.
    """
    wanted = {name(settings, topic): topic for topic in TOPICS}
    client = clients.admin(settings)
    try:
        with clients.translated("the topics could not be looked at"):
            found = _found(client, wanted)
    finally:
        client.close()
    wide = partitions or _usual(found[full].partitions for full, topic in wanted.items() if topic.wide if full in found)
    copies = replicas or _usual(one.replicas for one in found.values())
    return [line for full, topic in wanted.items() for line in _differences(settings, full, topic, found, wide, copies)]


def missing(settings: Settings) -> list[str]:
    """Public topics that do not exist. Raises KafkaUnavailable."""
    client = clients.admin(settings)
    try:
        with clients.translated("the topics could not be listed"):
            there = set(client.list_topics())
    finally:
        client.close()
    return [full for topic in PUBLIC if (full := name(settings, topic)) not in there]


def _usual(numbers: Iterable[int]) -> int:
    counted = Counter(numbers)
    return max(counted, key=lambda number: (counted[number], number), default=PARTITIONS)


def _differences(
    settings: Settings, full: str, topic: Topic, found: Mapping[str, Found], wide: int, copies: int
) -> Iterator[str]:
    one = found.get(full)
    if one is None:
        yield f"{full} does not exist; `aiqyn topics create` makes it"
        return
    wanted = wide if topic.wide else NARROW
    if one.partitions != wanted:
        yield f"{full} has {one.partitions} partitions, not {wanted}"
    if one.replicas != copies:
        yield f"{full} has {one.replicas} replicas, not {copies}"
    policy = one.settings.get("cleanup.policy", "delete")
    if policy != "delete":
        yield f"{full} has cleanup.policy={policy}, not delete: compaction loses facts that share a key"
    most = int(one.settings.get("max.message.bytes", 0))
    least = int(_declared(settings, topic)["max.message.bytes"])
    if most < least:
        yield f"{full} has max.message.bytes={most}, not {least}: large events would be refused"


def _found(client: Any, names: Iterable[str]) -> dict[str, Found]:
    there = set(client.list_topics())
    present = [topic for topic in names if topic in there]
    if not present:
        return {}
    described = _described(client, present)
    return {
        topic["name"]: Found(
            len(topic["partitions"]),
            min((len(partition["replica_nodes"]) for partition in topic["partitions"]), default=0),
            {key: str(value["value"]) for key, value in described[topic["name"]].items()},
        )
        for topic in client.describe_topics(present)
    }


def _described(client: Any, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The settings of topics; of one made a moment ago a broker may know none yet."""
    for _ in range(_LOOKS):
        asked = [ConfigResource(ConfigResourceType.TOPIC, topic, dict.fromkeys(_SETTINGS, "")) for topic in names]
        found: dict[str, dict[str, Any]] = client.describe_configs(asked, config_filter="all").get("topic", {})
        if all(found.get(topic) for topic in names):
            return found
        time.sleep(0.2)
    raise OSError("the broker does not tell the settings of its topics")
