"""Bytes an edge of the graph: the typed arrays with their indexes against an `nx.MultiDiGraph` of the same edges.

Run `python -m benchmarks.graph_memory 1000000`. The country's processes are left out: they make no edges.
"""

from __future__ import annotations

import gc
import sys
import tempfile
from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

import networkx as nx
from benchmarks.country import EDGES_A_COMPANY

from aiqyn.schemas.envelope import Event, instant, read_structured
from aiqyn.services.demo.country import generate
from aiqyn.streams.facts import Fact, Head
from aiqyn.streams.graph.memory import graph_bytes
from aiqyn.streams.graph.networkx_view import world_graph
from aiqyn.streams.intake.normalise import normalise
from aiqyn.streams.world.world import World

_PAGE = 4096
_SPARE = 1.3
"""Companies beyond what the edges need on average: the reading stops at the last edge."""


class Told:
    """The country's events in a file, read back by number. Implements `ports.FactLog`."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._offsets = array("q")
        self._numbers: dict[int, int] = {}

    def add(self, line: bytes) -> tuple[Head, Fact]:
        self._offsets.append(self._file.seek(0, 2))
        self._file.write(line + b"\n")
        event = read_structured(line)
        self._numbers[hash((event.source, event.id))] = len(self._offsets)
        return _accepted(len(self._offsets), event)

    def read(self, seqs: Sequence[int]) -> Mapping[int, tuple[Head, Fact]]:
        return {seq: _accepted(seq, self._event(seq)) for seq in seqs}

    def find(self, source: str, id: str) -> int | None:
        return self._numbers.get(hash((source, id)))

    def _event(self, seq: int) -> Event:
        self._file.seek(self._offsets[seq - 1])
        return read_structured(self._file.readline())


def _accepted(seq: int, event: Event) -> tuple[Head, Fact]:
    read = normalise(event)
    moment = instant(event.time)
    return Head(seq, event.source, event.id, event.type, moment, event.time, read.record_key, seq), read.fact


def filled(edges: int, file: IO[bytes]) -> World:
    """A world of at least that many living edges."""
    told = Told(file)
    world = World(told, told.find)
    for line in generate(int(edges / EDGES_A_COMPANY * _SPARE), 1).events:
        if b"procurement.release.v1" in line:
            continue
        world.apply(*told.add(line))
        if world.edges.alive >= edges:
            break
    return world


def _resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


def main(edges: int) -> None:
    gc.disable()
    with tempfile.TemporaryFile() as file:
        world = filled(edges, file)
        for company in range(len(world.atoms)):
            if len(list(world.edges.into(company))) > world.hubs.limit:
                world.hubs.open(company)
        ours = graph_bytes(world)
        before = _resident()
        theirs = nx.MultiDiGraph()
        view = world_graph(world)
        theirs.add_nodes_from(view.nodes(data=True))
        theirs.add_edges_from(view.edges(keys=True, data=True))
        other = (_resident() - before) / theirs.number_of_edges()
    print(f"edges            {ours.edges:>12,}  nodes {len(world.atoms):,}, indexed {len(world.hubs.by_record):,}")
    for part, value in (("store", ours.store), ("clusters", ours.clusters), ("flags", ours.flags), ("hubs", ours.hubs)):
        print(f"{part:<16} {value / ours.edges:>12.1f}  bytes an edge")
    print(f"together         {ours.per_edge:>12.1f}  bytes an edge")
    print(f"nx.MultiDiGraph  {other:>12.1f}  bytes an edge with the same attributes")
    print(f"ratio            {other / ours.per_edge:>12.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
