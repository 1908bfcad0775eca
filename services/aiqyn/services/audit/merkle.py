"""The hash tree of RFC 6962 (SHA-256): roots, inclusion and consistency proofs, and how they are checked.

A tree of `size` leaves is read through `Node`: the hash of the complete subtree of 2^level leaves that stands at
`number` among those of its level. Where the hashes lie (memory, tiles) is the caller's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

Node = Callable[[int, int], bytes]
"""(level, number) to the hash of a complete subtree."""

HASH_BYTES = 32
EMPTY = hashlib.sha256(b"").digest()
"""The root of the tree without leaves."""


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def levels(hashes: Sequence[bytes]) -> list[list[bytes]]:
    """The hashes of every level, from those of the leaves to the root alone; an odd last one moves up as it is."""
    found = [list(hashes)]
    while len(found[-1]) > 1:
        below = found[-1]
        above = [node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)]
        if len(below) % 2:
            above.append(below[-1])
        found.append(above)
    return found


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes in memory."""
    return levels(hashes)[-1][0] if hashes else EMPTY


def in_memory(hashes: Sequence[bytes]) -> Node:
    """The nodes of a tree in memory."""
    made = levels(hashes)
    return lambda level, number: made[level][number]


def root(size: int, node: Node) -> bytes:
    """The root of the first `size` leaves."""
    return _range(0, size, node) if size else EMPTY


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """The path of a leaf, from its neighbour to the root. Raises ValueError where the tree has no such leaf."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range(middle, end, node))
            end = middle
        else:
            path.append(_range(start, middle, node))
            start = middle
    return path[::-1]


def consistency(old: int, new: int, node: Node) -> list[bytes]:
    """The proof that the first `old` of `new` leaves are those of the old tree (RFC 6962, 2.1.2)."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} leaves does not extend one of {old}")
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while 0 < old < end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range(middle, end, node))
            end = middle
        else:
            path.append(_range(start, middle, node))
            start, whole = middle, False
    if old and not whole:
        path.append(_range(start, end, node))
    return path[::-1]


def root_from_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes | None:
    """The root that a path leads to; None where it is too long or too short (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return None
    place, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            found = node_hash(step, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    return found if last == 0 else None


def is_consistent(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the path proves that the new tree extends the old one (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not path and old_root == new_root
    if old == 0:
        return not path and old_root == EMPTY
    if not 0 < old < new:
        return False
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, step)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


class Growing:
    """The right edge of a tree: takes leaf by leaf and knows its root, in memory of the logarithm of its size."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        level, found = 0, leaf
        while self._edge and self._edge[-1][0] == level:
            found = node_hash(self._edge.pop()[1], found)
            level += 1
        self._edge.append((level, found))
        self.size += 1

    def root(self) -> bytes:
        if not self._edge:
            return EMPTY
        found = self._edge[-1][1]
        for _, left in reversed(self._edge[:-1]):
            found = node_hash(left, found)
        return found


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return int(1 << ((size - 1).bit_length() - 1))


def _range(start: int, end: int, node: Node) -> bytes:
    """The hash over leaves `start` to `end`, a range that occurs in a tree: `start` is a multiple of what it spans."""
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(size)
    return node_hash(_range(start, middle, node), _range(middle, end, node))
