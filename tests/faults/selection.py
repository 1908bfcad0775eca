"""A short selection of the faults, always the same; `make faults` does them all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from servers.missing import Missing

from aiqyn.services.demo.country import generate
from tests.faults.ground import Servers, servers
from tests.faults.rows import ROWS
from tests.faults.run import run

_SEED = 1
_SELECTION = (
    ("loop", "dies intake: in the commit"),
    ("loop", "dies relay: sent, not noted"),
    ("loop", "poison, dies after the commit"),
    ("loop", "workers 1 > 3 > 1"),
    ("faust", "dies intake: before the acknowledgement"),
    ("faust", "dies detect: in the commit"),
    ("faust", "kill -9 worker, 5 times"),
    ("faust", "way to the database cut 10 s long"),
)


@pytest.fixture(scope="module")
def using() -> Iterator[Servers]:
    try:
        with servers() as running:
            yield running
    except Missing as missing:
        pytest.skip(str(missing))


@pytest.mark.parametrize(("runner", "fault"), _SELECTION)
def test_nothing_lost_and_nothing_doubled(using: Servers, runner: str, fault: str) -> None:
    assert ROWS[fault].brokers == 1
    lines = list(dict.fromkeys(generate(300, _SEED).events))
    assert run(using, runner, fault, lines, _SEED).broken == []
