"""Which facts stand: not retracted, and not replaced by a later fact of one of their groups."""

from __future__ import annotations

from collections.abc import Sequence

GroupKey = tuple[str, ...]
Entry = tuple[int, str, int]
"""Event time (microseconds), event id, ledger number: the order of replacement."""
Flip = tuple[int, bool]
"""A ledger number, and whether it stands from now on."""


class Standing:
    """A fact is replaced, wholly, by a later unretracted fact of a group that both are in; later by event time, then
    id, never by arrival. A retracted fact counts as never sent: what it replaced stands again."""

    def __init__(self) -> None:
        self._groups: dict[GroupKey, list[Entry]] = {}
        self._keys: dict[int, tuple[GroupKey, ...]] = {}
        self._retracted: set[int] = set()

    def stands(self, seq: int) -> bool:
        if seq in self._retracted:
            return False
        for key in self._keys.get(seq, ()):
            group = self._groups[key]
            if len(group) > 1:
                own = next(entry for entry in group if entry[2] == seq)
                if any(entry > own and entry[2] not in self._retracted for entry in group):
                    return False
        return True

    def replaced_by(self, seq: int) -> int | None:
        """The latest of the facts that replace this one; None: none does, though it may be retracted."""
        own_groups = [self._groups[key] for key in self._keys.get(seq, ())]
        later = [
            entry
            for group in own_groups
            for entry in group
            if entry[2] not in self._retracted and entry > next(own for own in group if own[2] == seq)
        ]
        return max(later)[2] if later else None

    def enter(self, entry: Entry, keys: Sequence[GroupKey], retracted: bool) -> list[Flip]:
        """A new fact with its groups. The facts whose standing changed, itself included where it stands."""
        seq = entry[2]
        others = self._members(keys)
        before = {other: self.stands(other) for other in others}
        if keys:
            self._keys[seq] = tuple(keys)
            for key in keys:
                self._groups.setdefault(key, []).append(entry)
        if retracted:
            self._retracted.add(seq)
        flips = [(other, now) for other, was in before.items() if (now := self.stands(other)) != was]
        if self.stands(seq):
            flips.append((seq, True))
        return flips

    def retract(self, seq: int, retracted: bool) -> list[Flip]:
        """Retract a fact, or take that back. The facts whose standing changed."""
        others = self._members(self._keys.get(seq, ())) | {seq}
        before = {other: self.stands(other) for other in others}
        (self._retracted.add if retracted else self._retracted.discard)(seq)
        return [(other, now) for other, was in before.items() if (now := self.stands(other)) != was]

    def _members(self, keys: Sequence[GroupKey]) -> set[int]:
        return {entry[2] for key in keys for entry in self._groups.get(key, ())}
