"""The gate: which topics a case touches at all. Most cases touch none, and no rule needs to look at them.

A superset by construction: a topic that is closed here has nothing to find at any level of identity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aiqyn.rules.model import Topic
from aiqyn.streams.graph.upstream import Upstream, upstream
from aiqyn.streams.world.process import ProcessState
from aiqyn.streams.world.world import DECLARATION, KIN, POST, SEAT, World

_INTEREST = POST | KIN | SEAT | DECLARATION
ALL: frozenset[Topic] = frozenset({"people", "declarations", "rivals", "owners", "listed"})


def topics(world: World, process: ProcessState) -> frozenset[Topic]:
    """Topics that the process touches. Cost: the edges upstream of its parties."""
    clusters = world.clusters
    marks, members = world.marks, clusters.members
    higher = clusters.any_higher
    found: set[Topic] = set()
    above: list[Upstream] = []
    for party in process.parties:
        atom = world.atoms.find(party.atoms[-1])
        assert atom is not None
        here = upstream(world, 1, clusters.roots[atom], party.start[0], party.end[1] + 1)
        above.append(here)
        if here.doubtful or here.unspecified:
            found.add("owners")
        for nodes in (here.nodes, here.managers):
            for node in nodes:
                if higher and clusters.joined_higher(node):
                    return ALL
                if "people" not in found:
                    for each in members(node, 1):
                        if marks[each] & _INTEREST:
                            found.add("people")
                            break
    if len(world.listings) and _listed(world, above):
        found.add("listed")
    if process.rivals and _related(process, above):
        found.add("rivals")
    if _declared(world, process.ocid):
        found.add("declarations")
    return frozenset(found)


def _listed(world: World, above: Iterable[Upstream]) -> bool:
    return any(
        world.listings.has(atom)
        for here in above
        for nodes in (here.nodes, here.managers)
        for node in nodes
        for atom in world.clusters.members(node, 1)
    )


def _related(process: ProcessState, above: Sequence[Upstream]) -> bool:
    return any(
        not above[left].nodes.isdisjoint(above[right].nodes)
        or not above[left].managers.isdisjoint(above[right].managers)
        for left, right in process.rivals
    )


def _declared(world: World, ocid: str) -> bool:
    """Whether somebody named in the process declared anything, under any name it may have."""
    seats = world.seats.get(ocid)
    if not seats:
        return False
    return any(
        world.marks[each] & DECLARATION
        for entries in seats.values()
        for atom, _ in entries
        for each in world.clusters.widest(atom)
    )
