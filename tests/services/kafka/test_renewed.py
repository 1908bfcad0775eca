"""What sends goes on after an error that is fatal to a producer: the next record goes by another one."""

from collections.abc import Iterator
from contextlib import contextmanager

from kafka.admin import ConfigResource, ConfigResourceType

from aiqyn.services.kafka import clients
from aiqyn.services.kafka.dead_letters import DeadLetter, DeadLetters, KafkaUnavailable
from aiqyn.services.kafka.publisher import Publisher
from aiqyn.services.settings import Settings
from tests.journeys.working import wait_for


@contextmanager
def refusing(settings: Settings, topic: str) -> Iterator[None]:
    """A topic whose broker takes no record, which kafka-python calls fatal."""
    with clients.admin(settings) as admin:
        for most in (1, 1 << 20):
            found = ConfigResource(ConfigResourceType.TOPIC, topic, {"max.message.bytes": str(most)})
            admin.alter_configs([found])
            if most == 1:
                yield


def test_dead_letters(settings: Settings) -> None:
    topic = settings.topic_prefix + "donations"
    letter = DeadLetter(topic, 0, 0, b"k", b"{", [], "json.invalid", "no JSON", "decode")
    with DeadLetters(settings) as letters:
        letters.send([letter])
        with refusing(settings, topic + ".dlq"):
            wait_for(lambda: not _taken(letters, letter), 20)
        assert wait_for(lambda: _taken(letters, letter), 20)


def _taken(letters: DeadLetters, letter: DeadLetter) -> bool:
    try:
        letters.send([letter])
    except KafkaUnavailable:
        return False
    return True


def test_publisher(settings: Settings) -> None:
    topic = settings.topic_prefix + "donations"
    with Publisher(settings) as publisher:

        def taken() -> bool:
            return publisher.produce_as_is(topic, b"k", b"{}", []).result().error is None

        assert taken()
        with refusing(settings, topic):
            wait_for(lambda: not taken(), 20)
        assert wait_for(taken, 20)


def test_a_producer_is_dropped_with_what_it_holds(settings: Settings) -> None:
    producer = clients.producer(settings, linger_ms=60_000)
    held = producer.send(settings.topic_prefix + "donations", b"{}", b"k")
    clients.drop(producer)
    wait_for(lambda: held.is_done, 10)
    assert held.failed()
    assert not producer._sender.is_alive()
