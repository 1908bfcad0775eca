"""The faults of what workers need: brokers and the database killed, paused, and cut off; dead letters refused."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Literal

from kafka.admin import ConfigResource, ConfigResourceType
from servers.proxy import Proxy

from aiqyn.services.kafka import clients, topics
from aiqyn.services.kafka.dead_letters import SUFFIX
from aiqyn.services.kafka.publisher import Publisher
from tests.faults.acts import Act
from tests.faults.ground import Ground

Spoil = Literal["cut", "black hole", "black hole, then cut", "delay", "refuse"]
_POISONED = "registry.companies"


def kill_the_broker(seconds: float, broker: int | None = None) -> Act:
    def act(ground: Ground) -> None:
        ground.kafka.kill(broker)
        time.sleep(seconds)
        ground.kafka.start(broker)

    return act


def pause_the_broker(seconds: float) -> Act:
    """It hangs: connected, and silent."""

    def act(ground: Ground) -> None:
        ground.kafka.pause()
        time.sleep(seconds)
        ground.kafka.resume()

    return act


def stop_the_broker(seconds: float) -> Act:
    """In an orderly way."""

    def act(ground: Ground) -> None:
        ground.kafka.stop()
        time.sleep(seconds)
        ground.kafka.start()

    return act


def kill_the_database(seconds: float) -> Act:
    def act(ground: Ground) -> None:
        ground.postgres.kill()
        time.sleep(seconds)
        ground.postgres.start()

    return act


def spoil_the_database(how: Spoil, seconds: float) -> Act:
    return lambda ground: _spoil((ground.way_to_database,), how, seconds)


def spoil_the_broker(how: Spoil, seconds: float) -> Act:
    return lambda ground: _spoil(ground.kafka.proxies, how, seconds)


def _spoil(ways: Sequence[Proxy], how: Spoil, seconds: float) -> None:
    deeds: dict[Spoil, Callable[[Proxy], None]] = {
        "cut": Proxy.cut,
        "black hole": Proxy.blackhole,
        "black hole, then cut": Proxy.blackhole,
        "delay": lambda way: way.delay(0.3),
        "refuse": Proxy.refuse,
    }
    until = time.monotonic() + seconds
    for way in ways:
        deeds[how](way)
    while time.monotonic() < until:
        time.sleep(1)
        if how == "cut":
            for way in ways:
                way.cut()
    for way in ways:
        if how == "black hole, then cut":
            way.cut()
        way.heal()


def poison(ground: Ground) -> None:
    """Records that are no events at the head, in the middle and at the tail of what the workers find."""
    for worker in ground.workers:
        worker.kill()
    topic = topics.name(ground.here.settings, _POISONED)
    events = [value for value in (b"{", b"\xff\xfe", b"[]", b'{"specversion":"1.0"}')]
    good = ground.flow.take(120)
    with Publisher(ground.here.settings) as publisher:
        waiting = []
        for place, event in enumerate(good):
            if place in (0, 1, 60, 119):
                waiting.append(publisher.produce_as_is(topic, b"one", events[place % 4], []))
            made = publisher.produce_as_is(topic, b"one", event, [("content-type", b"application/cloudevents+json")])
            waiting.append(made)
        waiting.append(publisher.produce_as_is(topic, b"one", b"\x00", []))
        waiting.append(publisher.produce_as_is(topic, b"one", None, [("ce_id", b"tombstone")]))
        for one in waiting:
            assert (error := one.result().error) is None, error
    ground.poison += 6
    for number in range(len(ground.workers)):
        ground.start(number)


def poison_and_die(point: str) -> Act:
    """The worker dies with refused records in its hands."""

    def act(ground: Ground) -> None:
        poison(ground)
        ground.workers[0].kill()
        worker = ground.start(0, dying=(point, 1))
        worker.process.wait(60)
        ground.start(0)

    return act


def no_dead_letters(how: Literal["deleted", "refused"], seconds: float) -> Act:
    """The topic of dead letters takes none: nothing behind a refused record may be acknowledged meanwhile."""

    def act(ground: Ground) -> None:
        settings = ground.here.settings
        topic = topics.name(settings, _POISONED)
        with clients.admin(settings) as admin:
            if how == "deleted":
                admin.delete_topics([topic + SUFFIX])
            else:
                _most_bytes(admin, topic + SUFFIX, 1)
            time.sleep(1)
            with Publisher(settings) as publisher:
                sent = publisher.produce_as_is(topic, b"poison", b"{", []).result()
            assert sent.error is None, sent.error
            assert sent.offset is not None
            ground.poison += 1
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                time.sleep(1)
                done = _acknowledged(admin, settings.group, topic, sent.partition)
                assert done <= sent.offset, f"offset {sent.offset} is acknowledged ({done}) without its dead letter"
            if how == "deleted":
                topics.create(settings, 4)
            else:
                _most_bytes(admin, topic + SUFFIX, 8 << 20)

    return act


def _most_bytes(admin: clients.KafkaAdminClient, topic: str, number: int) -> None:
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, {"max.message.bytes": str(number)})])


def _acknowledged(admin: clients.KafkaAdminClient, group: str, topic: str, partition: int | None) -> int:
    found = admin.list_group_offsets(group)[group]
    stands = (stand.offset for at, stand in found.items() if (at.topic, at.partition) == (topic, partition))
    return int(next(stands, 0))
