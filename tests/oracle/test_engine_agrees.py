"""Batch equality: the engine's current alerts equal an independent set-based recomputation (design, invariant 2)."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from uuid import UUID

import pytest

from aiqyn.rules.profile import load
from aiqyn.schemas.envelope import instant, read_structured
from aiqyn.streams.engine import Engine
from aiqyn.streams.facts import Fact, Head
from aiqyn.streams.intake.judge import judge
from tests.oracle.country import build
from tests.oracle.recompute import Conflict, recompute

RULES = frozenset({"COI-01", "COI-02", "COI-03", "COI-04", "COI-05"})


class Ledger:
    """Facts in a dictionary."""

    def __init__(self) -> None:
        self.facts: dict[int, tuple[Head, Fact]] = {}
        self.numbers: dict[tuple[str, str], int] = {}

    def read(self, seqs: Iterable[int]) -> dict[int, tuple[Head, Fact]]:
        return {seq: self.facts[seq] for seq in seqs}

    def find(self, source: str, id: str) -> int | None:
        return self.numbers.get((source, id))


def by_engine(lines: Iterable[bytes]) -> set[Conflict]:
    """The current alerts of COI-01 to COI-05 after the events in this order."""
    ledger = Ledger()
    engine = Engine(load("generic"), UUID(int=7), ledger)
    for line in lines:
        event = read_structured(line)
        if (event.source, event.id) in ledger.numbers:
            continue
        judged = judge(event)
        seq = len(ledger.facts) + 1
        head = Head(seq, event.source, event.id, event.type, instant(event.time), event.time, judged.record_key, seq)
        ledger.facts[seq] = (head, judged.fact)
        ledger.numbers[event.source, event.id] = seq
        engine.apply(head, judged.fact)
    return {
        Conflict(alert["rule"], alert["ocid"], alert["company"], tuple(alert["persons"]), alert["certainty"])
        for alert in engine.alerts()
        if alert["dataState"] == "current" and alert["rule"] in RULES
    }


@pytest.fixture
def no_collector() -> Iterator[None]:
    """All that the engine makes here stays; looking through it for garbage takes a half of the time."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collector")
def test_country_of_100_000_edges() -> None:
    country = build(100_000, seed=1)
    ours, theirs = by_engine(country.lines), recompute(country.lines)
    assert theirs, "the country has conflicts"
    assert ours - theirs == set(), "alerts that the recomputation does not find"
    assert theirs - ours == set(), "conflicts that the engine misses"
