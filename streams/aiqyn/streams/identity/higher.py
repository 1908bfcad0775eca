"""The levels above the first: who is joined by decision, who agrees with a namesake, who may be the same.

Everything connected with a change is settled anew; the tables are those of `Clusters`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from aiqyn.streams.identity.evidence import Traits, agreement, births_conflict, schemes_conflict
from aiqyn.streams.identity.joins import Partition, take
from aiqyn.streams.identity.naming import cluster_name as name_of

if TYPE_CHECKING:
    from aiqyn.streams.identity.clusters import Clusters

_MOST_NAMES = 8


def decided_pairs(clusters: Clusters, component: Iterable[int]) -> list[tuple[int, int]]:
    return [(a, b) for a in component for b in clusters.decided.get(a, ()) if a < b]


def names_of_pair(clusters: Clusters, pair: tuple[int, int]) -> tuple[str, str]:
    left, right = sorted(clusters.atoms.names[atom] for atom in pair)
    return left, right


def unlink(clusters: Clusters, root: int) -> set[int]:
    """Forget what a level-1 root is linked with; its links' other ends."""
    others = clusters.links.pop(root, {})
    for other in others:
        del clusters.links[other][root]
        if not clusters.links[other]:
            del clusters.links[other]
    connected = set(others)
    for table, members in zip(clusters.upper, clusters.upper_members, strict=True):
        top = table.get(root, root)
        connected.update(clusters.roots[atom] for atom in members.get(top, ()))
    top = clusters.upper[1].get(root, root)
    for other in clusters.unconfirmed_links.get(top, ()):
        connected.update(clusters.roots[atom] for atom in clusters.members(other, 3))
    dissolve(clusters, connected | {root})
    connected.discard(root)
    return connected


def dissolve(clusters: Clusters, roots: Iterable[int]) -> None:
    for root in roots:
        for table, members in zip(clusters.upper, clusters.upper_members, strict=True):
            top = table.get(root, root)
            for atom in members.pop(top, ()):
                table.pop(clusters.roots[atom], None)
                table.pop(atom, None)
            table.pop(root, None)
        for other in clusters.unconfirmed_links.pop(root, ()):
            rest = tuple(x for x in clusters.unconfirmed_links.get(other, ()) if x != root)
            if rest:
                clusters.unconfirmed_links[other] = rest
            else:
                clusters.unconfirmed_links.pop(other, None)


def namesakes(clusters: Clusters, traits: Traits) -> set[int]:
    """Who bears one of the names; of a common name those who may have been born in the same year."""
    roots = clusters.roots
    found: set[int] = set()
    for key in traits.names:
        crowd = clusters.crowds.get(key)
        atoms = clusters.by_name.get(key, ()) if crowd is None else crowd.alike(clusters, traits.births)
        found.update(roots[atom] for atom in atoms)
    return found


def match(clusters: Clusters, roots: set[int]) -> set[int]:
    """Compare these level-1 clusters with their namesakes, then settle the levels above around them."""
    if not (clusters.links or clusters.decided or clusters.any_higher) and not any(
        map(partial(has_namesake, clusters), roots)
    ):
        return set()
    before: set[int] = set()
    around: set[int] = set(roots)
    for root in roots:
        if entangled(clusters, root):
            before.update(clusters.widest(root))
            around |= unlink(clusters, root)
    quiet = not before
    for root in roots:
        if not has_namesake(clusters, root):
            continue
        traits = clusters.traits_of(clusters.members(root, 1))
        if not traits.births:  # without a date of birth nobody agrees
            continue
        for other in namesakes(clusters, traits) - {root}:
            strength = agreement(traits, clusters.traits_of(clusters.members(other, 1)))
            if strength is not None and not ruled(clusters, root, other):
                quiet = False
                before.update(clusters.widest(other))
                around |= unlink_upper(clusters, other)
                clusters.links.setdefault(root, {})[other] = strength
                clusters.links.setdefault(other, {})[root] = strength
    if quiet:
        return set()
    return before | settle(clusters, around)


def has_namesake(clusters: Clusters, root: int) -> bool:
    """Whether any other cluster bears one of its names."""
    roots, by_name, names_of = clusters.roots, clusters.by_name, clusters.names_of
    for atom in (root,) if clusters.ring[root] == root else clusters.group(root):
        for key in names_of.get(atom, ()):
            bearers = by_name[key]
            if len(bearers) > 1 and any(roots[other] != root for other in bearers):
                return True
    return False


def entangled(clusters: Clusters, root: int) -> bool:
    """Whether anything above level 1 rests on this cluster."""
    if root in clusters.links or clusters.joined_higher(root):
        return True
    return bool(clusters.decided) and any(atom in clusters.decided for atom in clusters.members(root, 1))


def unlink_upper(clusters: Clusters, root: int) -> set[int]:
    links = dict(clusters.links.get(root, {}))
    connected = unlink(clusters, root)
    for other, strength in links.items():
        clusters.links.setdefault(root, {})[other] = strength
        clusters.links.setdefault(other, {})[root] = strength
    return connected | {root}


def ruled(clusters: Clusters, left: int, right: int) -> bool:
    """Whether two level-1 clusters were decided to be different."""
    ours = clusters.members(left, 1)
    theirs = set(clusters.members(right, 1))
    return any(other in theirs for atom in ours for other in clusters.apart.get(atom, ()))


def settle(clusters: Clusters, around: set[int]) -> set[int]:
    """Levels 2, 3 and the unconfirmed links of everything connected with these level-1 roots."""
    seen: set[int] = set()
    stack = [clusters.roots[root] for root in around]
    while stack:
        root = stack.pop()
        if root in seen:
            continue
        seen.add(root)
        stack.extend(clusters.links.get(root, ()))
        for atom in clusters.members(root, 1):
            stack.extend(clusters.roots[other] for other in clusters.decided.get(atom, ()))
    changed: set[int] = set()
    for root in seen:
        changed.update(clusters.widest(root))
    dissolve(clusters, seen)
    decided, partition = settle_decided(clusters, seen)
    publish(clusters, 0, decided)
    settle_corroborated(clusters, partition, seen)
    publish(clusters, 1, partition)
    settle_unconfirmed(clusters, seen)
    for root in seen:
        changed.update(clusters.widest(root))
    return changed


def settle_decided(clusters: Clusters, roots: set[int]) -> tuple[Partition, Partition]:
    atoms = [atom for root in roots for atom in clusters.members(root, 1)]
    bound = [(root, atom) for root in roots for atom in clusters.members(root, 1) if atom != root]
    _, _, partition = take(
        atoms, bound, decided_pairs(clusters, atoms), (), clusters.apart, partial(names_of_pair, clusters)
    )
    return partition, partition.copy()


def settle_corroborated(clusters: Clusters, partition: Partition, roots: set[int]) -> None:
    pairs = [
        (root, other)
        for root in roots
        for other, strength in clusters.links.get(root, {}).items()
        if root < other and strength == "corroborated"
    ]
    pairs.sort(key=lambda pair: tuple(sorted(cluster_name(clusters, root) for root in pair)))
    for left, right in pairs:
        if not partition.same(left, right) and may_join(clusters, partition, left, right):
            partition.union(left, right)


def cluster_name(clusters: Clusters, root: int) -> str:
    return name_of(clusters.atoms.names[atom] for atom in clusters.members(root, 1))


def may_join(clusters: Clusters, partition: Partition, left: int, right: int) -> bool:
    ours = partition.members[partition.group[left]]
    theirs = partition.members[partition.group[right]]
    if any(other in theirs for atom in ours for other in clusters.apart.get(atom, ())):
        return False
    traits = clusters.traits_of([*ours, *theirs])
    return not (
        births_conflict(traits.births) or schemes_conflict(traits.identifiers) or len(traits.names) > _MOST_NAMES
    )


def publish(clusters: Clusters, upper: int, partition: Partition) -> None:
    table, members = clusters.upper[upper], clusters.upper_members[upper]
    for group in partition.sets():
        roots = {clusters.roots[atom] for atom in group}
        if len(roots) < 2:
            continue
        top = min(roots)
        members[top] = tuple(sorted(group))
        for root in roots:
            if root != top:
                table[root] = top


def settle_unconfirmed(clusters: Clusters, roots: set[int]) -> None:
    found: dict[int, set[int]] = {}
    for root in roots:
        for other, strength in clusters.links.get(root, {}).items():
            a, b = clusters.root(root, 3), clusters.root(other, 3)
            if (
                strength == "unconfirmed"
                and a != b
                and not apart_at_3(clusters, a, b)
                and not conflict_at_3(clusters, a, b)
            ):
                found.setdefault(a, set()).add(b)
                found.setdefault(b, set()).add(a)
    for top, others in found.items():
        clusters.unconfirmed_links[top] = tuple(sorted(others))


def apart_at_3(clusters: Clusters, left: int, right: int) -> bool:
    theirs = set(clusters.members(right, 3))
    return any(other in theirs for atom in clusters.members(left, 3) for other in clusters.apart.get(atom, ()))


def conflict_at_3(clusters: Clusters, left: int, right: int) -> bool:
    traits = clusters.traits_of([*clusters.members(left, 3), *clusters.members(right, 3)])
    return births_conflict(traits.births) or schemes_conflict(traits.identifiers)
