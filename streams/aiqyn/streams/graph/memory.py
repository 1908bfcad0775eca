"""What the graph of a world costs in memory."""

from __future__ import annotations

from collections.abc import Mapping
from sys import getsizeof
from typing import TYPE_CHECKING, NamedTuple

from aiqyn.streams.graph.hubs import Hubs

if TYPE_CHECKING:
    from aiqyn.streams.world.world import World

_INT = 28
"""Bytes of an int object; those in two containers are counted twice."""


class GraphBytes(NamedTuple):
    """Bytes by part, room that containers keep in reserve included."""

    edges: int
    """The living edges: a count, not bytes."""
    store: int
    """The typed arrays, both adjacency lists in them, and the bounds as written of partial dates."""
    clusters: int
    """Level 1: the root of each atom, and the atoms of each cluster of several."""
    flags: int
    """Of each atom whether it is a person, and its marks."""
    hubs: int
    """The index of companies with many holders."""

    @property
    def total(self) -> int:
        return self.store + self.clusters + self.flags + self.hubs

    @property
    def per_edge(self) -> float:
        """Bytes for each living edge; 0 where there is none."""
        return self.total / self.edges if self.edges else 0.0


def graph_bytes(world: World) -> GraphBytes:
    """Measured on the objects there are. Left out: names of atoms, name keys, registers and the index of cases, which
    any graph would need beside it. Cost: the size of the dictionaries."""
    clusters = world.clusters
    return GraphBytes(
        edges=world.edges.alive,
        store=world.edges.nbytes(),
        clusters=clusters.nbytes(),
        flags=getsizeof(world.persons) + getsizeof(world.marks),
        hubs=_hubs(world.hubs),
    )


def _hubs(hubs: Hubs) -> int:
    total = 0
    for table in hubs.tables():
        total += getsizeof(table)
        for value in table.values():
            total += _INT + (getsizeof(value) + _INT * len(value) if isinstance(value, tuple) else _INT)
    for hub in hubs.by_record.values():
        total += getsizeof(hub) + getsizeof(hub.passing) + _INT * len(hub.passing)
        total += getsizeof(hub.crowd) + _held(hub.crowd)
    return total


def _held(table: Mapping[int, tuple[int, ...]]) -> int:
    """Keys and values of a dictionary, the table itself left out."""
    return sum(_INT + getsizeof(numbers) + _INT * len(numbers) for numbers in table.values())
