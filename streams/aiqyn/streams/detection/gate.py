"""The gate: which topics a case touches at all. Most cases touch none, and no rule needs to look at them.

A superset by construction: a topic that is closed here has nothing to find at any level of identity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aiqyn.rules.model import Topic
from aiqyn.schemas.days import BEGINNING, FOREVER
from aiqyn.streams.graph.family import family
from aiqyn.streams.graph.store import Kind
from aiqyn.streams.graph.upstream import Upstream, upstream
from aiqyn.streams.world.marks import DECLARATION, KIN, LISTED, POST, SEAT
from aiqyn.streams.world.process import ProcessState
from aiqyn.streams.world.world import World

_INTEREST = POST | KIN | SEAT | DECLARATION
ALL: frozenset[Topic] = frozenset({"people", "declarations", "rivals", "owners", "listed"})


def topics(world: World, process: ProcessState) -> frozenset[Topic]:
    """Topics that the process touches. Cost: the edges upstream of its parties, and their families."""
    clusters, marks, group = world.clusters, world.marks, world.clusters.group
    higher = clusters.any_higher
    # COI-08 and SUP-01 also ask about days outside the window
    other_days = bool(len(world.declarations) or len(world.listings))
    found: set[Topic] = set()
    within: list[Upstream] = []
    people: set[int] = set()
    for party in process.parties:
        atom = world.atoms.find(party.atoms[-1])
        assert atom is not None
        node = clusters.roots[atom]
        here = upstream(world, 1, node, party.start[0], party.end[1] + 1)
        within.append(here)
        if here.clipped and other_days:
            here = upstream(world, 1, node, BEGINNING, FOREVER)
        if party.won and (within[-1].doubtful or within[-1].unspecified):
            found.add("owners")
        for nodes in (here.nodes, here.managers):
            if higher and any(clusters.joined_higher(each) for each in nodes):
                return ALL
            for each in nodes:
                for atom in group(each):
                    mark = marks[atom]
                    if mark & _INTEREST:
                        people.add(each)
                    if mark & LISTED:
                        found.add("listed")
    if people:
        reached = {relative for person in people for relative in family(world, 1, person)}
        if higher and any(clusters.joined_higher(person) for person in reached):
            return ALL
        if _influential(world, reached, process):
            found.add("people")
    if process.rivals and _related(process, within):
        found.add("rivals")
    if _declared(world, process.ocid):
        found.add("declarations")
    return frozenset(found)


def _influential(world: World, people: Iterable[int], process: ProcessState) -> bool:
    """Whether any of these persons is named in the process or holds a post at its buyer or at a body above it."""
    edges, roots = world.edges, world.clusters.roots
    seats = {roots[atom] for entries in world.seats.get(process.ocid, {}).values() for atom, _ in entries}
    bodies = _bodies(world, process)
    for person in people:
        if person in seats:
            return True
        for atom in world.clusters.members(person, 1):
            if world.marks[atom] & POST:
                for edge in edges.out_of(atom):
                    if edges.kind[edge] == Kind.HOLDS_POST and roots[edges.target[edge]] in bodies:
                        return True
    return False


def _bodies(world: World, process: ProcessState) -> set[int]:
    """The buyers and the bodies up to two levels above them, however joined."""
    edges, clusters = world.edges, world.clusters
    layer = {atom for atoms in process.buyers if (atom := world.atoms.find(atoms[-1])) is not None}
    found: set[int] = set()
    for _ in range(3):
        layer = {each for atom in layer for each in clusters.widest(atom)}
        found.update(clusters.roots[atom] for atom in layer)
        layer = {
            edges.target[edge] for atom in layer for edge in edges.out_of(atom) if edges.kind[edge] == Kind.PARENT_BODY
        }
    return found


def _related(process: ProcessState, above: Sequence[Upstream]) -> bool:
    return any(above[left].meets(above[right]) for left, right in process.rivals)


def _declared(world: World, ocid: str) -> bool:
    """Whether somebody named in the process declared a conflict that may concern it, under any name it may have."""
    seats = world.seats.get(ocid)
    if not seats:
        return False
    marks, declarations = world.marks, world.declarations
    return any(
        item.kind == "conflict" and item.ocid in ("", ocid)
        for entries in seats.values()
        for atom, _ in entries
        for each in world.clusters.widest(atom)
        if marks[each] & DECLARATION
        for _, declared in declarations.of((each,))
        for item in declared.fact.items
    )
