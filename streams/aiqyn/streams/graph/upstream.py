"""What is upstream of a company: the hot loop of detection.

Walks up the stakes and control interests that are possibly in force on some day of `[start, end)`. Cost: the edges
upstream. Everything that later questions need is noted on the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from aiqyn.streams.graph.details import PARTS, StakeDetail
from aiqyn.streams.graph.store import CERTAIN, DEAD, Kind

if TYPE_CHECKING:
    from aiqyn.streams.world.world import World

Node = int
_OWNS, _CONTROLS, _DIRECTS = int(Kind.OWNS), int(Kind.CONTROLS), int(Kind.DIRECTS)
_PERSON = 1


class Upstream(NamedTuple):
    """The edges above a company, and who is there."""

    edges: tuple[tuple[int, Node, Node], ...]
    """(edge, holder, company)"""
    nodes: frozenset[Node]
    """The company and everybody upstream."""
    managers: frozenset[Node]
    """Persons with a role in the company itself, at any time."""
    unspecified: tuple[Node, ...]
    """Stated but unspecified owners."""
    doubtful: bool
    """Whether some company upstream may be over-allocated, or owned by itself through others."""


def upstream(world: World, tier: int, company: Node, start: int, end: int) -> Upstream:
    """`tier`: the level (1 to 3) at which nodes are clusters."""
    edges = world.edges
    source, kind, flags, first, last = edges.source, edges.kind, edges.flags, edges.start, edges.end
    head_in, next_in, detail, details = edges.head_in, edges.next_in, edges.detail, edges.details
    clusters, persons, roots, groups = (
        world.clusters,
        world.persons,
        world.clusters.roots,
        world.clusters.groups,
    )
    members, root, unspecified_atoms = clusters.members, clusters.root, world.unspecified
    known = len(head_in)
    lowest = tier == 1
    found: list[tuple[int, Node, Node]] = []
    seen = {company}
    stack = [company]
    managers: set[Node] = set()
    unspecified: list[Node] = []
    doubtful = False
    while stack:
        node = stack.pop()
        total = 0
        for atom in (groups.get(node) or (node,)) if lowest else members(node, tier):
            edge = head_in[atom] if atom < known else -1
            while edge >= 0:
                if flags[edge] & DEAD:
                    edge = next_in[edge]
                    continue
                what = kind[edge]
                if what == _OWNS or what == _CONTROLS:
                    if first[edge] < end and last[edge] > start:
                        at = source[edge]
                        holder = roots[at] if lowest else root(at, tier)
                        found.append((edge, holder, node))
                        if what == _OWNS and flags[edge] & CERTAIN:
                            said: StakeDetail = details[detail[edge]]  # type: ignore[assignment]
                            total += said.at_least
                        if holder not in seen:
                            seen.add(holder)
                            if at in unspecified_atoms:
                                unspecified.append(holder)
                            if persons[at] != _PERSON:
                                stack.append(holder)
                        elif persons[at] != _PERSON:
                            doubtful = True
                elif what == _DIRECTS and node == company:
                    managers.add(roots[source[edge]] if lowest else root(source[edge], tier))
                edge = next_in[edge]
        if total > PARTS and not doubtful:  # several dimensions or sources may have been summed
            doubtful = _over_allocated(world, found, node)
    return Upstream(tuple(found), frozenset(seen), frozenset(managers), tuple(unspecified), doubtful)


def _over_allocated(world: World, found: list[tuple[int, Node, Node]], company: Node) -> bool:
    """Whether the lower bounds of one dimension may sum over the whole."""
    totals: dict[str, int] = {}
    edges = world.edges
    for edge, _, held in found:
        if held == company and edges.flags[edge] & CERTAIN:
            said = edges.detail_of(edge)
            if isinstance(said, StakeDetail):
                totals[said.dimension] = totals.get(said.dimension, 0) + said.at_least
    return any(total > PARTS for total in totals.values())
