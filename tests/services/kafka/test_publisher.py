"""Publishing to a real broker: topic and key by type, a result each."""

from collections.abc import Callable
from pathlib import Path

from aiqyn.schemas.envelope import read_binary, read_structured
from aiqyn.schemas.routing import PUBLIC, TOPIC_OF, key
from aiqyn.services.kafka.publisher import Publisher
from aiqyn.services.settings import Settings
from tests.services.kafka.reading import records

EXAMPLES = (Path(__file__).parents[3] / "docs" / "examples" / "events.jsonl").read_bytes().splitlines()


def test_every_event_stands_on_the_topic_of_its_type_under_its_key(settings: Settings) -> None:
    events = [read_structured(line) for line in EXAMPLES]
    with Publisher(settings) as publisher:
        deliveries = publisher.publish(events)
    assert all(delivery.error is None for delivery in deliveries)
    places = {delivery[:3]: event for delivery, event in zip(deliveries, events, strict=True)}
    assert len(places) == len(events)
    for topic in PUBLIC:
        expected = [event for event in events if TOPIC_OF[event.type] == topic.name]
        for record in records(settings, topic.name, len(expected)):
            event = places[record.topic, record.partition, record.offset]
            headers = {name: value.decode() for name, value in record.headers}
            assert read_binary(headers, record.value) == event
            assert record.key.decode() == key(event)


def test_a_record_that_cannot_be_sent_has_its_own_result(new_settings: Callable[..., Settings]) -> None:
    settings = new_settings(AIQYN_KAFKA_MAX_BLOCK_MS="500")
    with Publisher(settings) as publisher:
        (delivery,) = publisher.publish([read_structured(EXAMPLES[0])])
    assert delivery.error is not None
    assert settings.topic_prefix + "procurement.releases" in delivery.error
    assert (delivery.partition, delivery.offset) == (None, None)


def test_an_event_of_a_mebibyte_is_taken(settings: Settings) -> None:
    line = EXAMPLES[6].rstrip().removesuffix(b"}}") + b',"note":"%s"}}'
    event = read_structured(line % (b"x" * ((1 << 20) - len(line) + 2)))
    with Publisher(settings) as publisher:
        (delivery,) = publisher.publish([event])
    assert delivery.error is None
