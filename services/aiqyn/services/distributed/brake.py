"""The brake: a stream that is mostly refused is stopped before it is lost in the quarantine."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

_WINDOW = 600_000_000
"""Microseconds that are looked back."""
_LEAST = 100
"""Records of a partition in the window, below which nothing is concluded."""


class Braked(Exception):
    """Too many records of a partition are refused; the message names it. Nothing of the batch is written."""


@dataclass(slots=True)
class _Partition:
    seen: deque[tuple[int, bool, str | None]] = field(default_factory=deque)
    """(when, refused, source) of each record."""
    refused: int = 0


class Brake:
    """Watches the share of refused records of each partition over ten minutes. Conflicts do not count."""

    def __init__(self, share: float) -> None:
        self._share = share
        self._partitions: dict[tuple[str, int], _Partition] = {}

    def see(self, records: Iterable[tuple[tuple[str, int], bool, str | None]], now: int) -> None:
        """Take in (partition, refused, source) of the records of a batch. Raises Braked.

        A record whose source cannot be read is of an unknown one, and all unknown ones are one.
        """
        touched = set()
        for name, refused, source in records:
            partition = self._partitions.setdefault(name, _Partition())
            partition.seen.append((now, refused, source))
            partition.refused += refused
            touched.add(name)
        for name in sorted(touched):
            self._look(name, self._partitions[name], now)

    def _look(self, name: tuple[str, int], partition: _Partition, now: int) -> None:
        seen = partition.seen
        while seen and seen[0][0] < now - _WINDOW:
            partition.refused -= seen.popleft()[1]
        if len(seen) < _LEAST or partition.refused <= self._share * len(seen):
            return
        if len({source for _, refused, source in seen if refused}) < 2:
            return
        raise Braked(
            f"{partition.refused} of the last {len(seen)} records of {name[0]}, partition {name[1]}, would be refused: "
            "is this the right topic? Put the senders right, or raise AIQYN_DLQ_BRAKE (1: never stop)"
        )
