"""What is upstream of a company: the hot loop of detection.

Walks up the stakes and control interests that are possibly in force on some day of `[start, end)`. Cost: the
edges upstream, the crowds of indexed records left out (`hubs.py`). Everything that later questions need is noted on
the way.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from aiqyn.streams.graph.details import PARTS, StakeDetail
from aiqyn.streams.graph.hubs import Hub
from aiqyn.streams.graph.store import CERTAIN, DEAD, Kind

if TYPE_CHECKING:
    from aiqyn.streams.world.world import World

Node = int
_OWNS, _CONTROLS, _DIRECTS = int(Kind.OWNS), int(Kind.CONTROLS), int(Kind.DIRECTS)
_STAKES = (_OWNS, _CONTROLS)
_PERSON = 1
_NO_HUBS: Mapping[int, Hub] = {}


class Upstream(NamedTuple):
    """The edges above a company, and who is there."""

    edges: tuple[tuple[int, Node, Node], ...]
    """(edge, holder, company); the crowds' left out."""
    nodes: frozenset[Node]
    """The company and everybody upstream but the crowds, whom no topic but rivals can be about."""
    managers: frozenset[Node]
    """Persons with a role in the company itself, at any time."""
    unspecified: tuple[Node, ...]
    """Stated but unspecified owners."""
    doubtful: bool
    """Whether some company upstream may be over-allocated, or owned by itself through others."""
    crowds: tuple[Hub, ...]
    """The indexed records upstream: their ordinary holders are upstream too."""
    start: int
    end: int
    clipped: bool
    """Whether some stake of a company upstream is in force on other days alone."""

    def everybody(self) -> Iterator[Node]:
        """The company and everybody upstream, crowds included; some perhaps twice."""
        yield from self.nodes
        for hub in self.crowds:
            yield from hub.holding(self.start, self.end)

    def meets(self, other: Upstream) -> bool:
        """Whether anybody is upstream of both, or has a role in both. Cost: the smaller crowd, or what has none."""
        if not (self.nodes.isdisjoint(other.nodes) and self.managers.isdisjoint(other.managers)):
            return True
        if not (self.crowds or other.crowds):
            return False
        return self._holds_any(other) or other._holds_any(self) or self._crowds_meet(other)

    def _holds_any(self, other: Upstream) -> bool:
        return any(hub.holds(node, self.start, self.end) for hub in self.crowds for node in other.nodes)

    def _crowds_meet(self, other: Upstream) -> bool:
        return any(
            ours.holds(person, self.start, self.end) and theirs.holds(person, other.start, other.end)
            for ours in self.crowds
            for theirs in other.crowds
            for person in ours.crowd.keys() & theirs.crowd.keys()
        )


def upstream(world: World, tier: int, company: Node, start: int, end: int, whole: bool = False) -> Upstream:
    """`tier`: the level (1 to 3) at which nodes are clusters. `whole`: walk the crowds too."""
    edges = world.edges
    source, kind, flags, first, last = edges.source, edges.kind, edges.flags, edges.start, edges.end
    head_in, next_in, detail, details = edges.head_in, edges.next_in, edges.detail, edges.details
    clusters, persons, roots, group = world.clusters, world.persons, world.clusters.roots, world.clusters.group
    members, root, unspecified_atoms = clusters.members, clusters.root, world.unspecified
    known = len(head_in)
    lowest = tier == 1
    hubs = _NO_HUBS if whole else world.hubs.by_record
    limit = world.hubs.limit
    crowds: list[Hub] = []
    crowded: list[int] = []
    found: list[tuple[int, Node, Node]] = []
    seen = {company}
    stack = [company]
    managers: set[Node] = set()
    unspecified: list[Node] = []
    doubtful = clipped = False
    while stack:
        node = stack.pop()
        total, before = 0, len(crowds)
        here: set[Node] = set()
        for atom in group(node) if lowest else members(node, tier):
            edge = head_in[atom] if atom < known else -1
            following: Mapping[int, int] | array[int] = next_in
            if hubs and atom in hubs:
                hub = hubs[atom]
                crowds.append(hub)
                total += hub.heaviest
                edge, following = hub.chain
            steps = 0
            while edge >= 0:
                steps += 1
                if flags[edge] & DEAD:
                    edge = following[edge]
                    continue
                what = kind[edge]
                if what in _STAKES:
                    if first[edge] < end and last[edge] > start:
                        at = source[edge]
                        holder = roots[at] if lowest else root(at, tier)
                        found.append((edge, holder, node))
                        if what == _OWNS and flags[edge] & CERTAIN:
                            said: StakeDetail = details[detail[edge]]  # type: ignore[assignment]  # its kind says so
                            total += said.at_least
                        if holder in here:
                            pass  # another stake or another segment of the same holder
                        elif holder not in seen:
                            here.add(holder)
                            seen.add(holder)
                            if at in unspecified_atoms:
                                unspecified.append(holder)
                            if persons[at] != _PERSON:
                                stack.append(holder)
                        elif persons[at] != _PERSON:
                            doubtful = True  # a loop, or two ways to one holder
                    else:
                        clipped = True
                elif what == _DIRECTS and node == company:
                    managers.add(roots[source[edge]] if lowest else root(source[edge], tier))
                edge = following[edge]
            if steps > limit and not whole:
                crowded.append(atom)
        if total > PARTS and not doubtful:  # several dimensions or sources may have been summed
            doubtful = _over_allocated(world, found, node, crowds[before:], start, end)
    for atom in crowded:
        world.hubs.open(atom)
    return Upstream(
        tuple(found),
        frozenset(seen),
        frozenset(managers),
        tuple(unspecified),
        doubtful,
        tuple(crowds),
        start,
        end,
        clipped,
    )


def _over_allocated(
    world: World,
    found: list[tuple[int, Node, Node]],
    company: Node,
    hubs: Iterable[Hub],
    start: int,
    end: int,
) -> bool:
    """Whether the lower bounds of one dimension may sum over the whole."""
    totals: dict[str, int] = {}
    for hub in hubs:
        for dimension, bounds in hub.lower_bounds(start, end).items():
            totals[dimension] = totals.get(dimension, 0) + bounds
    edges = world.edges
    for edge, _, held in found:
        if held == company and edges.flags[edge] & CERTAIN:
            said = edges.detail_of(edge)
            if isinstance(said, StakeDetail):
                totals[said.dimension] = totals.get(said.dimension, 0) + said.at_least
    return any(total > PARTS for total in totals.values())
