"""Clusters of atoms at the four levels of identity, kept up to date incrementally.

Levels: 1 identifier, 2 + decided, 3 + corroborated, 4 + unconfirmed. Levels 1 to 3 are partitions; unconfirmed links
join pairs of level-3 clusters without chaining. Clusters are a function of the facts, not of their arrival:
every change recomputes the component of records that it can affect.
Cost of a change: the records of the persons concerned and their namesakes.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from sys import getsizeof
from typing import Literal

from aiqyn.streams.graph.atoms import Atoms
from aiqyn.streams.identity.evidence import Traits, agreement, births_conflict, schemes_conflict
from aiqyn.streams.identity.joins import Partition, take

Verdict = Literal["same", "different", "unsure"]
Ruling = tuple[bool, int, str, str, Verdict, int]
"""Whether by a person, instant, source, id, verdict, ledger number: the greatest on a pair stands."""

LEVELS = ("identifier", "decided", "corroborated", "unconfirmed")
_MOST_NAMES = 8
_STRICT = 1 << 32
"""What a statement that two atoms are never parted adds to their bond; one by identifier adds 1."""
_NO_BONDS: Mapping[int, int] = {}


def is_identifier(name: str) -> bool:
    return not name.startswith(("REC:", "UNSPECIFIED:"))


def cluster_name(names: Iterable[str]) -> str:
    """The smallest valid `SCHEME:ID`, else the smallest `REC`."""
    return min(names, key=lambda name: (not is_identifier(name), name))


class Clusters:
    """Which atoms are one person or entity. Every public method that changes something returns the atoms whose
    cluster changed at some level (old and new members)."""

    def __init__(self, atoms: Atoms, traits_of: Callable[[Iterable[int]], Traits]) -> None:
        self._atoms = atoms
        self._traits_of = traits_of
        self._bonds: dict[int, dict[int, int]] = {}
        """atom > atom > how often stated, in `_STRICT` and ones."""
        self._rulings: dict[tuple[int, int], list[Ruling]] = {}
        self._decided: dict[int, set[int]] = {}
        self._apart: dict[int, set[int]] = {}
        self._by_name: dict[str, set[int]] = {}
        self._names_of: dict[int, frozenset[str]] = {}
        self.roots = array("i")
        """Level 1: by atom the atom that stands for its cluster. Read only outside."""
        self._ring = array("i")
        """Level 1: by atom the next one of its cluster, all the way round."""
        self._links: dict[int, dict[int, str]] = {}
        """Level-1 roots > level-1 roots > corroborated or unconfirmed."""
        self._upper: tuple[dict[int, int], dict[int, int]] = ({}, {})
        """Levels 2 and 3: level-1 root > root, only where it differs."""
        self._upper_members: tuple[dict[int, tuple[int, ...]], dict[int, tuple[int, ...]]] = ({}, {})
        self._unconfirmed: dict[int, tuple[int, ...]] = {}
        """Level-3 root > level-3 roots."""

    def grow(self) -> None:
        """Make room for the atoms that there are."""
        fresh = range(len(self.roots), len(self._atoms) + 1024)
        self.roots.extend(fresh)
        self._ring.extend(fresh)

    # --- reading ---------------------------------------------------------------------------------------------

    def root(self, atom: int, level: int) -> int:
        """The atom that stands for the cluster at that level (4 as 3)."""
        root = self.roots[atom]
        if level == 1:
            return root
        return self._upper[0 if level == 2 else 1].get(root, root)

    def members(self, root: int, level: int) -> tuple[int, ...]:
        """The atoms of a cluster, by one of its roots."""
        if level > 1:
            upper = self._upper_members[0 if level == 2 else 1].get(root)
            if upper is not None:
                return upper
        return self.group(root)

    def group(self, atom: int) -> tuple[int, ...]:
        """The atoms of the level-1 cluster of an atom, itself first. Cost: their number."""
        ring = self._ring
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
        return getsizeof(self.roots) + getsizeof(self._ring)

    def unconfirmed(self, root: int) -> tuple[int, ...]:
        """Level-3 clusters that may be the same person as this one."""
        return self._unconfirmed.get(root, ())

    def joined_higher(self, root: int) -> bool:
        """Whether a level-1 cluster has any join above level 1."""
        return (
            root in self._upper[1]
            or root in self._upper_members[1]
            or root in self._upper[0]
            or (root in self._upper_members[0] or self._upper[1].get(root, root) in self._unconfirmed)
        )

    def widest(self, atom: int) -> tuple[int, ...]:
        """All atoms that are, or may be, the same as this one."""
        root = self.roots[atom]
        root = self._upper[1].get(root, root)
        found = self._upper_members[1].get(root)
        if found is None:
            found = (root,) if self._ring[root] == root else self.group(root)
        if root in self._unconfirmed:
            for other in self._unconfirmed[root]:
                found += self.members(other, 3)
        return found

    @property
    def any_higher(self) -> bool:
        """Whether there is any join above level 1 at all."""
        return bool(self._upper[0] or self._upper[1] or self._unconfirmed)

    def join_steps(self, root: int, level: int) -> Iterator[tuple[int, int, str]]:
        """Pairs of level-1 roots joined above level 1 inside one cluster, with `decided` or `corroborated`."""
        seen: set[tuple[int, int]] = set()
        for atom in self.members(root, level):
            left = self.roots[atom]
            for other in self._decided.get(atom, ()):
                right = self.roots[other]
                if left != right and self.root(other, level) == root:
                    pair = (min(left, right), max(left, right))
                    if pair not in seen:
                        seen.add(pair)
                        yield left, right, "decided"
        if level < 3:
            return
        for left in {self.roots[atom] for atom in self.members(root, level)}:
            for right, strength in self._links.get(left, {}).items():
                if strength == "corroborated" and self.root(right, level) == root:
                    pair = (min(left, right), max(left, right))
                    if pair not in seen:
                        seen.add(pair)
                        yield left, right, "corroborated"

    def ruling(self, left: int, right: int) -> Ruling | None:
        """The decision that stands on a pair of atoms."""
        found = self._rulings.get((min(left, right), max(left, right)))
        return max(found) if found else None

    def bearers(self) -> Iterator[tuple[int, ...]]:
        """For each name key that more than one atom bears, its atoms."""
        return (tuple(atoms) for atoms in self._by_name.values() if len(atoms) > 1)

    # --- changing --------------------------------------------------------------------------------------------

    def bond(self, left: int, right: int, never_parted: bool, by: int = 1) -> set[int]:
        """Two atoms of one record: two identifiers of it (`never_parted`), or its name and an identifier.
        `by` -1 takes one such statement back."""
        if left == right:  # a statement that says it replaces itself
            return set()
        before = self._bonds.get(left, _NO_BONDS).get(right, 0)
        after = before + (_STRICT if never_parted else 1) * by
        for a, b in ((left, right), (right, left)):
            if after:
                self._bonds.setdefault(a, {})[b] = after
            else:
                del self._bonds[a][b]
                if not self._bonds[a]:
                    del self._bonds[a]
        if (before > 0, before >= _STRICT) == (after > 0, after >= _STRICT):
            return set()
        simple = by > 0 and not self._constrained(left) and not self._constrained(right)
        return self._unite(left, right) if simple else self._resettle({left, right})

    def rule(self, left: int, right: int, ruling: Ruling, withdraw: bool = False) -> set[int]:
        """A decision on a pair of atoms; the greatest stands."""
        pair = (min(left, right), max(left, right))
        found = self._rulings.setdefault(pair, [])
        if withdraw:
            found.remove(ruling)
            if not found:
                del self._rulings[pair]
        else:
            found.append(ruling)
        verdict = max(found)[4] if found else None
        for a, b in (pair, pair[::-1]):
            for table, wanted in ((self._decided, "same"), (self._apart, "different")):
                if verdict == wanted:
                    table.setdefault(a, set()).add(b)
                elif a in table:
                    table[a].discard(b)
                    if not table[a]:
                        del table[a]
        return self._resettle({left, right})

    def named(self, atom: int, keys: frozenset[str]) -> None:
        """Which name keys the atom's records bear now. Call `rematch` afterwards."""
        before = self._names_of.get(atom, frozenset())
        for key in keys - before:
            self._by_name.setdefault(key, set()).add(atom)
        for key in before - keys:
            self._by_name[key].discard(atom)
            if not self._by_name[key]:
                del self._by_name[key]
        if keys:
            self._names_of[atom] = keys
        else:
            self._names_of.pop(atom, None)

    def has_namesake(self, atom: int) -> bool:
        """Whether another cluster bears a name of this atom's cluster."""
        return self._has_namesake(self.roots[atom])

    def rematch(self, atoms: Iterable[int]) -> set[int]:
        """What is known of the persons behind these atoms changed: compare them with their namesakes again."""
        return self._match({self.root(atom, 1) for atom in atoms})

    # --- level 1 ---------------------------------------------------------------------------------------------

    def _constrained(self, atom: int) -> bool:
        """Whether any decision touches the component: then order matters."""
        if not self._rulings:
            return False
        return any(a in self._apart or a in self._decided for a in self.members(self.root(atom, 3), 3))

    def _unite(self, left: int, right: int) -> set[int]:
        a, b = self.root(left, 1), self.root(right, 1)
        if a == b:
            return set()
        before = set(self.widest(left)) | set(self.widest(right))
        if self._is_smaller(a, b):
            a, b = b, a
        affected = {a}
        for root in (a, b):
            if self._entangled(root):
                affected |= self._unlink(root)
        for atom in self.group(b):
            self.roots[atom] = a
        ring = self._ring
        ring[a], ring[b] = ring[b], ring[a]
        changed = self._match({a} | {self.root(x, 1) for x in affected})
        return before | changed | {left, right}

    def _is_smaller(self, left: int, right: int) -> bool:
        """Whether the first cluster has fewer atoms. Cost: the smaller one's number."""
        ring = self._ring
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
            for other in (*self._bonds.get(atom, ()), *self._decided.get(atom, ())):
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
            affected |= self._unlink(root)
        for atom in component:
            self.roots[atom] = self._ring[atom] = atom
        bound: list[tuple[int, int]] = []
        identified: list[tuple[int, int]] = []
        for atom in component:
            for other, count in self._bonds.get(atom, _NO_BONDS).items():
                if atom < other:
                    (bound if count >= _STRICT else identified).append((atom, other))
        _, taken, _ = take(
            component, bound, self._decided_pairs(component), identified, self._apart, self._names_of_pair
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
                self._ring[atom] = following
        changed = self._match(roots | {self.root(atom, 1) for atom in affected})
        after: set[int] = set(component)
        for atom in component:
            after.update(self.widest(atom))
        return before | after | changed

    def _decided_pairs(self, component: Iterable[int]) -> list[tuple[int, int]]:
        return [(a, b) for a in component for b in self._decided.get(a, ()) if a < b]

    def _names_of_pair(self, pair: tuple[int, int]) -> tuple[str, str]:
        left, right = sorted(self._atoms.names[atom] for atom in pair)
        return left, right

    # --- levels above ----------------------------------------------------------------------------------------

    def _unlink(self, root: int) -> set[int]:
        """Forget what a level-1 root is linked with; its links' other ends."""
        others = self._links.pop(root, {})
        for other in others:
            del self._links[other][root]
            if not self._links[other]:
                del self._links[other]
        connected = set(others)
        for table, members in zip(self._upper, self._upper_members, strict=True):
            top = table.get(root, root)
            connected.update(self.roots[atom] for atom in members.get(top, ()))
        top = self._upper[1].get(root, root)
        for other in self._unconfirmed.get(top, ()):
            connected.update(self.roots[atom] for atom in self.members(other, 3))
        self._dissolve(connected | {root})
        connected.discard(root)
        return connected

    def _dissolve(self, roots: Iterable[int]) -> None:
        for root in roots:
            for table, members in zip(self._upper, self._upper_members, strict=True):
                top = table.get(root, root)
                for atom in members.pop(top, ()):
                    table.pop(self.roots[atom], None)
                    table.pop(atom, None)
                table.pop(root, None)
            for other in self._unconfirmed.pop(root, ()):
                rest = tuple(x for x in self._unconfirmed.get(other, ()) if x != root)
                if rest:
                    self._unconfirmed[other] = rest
                else:
                    self._unconfirmed.pop(other, None)

    def _namesakes(self, traits: Traits) -> set[int]:
        return {self.root(atom, 1) for key in traits.names for atom in self._by_name.get(key, ())}

    def _match(self, roots: set[int]) -> set[int]:
        """Compare these level-1 clusters with their namesakes, then settle the levels above around them."""
        if not (self._links or self._decided or self.any_higher) and not any(map(self._has_namesake, roots)):
            return set()
        before: set[int] = set()
        around: set[int] = set(roots)
        for root in roots:
            if self._entangled(root):
                before.update(self.widest(root))
                around |= self._unlink(root)
        quiet = not before
        for root in roots:
            if not self._has_namesake(root):
                continue
            traits = self._traits_of(self.members(root, 1))
            for other in self._namesakes(traits) - {root}:
                strength = agreement(traits, self._traits_of(self.members(other, 1)))
                if strength is not None and not self._ruled(root, other):
                    quiet = False
                    before.update(self.widest(other))
                    around |= self._unlink_upper(other)
                    self._links.setdefault(root, {})[other] = strength
                    self._links.setdefault(other, {})[root] = strength
        if quiet:
            return set()
        return before | self._settle(around)

    def _has_namesake(self, root: int) -> bool:
        """Whether any other cluster bears one of its names."""
        roots, by_name, names_of = self.roots, self._by_name, self._names_of
        for atom in (root,) if self._ring[root] == root else self.group(root):
            for key in names_of.get(atom, ()):
                bearers = by_name[key]
                if len(bearers) > 1 and any(roots[other] != root for other in bearers):
                    return True
        return False

    def _entangled(self, root: int) -> bool:
        """Whether anything above level 1 rests on this cluster."""
        if root in self._links or self.joined_higher(root):
            return True
        return bool(self._decided) and any(atom in self._decided for atom in self.members(root, 1))

    def _unlink_upper(self, root: int) -> set[int]:
        links = dict(self._links.get(root, {}))
        connected = self._unlink(root)
        for other, strength in links.items():
            self._links.setdefault(root, {})[other] = strength
            self._links.setdefault(other, {})[root] = strength
        return connected | {root}

    def _ruled(self, left: int, right: int) -> bool:
        """Whether two level-1 clusters were decided to be different."""
        ours = self.members(left, 1)
        theirs = set(self.members(right, 1))
        return any(other in theirs for atom in ours for other in self._apart.get(atom, ()))

    def _settle(self, around: set[int]) -> set[int]:
        """Levels 2, 3 and the unconfirmed links of everything connected with these level-1 roots."""
        seen: set[int] = set()
        stack = [self.roots[root] for root in around]
        while stack:
            root = stack.pop()
            if root in seen:
                continue
            seen.add(root)
            stack.extend(self._links.get(root, ()))
            for atom in self.members(root, 1):
                stack.extend(self.roots[other] for other in self._decided.get(atom, ()))
        changed: set[int] = set()
        for root in seen:
            changed.update(self.widest(root))
        self._dissolve(seen)
        decided, partition = self._settle_decided(seen)
        self._publish(0, decided)
        self._settle_corroborated(partition, seen)
        self._publish(1, partition)
        self._settle_unconfirmed(seen)
        for root in seen:
            changed.update(self.widest(root))
        return changed

    def _settle_decided(self, roots: set[int]) -> tuple[Partition, Partition]:
        atoms = [atom for root in roots for atom in self.members(root, 1)]
        bound = [(root, atom) for root in roots for atom in self.members(root, 1) if atom != root]
        _, _, partition = take(atoms, bound, self._decided_pairs(atoms), (), self._apart, self._names_of_pair)
        return partition, partition.copy()

    def _settle_corroborated(self, partition: Partition, roots: set[int]) -> None:
        pairs = [
            (root, other)
            for root in roots
            for other, strength in self._links.get(root, {}).items()
            if root < other and strength == "corroborated"
        ]
        pairs.sort(key=lambda pair: tuple(sorted(self._cluster_name(root) for root in pair)))
        for left, right in pairs:
            if not partition.same(left, right) and self._may_join(partition, left, right):
                partition.union(left, right)

    def _cluster_name(self, root: int) -> str:
        return cluster_name(self._atoms.names[atom] for atom in self.members(root, 1))

    def _may_join(self, partition: Partition, left: int, right: int) -> bool:
        ours = partition.members[partition.group[left]]
        theirs = partition.members[partition.group[right]]
        if any(other in theirs for atom in ours for other in self._apart.get(atom, ())):
            return False
        traits = self._traits_of([*ours, *theirs])
        return not (
            births_conflict(traits.births) or schemes_conflict(traits.identifiers) or len(traits.names) > _MOST_NAMES
        )

    def _publish(self, upper: int, partition: Partition) -> None:
        table, members = self._upper[upper], self._upper_members[upper]
        for group in partition.sets():
            roots = {self.roots[atom] for atom in group}
            if len(roots) < 2:
                continue
            top = min(roots)
            members[top] = tuple(sorted(group))
            for root in roots:
                if root != top:
                    table[root] = top

    def _settle_unconfirmed(self, roots: set[int]) -> None:
        found: dict[int, set[int]] = {}
        for root in roots:
            for other, strength in self._links.get(root, {}).items():
                a, b = self.root(root, 3), self.root(other, 3)
                if (
                    strength == "unconfirmed"
                    and a != b
                    and not self._apart_at_3(a, b)
                    and not self._conflict_at_3(a, b)
                ):
                    found.setdefault(a, set()).add(b)
                    found.setdefault(b, set()).add(a)
        for top, others in found.items():
            self._unconfirmed[top] = tuple(sorted(others))

    def _apart_at_3(self, left: int, right: int) -> bool:
        theirs = set(self.members(right, 3))
        return any(other in theirs for atom in self.members(left, 3) for other in self._apart.get(atom, ()))

    def _conflict_at_3(self, left: int, right: int) -> bool:
        traits = self._traits_of([*self.members(left, 3), *self.members(right, 3)])
        return births_conflict(traits.births) or schemes_conflict(traits.identifiers)
