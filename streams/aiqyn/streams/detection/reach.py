"""Which cases a change can affect: the late side of detection.

A superset, found geometrically: a company's change reaches the cases of the companies below it; a person's change the
cases of the companies below it and its family within three ties, where it is named, and where it is itself a party.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aiqyn.streams.graph.store import DEAD, Kind
from aiqyn.streams.world.kin import KIN_KINDS
from aiqyn.streams.world.touched import Touched
from aiqyn.streams.world.world import World

_FAMILY_STEPS = 6
"""Family ties to follow from a changed person: the longest way between two relatives."""
_BODIES_DOWN = 2
_OWNS, _CONTROLS = int(Kind.OWNS), int(Kind.CONTROLS)
_HELD = frozenset({_OWNS, _CONTROLS, int(Kind.DIRECTS)})
_TREE = KIN_KINDS - {Kind.ASSOCIATE, Kind.RELATIVE}


class Reach:
    """Cases to judge again. Cost: the companies below the change, and their cases."""

    def __init__(self, world: World) -> None:
        self.world = world

    def cases(self, touched: Touched) -> set[str]:
        """Keys of every case whose alerts the change may alter."""
        world = self.world
        found = touched.cases
        persons, companies, bodies = touched.persons, touched.companies, touched.bodies
        for atom in touched.identity:
            persons.add(atom)
            found.update(world.seats_of.get(atom, ()))
            if world.persons[atom] != 1:
                companies.add(atom)
                bodies.add(atom)
        if touched.declarants:
            for person in self._widest(touched.declarants):
                found.update(world.seats_of.get(person, ()))
        if not world.cases_of:
            return found
        if persons:
            for person in self._family(persons):
                found.update(world.cases_of.get(person, ()))
                companies.update(self._held_by(person))
        if companies:
            for company in self._below(companies):
                found.update(world.cases_of.get(company, ()))
        if bodies:
            for body in self._bodies_below(bodies):
                found.update(world.cases_at.get(body, ()))
        if world.assets:
            found = {same for key in found for same in world.same_asset(key)}
        return found

    def _widest(self, atoms: Iterable[int]) -> Iterator[int]:
        """The atoms with all that are, or may be, the same as one of them."""
        clusters = self.world.clusters
        if clusters.any_higher:
            for atom in atoms:
                yield from clusters.widest(atom)
            return
        for atom in atoms:
            yield from clusters.group(atom)

    def _family(self, persons: set[int]) -> set[int]:
        """The persons and everybody within the family steps, all their records."""
        edges, marks = self.world.edges, self.world.marks
        seen = set(self._widest(persons))
        layer = [atom for atom in seen if marks[atom]]
        if not layer:
            return seen
        for _ in range(_FAMILY_STEPS):
            following: set[int] = set()
            for atom in layer:
                for edge in edges.out_of(atom):
                    if edges.kind[edge] in _TREE:
                        following.add(edges.target[edge])
                for edge in edges.into(atom):
                    if edges.kind[edge] in _TREE:
                        following.add(edges.source[edge])
            if not following:
                break
            layer = [atom for atom in self._widest(following) if atom not in seen]
            if not layer:
                break
            seen.update(layer)
        return seen

    def _held_by(self, person: int) -> Iterator[int]:
        edges = self.world.edges
        for edge in edges.out_of(person):
            if edges.kind[edge] in _HELD:
                yield edges.target[edge]

    def _below(self, companies: set[int]) -> set[int]:
        edges, widest = self.world.edges, self.world.clusters.widest
        head, following, kind, flags, targets = edges.head_out, edges.next_out, edges.kind, edges.flags, edges.target
        known = len(head)
        seen = set(self._widest(companies))
        stack = list(seen)
        while stack:
            atom = stack.pop()
            edge = head[atom] if atom < known else -1
            while edge >= 0:
                if (kind[edge] == _OWNS or kind[edge] == _CONTROLS) and not flags[edge] & DEAD:
                    target = targets[edge]
                    if target not in seen:
                        fresh = [each for each in widest(target) if each not in seen]
                        seen.update(fresh)
                        stack.extend(fresh)
                edge = following[edge]
        return seen

    def _bodies_below(self, bodies: set[int]) -> set[int]:
        edges = self.world.edges
        seen = set(self._widest(bodies))
        layer = list(seen)
        for _ in range(_BODIES_DOWN):
            following = {
                edges.source[edge]
                for atom in layer
                for edge in edges.into(atom)
                if edges.kind[edge] == Kind.PARENT_BODY
            }
            layer = [atom for atom in self._widest(following) if atom not in seen]
            seen.update(layer)
        return seen
