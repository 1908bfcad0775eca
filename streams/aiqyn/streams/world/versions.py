"""Records with several versions: which events state each, and which records are versions of one (BODS)."""

from __future__ import annotations

from collections.abc import Iterable


class Versions:
    """Records of one kind by atom. In BODS 0.2 and 0.3 a statement is a record of its own, chained to those that it
    replaces; in 0.4 all versions bear one record id."""

    def __init__(self) -> None:
        self._seqs: dict[int, list[int]] = {}
        self._linked: dict[int, dict[int, int]] = {}
        """Record > record that it replaces or is replaced by > how many standing statements say so."""

    def enter(self, record: int, replaced: Iterable[int], seq: int) -> None:
        """A version of the record, stated by the event of that ledger number."""
        self._seqs.setdefault(record, []).append(seq)
        for other in replaced:
            self._link(record, other, 1)
            self._link(other, record, 1)

    def leave(self, record: int, replaced: Iterable[int], seq: int) -> None:
        """Takes `enter` back."""
        seqs = self._seqs[record]
        seqs.remove(seq)
        if not seqs:
            del self._seqs[record]
        for other in replaced:
            self._link(record, other, -1)
            self._link(other, record, -1)

    def of(self, records: Iterable[int]) -> list[int]:
        """Ledger numbers of the standing versions of these records."""
        return [seq for record in records for seq in self._seqs.get(record, ())]

    def chain(self, record: int) -> list[int]:
        """The record and all that are versions of the same, sorted."""
        if record not in self._linked:
            return [record]
        seen, stack = {record}, [record]
        while stack:
            for other in self._linked.get(stack.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    stack.append(other)
        return sorted(seen)

    def _link(self, record: int, other: int, by: int) -> None:
        counts = self._linked.setdefault(record, {})
        counts[other] = counts.get(other, 0) + by
        if not counts[other]:
            del counts[other]
            if not counts:
                del self._linked[record]
