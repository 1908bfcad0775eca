"""Topics on a real broker: made once, left alone afterwards, differences named."""

from collections.abc import Callable

import pytest
from kafka.admin import ConfigResource, ConfigResourceType

from aiqyn.schemas.routing import DAY, TOPICS
from aiqyn.services.kafka import clients, topics
from aiqyn.services.kafka.errors import KafkaUnavailable
from aiqyn.services.settings import Settings

NewSettings = Callable[..., Settings]


def test_every_topic_is_made_as_declared_and_nothing_differs(new_settings: NewSettings) -> None:
    settings = new_settings()
    assert len(topics.check(settings)) == len(TOPICS)
    assert topics.missing(settings) == [
        settings.topic_prefix + topic.name for topic in TOPICS if topic.role == "public"
    ]
    made = topics.create(settings)
    assert {(one.name, one.partitions) for one in made} == {
        (settings.topic_prefix + topic.name, 12 if topic.wide else 3) for topic in TOPICS
    }
    assert all(one.created for one in made)
    assert topics.check(settings) == topics.check(settings, 12, 1) == topics.missing(settings) == []
    assert not any(one.created for one in topics.create(settings, partitions=5))
    assert topics.check(settings, 12) == []


def test_retention_and_compaction_are_as_the_contract_says(settings: Settings) -> None:
    client = clients.admin(settings)
    names = ("procurement.releases", "procurement.releases.dlq", "aiqyn.alerts")
    asked = [
        ConfigResource(
            ConfigResourceType.TOPIC, topics.name(settings, name), {"retention.ms": "", "cleanup.policy": ""}
        )
        for name in names
    ]
    configs = client.describe_configs(asked, config_filter="all")["topic"]
    client.close()
    found = {
        name: (config["retention.ms"]["value"], config["cleanup.policy"]["value"]) for name, config in configs.items()
    }
    month = str(30 * DAY)
    expected = zip(names, (("-1", "delete"), (month, "delete"), ("-1", "delete")), strict=True)
    assert found == {topics.name(settings, name): values for name, values in expected}


def test_what_somebody_else_made_is_left_as_it_is_and_named(new_settings: NewSettings) -> None:
    settings = new_settings()
    name = topics.name(settings, "procurement.releases")
    client = clients.admin(settings)
    client.create_topics(
        {name: {"num_partitions": 1, "replication_factor": 1, "configs": {"cleanup.policy": "compact"}}}
    )
    client.close()
    made = {one.name: one.created for one in topics.create(settings, partitions=4)}
    assert made.pop(name) is False
    assert all(made.values())
    differences = topics.check(settings)
    assert all(line.startswith(f"{name} has ") for line in differences)
    assert [line for line in differences if "1 partitions, not 4" in line]
    assert [line for line in differences if "cleanup.policy=compact" in line]
    assert [line for line in differences if "max.message.bytes" in line]


def test_too_many_copies_for_the_brokers_is_an_error_with_kafkas_words(new_settings: NewSettings) -> None:
    with pytest.raises(KafkaUnavailable, match="eplication factor"):
        topics.create(new_settings(), replicas=3)
