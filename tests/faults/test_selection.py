"""A short selection of the faults, always the same; `make faults` does them all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from servers.missing import Missing

from tests.faults.events import events
from tests.faults.ground import Servers, servers
from tests.faults.rows import ROWS
from tests.faults.run import run

_SEED, _EVENTS = 1, 700
_SELECTION = (
    ("loop", "dies intake: in the commit"),
    ("faust", "dies detect: in the commit"),
    ("loop", "poison, dies after the commit"),
)
_ON_OLDER = (("faust", "poison at head, middle, tail"), ("loop", "dies relay: amid sending"))
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def using() -> Iterator[Servers]:
    """Kafka 4 and PostgreSQL for all of them."""
    yield from _servers(None)


@pytest.fixture(scope="module")
def older() -> Iterator[Servers]:
    """The same with Kafka 3.9."""
    yield from _servers("3.9")


def _servers(version: str | None) -> Iterator[Servers]:
    try:
        with servers(version=version) as running:
            yield running
    except Missing as missing:
        pytest.skip(str(missing))


@pytest.mark.parametrize(("runner", "fault"), _SELECTION)
def test_nothing_lost_and_nothing_doubled(using: Servers, runner: str, fault: str) -> None:
    assert ROWS[fault].brokers == 1
    assert run(using, runner, fault, events(_EVENTS, _SEED), _SEED).broken == []


@pytest.mark.parametrize(("runner", "fault"), _ON_OLDER)
def test_the_same_on_kafka_3_9(older: Servers, runner: str, fault: str) -> None:
    assert older.kafka.version.startswith("3.9")
    assert run(older, runner, fault, events(_EVENTS, _SEED), _SEED).broken == []
