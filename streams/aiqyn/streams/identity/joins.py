"""Which joins are taken in one component of records: by strength, then by name; never against a decision."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence


class Partition:
    """Disjoint sets of atoms under union, small into large."""

    __slots__ = ("group", "members")

    def __init__(self, atoms: Iterable[int]) -> None:
        self.group = {atom: atom for atom in atoms}
        self.members: dict[int, list[int]] = {atom: [atom] for atom in self.group}

    def union(self, left: int, right: int) -> None:
        a, b = self.group[left], self.group[right]
        if a == b:
            return
        if len(self.members[a]) < len(self.members[b]):
            a, b = b, a
        for atom in self.members[b]:
            self.group[atom] = a
        self.members[a].extend(self.members.pop(b))

    def same(self, left: int, right: int) -> bool:
        return self.group[left] == self.group[right]

    def sets(self) -> list[list[int]]:
        return list(self.members.values())

    def copy(self) -> Partition:
        other = Partition(())
        other.group = dict(self.group)
        other.members = {key: list(value) for key, value in self.members.items()}
        return other


Pair = tuple[int, int]


def take(
    atoms: Iterable[int],
    bound: Sequence[Pair],
    decided: Sequence[Pair],
    identified: Sequence[Pair],
    apart: Mapping[int, set[int]],
    order: Callable[[Pair], tuple[str, str]],
) -> tuple[list[Pair], list[Pair], Partition]:
    """The decided and the identifier joins that are taken, and the partition that they make together.

    `bound` pairs (the identifiers of one record) are never parted. `apart` holds, by atom, the atoms that a person
    decided to be different: a join that would bring two of them into one set is not taken. Deterministic: `order` gives
    a pair's names.
    """
    partition = Partition(atoms)
    for left, right in bound:
        partition.union(left, right)

    def allowed(left: int, right: int) -> bool:
        a, b = partition.group[left], partition.group[right]
        small, large = sorted((a, b), key=lambda group: len(partition.members[group]))
        return not any(
            partition.group.get(other) == large for atom in partition.members[small] for other in apart.get(atom, ())
        )

    taken: tuple[list[Pair], list[Pair]] = ([], [])
    for pairs, into in ((decided, taken[0]), (identified, taken[1])):
        for left, right in sorted(pairs, key=order):
            if partition.same(left, right) or allowed(left, right):
                partition.union(left, right)
                into.append((left, right))
    return taken[0], taken[1], partition
