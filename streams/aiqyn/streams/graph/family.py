"""Who may be a relative of a person at all: family ties followed without asking for days or degrees. A hot loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiqyn.streams.graph.store import DEAD, Kind

if TYPE_CHECKING:
    from aiqyn.streams.world.world import World

Node = int
LONGEST = 5
"""Ties on the longest way between two relatives: two by blood, one marriage, and sibling steps that cost nothing."""
_TIES = frozenset(
    {int(Kind.PARENT), int(Kind.SIBLING), int(Kind.HALF_SIBLING), int(Kind.GRANDPARENT), int(Kind.MARRIED)}
)


def family(world: World, tier: int, person: Node) -> set[Node]:
    """The person and everybody within `LONGEST` family ties: a superset of its relatives. `tier`: level 1 to 3."""
    edges, root, members = world.edges, world.clusters.root, world.clusters.members
    source, target, kind, flags = edges.source, edges.target, edges.kind, edges.flags
    head_in, next_in, head_out, next_out = edges.head_in, edges.next_in, edges.head_out, edges.next_out
    marks, known = world.marks, len(edges.head_in)
    seen = {person}
    layer = [person]
    for _ in range(LONGEST):
        following = []
        for node in layer:
            for atom in members(node, tier):
                if not marks[atom] or atom >= known:
                    continue
                edge = head_out[atom]
                while edge >= 0:
                    if kind[edge] in _TIES and not flags[edge] & DEAD:
                        other = root(target[edge], tier)
                        if other not in seen:
                            seen.add(other)
                            following.append(other)
                    edge = next_out[edge]
                edge = head_in[atom]
                while edge >= 0:
                    if kind[edge] in _TIES and not flags[edge] & DEAD:
                        other = root(source[edge], tier)
                        if other not in seen:
                            seen.add(other)
                            following.append(other)
                    edge = next_in[edge]
        layer = following
        if not layer:
            break
    return seen
