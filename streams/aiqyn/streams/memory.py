"""Facts lately seen, in memory before the store."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from aiqyn.streams.facts import Fact, Head
from aiqyn.streams.ports import (
    FactLog,
    Store,
)

_REMEMBERED = 50_000
"""Facts kept in memory beside the store."""


class Memory(FactLog):
    """Facts lately seen, those of the present batch included, before the store behind them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._facts: OrderedDict[int, tuple[Head, Fact]] = OrderedDict()
        self._pending: dict[tuple[str, str], int] = {}

    def add(self, head: Head, fact: Fact) -> None:
        self._facts[head.seq] = (head, fact)
        self._pending[head.source, head.id] = head.seq

    def committed(self) -> None:
        """The batch is in the store: older facts may be forgotten."""
        self._pending.clear()
        while len(self._facts) > _REMEMBERED:
            self._facts.popitem(last=False)

    def read(self, seqs: Sequence[int]) -> Mapping[int, tuple[Head, Fact]]:
        facts = self._facts
        found = {seq: facts[seq] for seq in seqs if seq in facts}
        missing = [seq for seq in seqs if seq not in found]
        if missing:
            found.update(self._store.read(missing))
        return found

    def find(self, source: str, id: str) -> int | None:
        pending = self._pending.get((source, id))
        return pending if pending is not None else self._store.find(source, id)
