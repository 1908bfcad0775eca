"""The definitions of RFC 6962, section 2.1, word by word: slow, and independent of the product."""

import hashlib
from collections.abc import Sequence


def tree(entries: Sequence[bytes]) -> bytes:
    """MTH(D[n])."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    split = power_below(len(entries))
    return hashlib.sha256(b"\x01" + tree(entries[:split]) + tree(entries[split:])).digest()


def path(place: int, entries: Sequence[bytes]) -> list[bytes]:
    """PATH(m, D[n])."""
    if len(entries) == 1:
        return []
    split = power_below(len(entries))
    if place < split:
        return [*path(place, entries[:split]), tree(entries[split:])]
    return [*path(place - split, entries[split:]), tree(entries[:split])]


def proof(old: int, entries: Sequence[bytes]) -> list[bytes]:
    """PROOF(m, D[n])."""
    return _subproof(old, entries, True)


def _subproof(old: int, entries: Sequence[bytes], whole: bool) -> list[bytes]:
    if old == len(entries):
        return [] if whole else [tree(entries)]
    split = power_below(len(entries))
    if old <= split:
        return [*_subproof(old, entries[:split], whole), tree(entries[split:])]
    return [*_subproof(old - split, entries[split:], False), tree(entries[:split])]


def power_below(size: int) -> int:
    power = 1
    while power * 2 < size:
        power *= 2
    return power
