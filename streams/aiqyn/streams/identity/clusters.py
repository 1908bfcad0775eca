"""Clusters of atoms at the four levels of identity, kept up to date incrementally.

Levels: 1 identifier, 2 + decided, 3 + corroborated, 4 + unconfirmed. Levels 1 to 3 are partitions; unconfirmed links
join pairs of level-3 clusters without chaining. Clusters are a function of the facts, not of their arrival:
every change recomputes the component of records that it can affect.
Cost of a change: the records of the persons concerned and their namesakes.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from sys import getsizeof
from typing import Literal

from aiqyn.streams.graph.atoms import Atoms
from aiqyn.streams.identity.crowd import Crowd, note
from aiqyn.streams.identity.evidence import Traits
from aiqyn.streams.identity.higher import decided_pairs, entangled, has_namesake, match, names_of_pair, unlink
from aiqyn.streams.identity.joins import Partition, take

Verdict = Literal["same", "different", "unsure"]
Ruling = tuple[bool, int, str, str, Verdict, int]
"""Whether by a person, instant, source, id, verdict, ledger number: the greatest on a pair stands."""

LEVELS = ("identifier", "decided", "corroborated", "unconfirmed")
_STRICT = 1 << 32
"""What a statement that two atoms are never parted adds to their bond; one by identifier adds 1."""
_NO_BONDS: Mapping[int, int] = {}


class Clusters:
    """Which atoms are one person or entity. Every public method that changes something returns the atoms whose
    cluster changed at some level (old and new members)."""

    def __init__(self, atoms: Atoms, traits_of: Callable[[Iterable[int]], Traits]) -> None:
        self.atoms = atoms
        self.traits_of = traits_of
        self.bonds: dict[int, dict[int, int]] = {}
        """atom > atom > how often stated, in `_STRICT` and ones."""
        self.rulings: dict[tuple[int, int], list[Ruling]] = {}
        self.decided: dict[int, set[int]] = {}
        self.apart: dict[int, set[int]] = {}
        self.by_name: dict[str, set[int]] = {}
        self.names_of: dict[int, frozenset[str]] = {}
        self.crowds: dict[str, Crowd] = {}
        """Of names that many bear."""
        self.roots = array("i")
        """Level 1: by atom the atom that stands for its cluster. Read only outside."""
        self.ring = array("i")
        """Level 1: by atom the next one of its cluster, all the way round."""
        self.links: dict[int, dict[int, str]] = {}
        """Level-1 roots > level-1 roots > corroborated or unconfirmed."""
        self.upper: tuple[dict[int, int], dict[int, int]] = ({}, {})
        """Levels 2 and 3: level-1 root > root, only where it differs."""
        self.upper_members: tuple[dict[int, tuple[int, ...]], dict[int, tuple[int, ...]]] = ({}, {})
        self.unconfirmed_links: dict[int, tuple[int, ...]] = {}
        """Level-3 root > level-3 roots."""

    def grow(self) -> None:
        """Make room for the atoms that there are."""
        fresh = range(len(self.roots), len(self.atoms) + 1024)
        self.roots.extend(fresh)
        self.ring.extend(fresh)

    # --- reading ---------------------------------------------------------------------------------------------

    def root(self, atom: int, level: int) -> int:
        """The atom that stands for the cluster at that level (4 as 3)."""
        root = self.roots[atom]
        if level == 1:
            return root
        return self.upper[0 if level == 2 else 1].get(root, root)

    def members(self, root: int, level: int) -> tuple[int, ...]:
        """The atoms of a cluster, by one of its roots."""
        if level > 1:
            upper = self.upper_members[0 if level == 2 else 1].get(root)
            if upper is not None:
                return upper
        return self.group(root)

    def group(self, atom: int) -> tuple[int, ...]:
        """The atoms of the level-1 cluster of an atom, itself first. Cost: their number."""
        ring = self.ring
        at = ring[atom]
        if at == atom:
            return (atom,)
        found = [atom]
        while at != atom:
            found.append(at)
            at = ring[at]
        return tuple(found)

    def nbytes(self) -> int:
        """Bytes of the level-1 clusters."""
        return getsizeof(self.roots) + getsizeof(self.ring)

    def unconfirmed(self, root: int) -> tuple[int, ...]:
        """Level-3 clusters that may be the same person as this one."""
        return self.unconfirmed_links.get(root, ())

    def joined_higher(self, root: int) -> bool:
        """Whether a level-1 cluster has any join above level 1."""
        return (
            root in self.upper[1]
            or root in self.upper_members[1]
            or root in self.upper[0]
            or (root in self.upper_members[0] or self.upper[1].get(root, root) in self.unconfirmed_links)
        )

    def widest(self, atom: int) -> tuple[int, ...]:
        """All atoms that are, or may be, the same as this one."""
        root = self.roots[atom]
        root = self.upper[1].get(root, root)
        found = self.upper_members[1].get(root)
        if found is None:
            found = (root,) if self.ring[root] == root else self.group(root)
        if root in self.unconfirmed_links:
            for other in self.unconfirmed_links[root]:
                found += self.members(other, 3)
        return found

    @property
    def any_higher(self) -> bool:
        """Whether there is any join above level 1 at all."""
        return bool(self.upper[0] or self.upper[1] or self.unconfirmed_links)

    def join_steps(self, root: int, level: int) -> Iterator[tuple[int, int, str]]:
        """Pairs of level-1 roots joined above level 1 inside one cluster, with `decided` or `corroborated`."""
        seen: set[tuple[int, int]] = set()
        for atom in self.members(root, level):
            left = self.roots[atom]
            for other in self.decided.get(atom, ()):
                right = self.roots[other]
                if left != right and self.root(other, level) == root:
                    pair = (min(left, right), max(left, right))
                    if pair not in seen:
                        seen.add(pair)
                        yield left, right, "decided"
        if level < 3:
            return
        for left in {self.roots[atom] for atom in self.members(root, level)}:
            for right, strength in self.links.get(left, {}).items():
                if strength == "corroborated" and self.root(right, level) == root:
                    pair = (min(left, right), max(left, right))
                    if pair not in seen:
                        seen.add(pair)
                        yield left, right, "corroborated"

    def ruling(self, left: int, right: int) -> Ruling | None:
        """The decision that stands on a pair of atoms."""
        found = self.rulings.get((min(left, right), max(left, right)))
        return max(found) if found else None

    def bearers(self) -> Iterator[tuple[int, ...]]:
        """For each name key that more than one atom bears, its atoms."""
        return (tuple(atoms) for atoms in self.by_name.values() if len(atoms) > 1)

    # --- changing --------------------------------------------------------------------------------------------

    def bond(self, left: int, right: int, never_parted: bool, by: int = 1) -> set[int]:
        """Two atoms of one record: two identifiers of it (`never_parted`), or its name and an identifier.
        `by` -1 takes one such statement back."""
        if left == right:  # a statement that says it replaces itself
            return set()
        before = self.bonds.get(left, _NO_BONDS).get(right, 0)
        after = before + (_STRICT if never_parted else 1) * by
        for a, b in ((left, right), (right, left)):
            if after:
                self.bonds.setdefault(a, {})[b] = after
            else:
                del self.bonds[a][b]
                if not self.bonds[a]:
                    del self.bonds[a]
        if (before > 0, before >= _STRICT) == (after > 0, after >= _STRICT):
            return set()
        simple = by > 0 and not self._constrained(left) and not self._constrained(right)
        return self._unite(left, right) if simple else self._resettle({left, right})

    def rule(self, left: int, right: int, ruling: Ruling, withdraw: bool = False) -> set[int]:
        """A decision on a pair of atoms; the greatest stands."""
        pair = (min(left, right), max(left, right))
        found = self.rulings.setdefault(pair, [])
        if withdraw:
            found.remove(ruling)
            if not found:
                del self.rulings[pair]
        else:
            found.append(ruling)
        verdict = max(found)[4] if found else None
        for a, b in (pair, pair[::-1]):
            for table, wanted in ((self.decided, "same"), (self.apart, "different")):
                if verdict == wanted:
                    table.setdefault(a, set()).add(b)
                elif a in table:
                    table[a].discard(b)
                    if not table[a]:
                        del table[a]
        return self._resettle({left, right})

    def named(self, atom: int, keys: frozenset[str]) -> None:
        """Which name keys the atom's records bear now, and that they may state other dates of birth. Call `rematch`
        afterwards."""
        before = self.names_of.get(atom, frozenset())
        for key in keys - before:
            self.by_name.setdefault(key, set()).add(atom)
        for key in before - keys:
            self.by_name[key].discard(atom)
            if not self.by_name[key]:
                del self.by_name[key]
        if keys:
            self.names_of[atom] = keys
        else:
            self.names_of.pop(atom, None)
        for key in keys | before:
            note(self, key, atom)

    def has_namesake(self, atom: int) -> bool:
        """Whether another cluster bears a name of this atom's cluster."""
        return has_namesake(self, self.roots[atom])

    def rematch(self, atoms: Iterable[int]) -> set[int]:
        """What is known of the persons behind these atoms changed: compare them with their namesakes again."""
        return match(self, {self.root(atom, 1) for atom in atoms})

    # --- level 1 ---------------------------------------------------------------------------------------------

    def _constrained(self, atom: int) -> bool:
        """Whether any decision touches the component: then order matters."""
        if not self.rulings:
            return False
        return any(a in self.apart or a in self.decided for a in self.members(self.root(atom, 3), 3))

    def _unite(self, left: int, right: int) -> set[int]:
        a, b = self.root(left, 1), self.root(right, 1)
        if a == b:
            return set()
        before = set(self.widest(left)) | set(self.widest(right))
        if self._is_smaller(a, b):
            a, b = b, a
        affected = {a}
        for root in (a, b):
            if entangled(self, root):
                affected |= unlink(self, root)
        for atom in self.group(b):
            self.roots[atom] = a
        ring = self.ring
        ring[a], ring[b] = ring[b], ring[a]
        changed = match(self, {a} | {self.root(x, 1) for x in affected})
        return before | changed | {left, right}

    def _is_smaller(self, left: int, right: int) -> bool:
        """Whether the first cluster has fewer atoms. Cost: the smaller one's number."""
        ring = self.ring
        a, b = ring[left], ring[right]
        while a != left and b != right:
            a, b = ring[a], ring[b]
        return a == left and b != right

    def _component(self, atoms: Iterable[int]) -> list[int]:
        """Atoms connected by bonds and decided joins."""
        seen = set(atoms)
        stack = list(seen)
        while stack:
            atom = stack.pop()
            for other in (*self.bonds.get(atom, ()), *self.decided.get(atom, ())):
                if other not in seen:
                    seen.add(other)
                    stack.append(other)
        return sorted(seen)

    def _resettle(self, atoms: set[int]) -> set[int]:
        """Recompute levels 1 and above of everything connected with these atoms."""
        seeds = set(atoms)
        for atom in atoms:
            seeds.update(self.members(self.root(atom, 3), 3))
        before: set[int] = set()
        component = self._component(seeds)
        for atom in component:
            before.update(self.widest(atom))
        affected: set[int] = set()
        for root in {self.root(atom, 1) for atom in component}:
            affected |= unlink(self, root)
        for atom in component:
            self.roots[atom] = self.ring[atom] = atom
        bound: list[tuple[int, int]] = []
        identified: list[tuple[int, int]] = []
        for atom in component:
            for other, count in self.bonds.get(atom, _NO_BONDS).items():
                if atom < other:
                    (bound if count >= _STRICT else identified).append((atom, other))
        _, taken, _ = take(
            component, bound, decided_pairs(self, component), identified, self.apart, partial(names_of_pair, self)
        )
        clusters = Partition(component)
        for left, right in (*bound, *taken):
            clusters.union(left, right)
        roots = set()
        for group in clusters.sets():
            root = min(group)
            roots.add(root)
            for atom, following in zip(group, (*group[1:], group[0]), strict=True):
                self.roots[atom] = root
                self.ring[atom] = following
        changed = match(self, roots | {self.root(atom, 1) for atom in affected})
        after: set[int] = set(component)
        for atom in component:
            after.update(self.widest(atom))
        return before | after | changed

    # --- levels above ----------------------------------------------------------------------------------------
