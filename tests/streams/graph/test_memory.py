"""The graph of a country fits in few bytes an edge, and what is counted is what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiqyn.schemas.envelope import instant, read_structured
from aiqyn.services.demo.country import districts
from aiqyn.streams.facts import Fact, Head
from aiqyn.streams.graph.memory import GraphBytes, graph_bytes
from aiqyn.streams.intake.normalise import normalise
from aiqyn.streams.world.world import World

EDGES = 8_000
MOST = 100
"""Bytes an edge: of the arrays and their indexes, and of who is who."""


class Ledger:
    """Facts in a dictionary."""

    def __init__(self) -> None:
        self._facts: dict[int, tuple[Head, Fact]] = {}
        self._numbers: dict[tuple[str, str], int] = {}

    def read(self, seqs: Sequence[int]) -> Mapping[int, tuple[Head, Fact]]:
        return {seq: self._facts[seq] for seq in seqs}

    def find(self, source: str, id: str) -> int | None:
        return self._numbers.get((source, id))

    def enter(self, line: bytes) -> tuple[Head, Fact]:
        event = read_structured(line)
        seq = len(self._facts) + 1
        read = normalise(event)
        moment = instant(event.time)
        head = Head(seq, event.source, event.id, event.type, moment, event.time, read.record_key, seq)
        self._numbers[event.source, event.id] = seq
        self._facts[seq] = head, read.fact
        return self._facts[seq]


def country(edges: int) -> World:
    """A world of at least that many living edges; processes, which make none, left out."""
    ledger = Ledger()
    world = World(ledger, ledger.find)
    for line in districts(edges // 3, 1):
        if b"procurement.release.v1" not in line:
            world.apply(*ledger.enter(line))
            if world.edges.alive >= edges:
                break
    return world


def test_a_country_takes_few_bytes_an_edge() -> None:
    world = country(EDGES)
    found = graph_bytes(world)
    assert found.edges == sum(1 for atom in range(len(world.atoms)) for _ in world.edges.into(atom)) >= EDGES
    assert 34 < found.per_edge <= MOST, found  # ten arrays by edge take 34
    largest = max(range(len(world.atoms)), key=lambda atom: sum(1 for _ in world.edges.into(atom)))
    world.hubs.open(largest)
    opened = graph_bytes(world)
    assert opened.hubs > found.hubs
    assert opened.per_edge <= MOST, opened


def test_an_empty_world_has_no_bytes_an_edge() -> None:
    ledger = Ledger()
    found = graph_bytes(World(ledger, ledger.find))
    assert isinstance(found, GraphBytes)
    assert found.edges == found.per_edge == 0
    assert found.total > 0
