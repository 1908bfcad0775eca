"""Who judges which part of the cases: a fair share each, decided by every worker alone from the same table."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from aiqyn.streams.shards import SHARDS

_NEAR = 2_000
"""A worker whose graph is more events than this behind counts for nothing yet: it could not take over any part."""


class Part(NamedTuple):
    """One row of `shard`."""

    number: int
    position: int
    owner: str | None
    epoch: int
    until: int


class Plan(NamedTuple):
    """What one worker should do now."""

    lost: frozenset[int]
    """Held no more: another has them, or may have."""
    release: tuple[int, ...]
    claim: tuple[int, ...]

    @property
    def idle(self) -> bool:
        return not (self.lost or self.release or self.claim)


def plan(
    parts: Sequence[Part], graphs: Mapping[str, int], me: str, held: Mapping[int, int], reached: int, now: int
) -> Plan:
    """The plan of worker `me`, which holds `held` (number > epoch) and whose graph has reached an event.

    `graphs`: the event that the graph of each live worker has reached. A part that was judged further than our graph
    is not ours to take yet.
    """
    lost = frozenset(
        part.number for part in parts if part.number in held and (part.owner, part.epoch) != (me, held[part.number])
    )
    mine = [part for part in parts if part.number in held and part.number not in lost]
    share = fair_share(graphs, me, max((part.position for part in parts), default=0))
    release = tuple(part.number for part in mine[share:])
    room = share - len(mine)
    free = [part for part in parts if part not in mine and _is_free(part, me, now) and part.position <= reached]
    return Plan(lost, release, tuple(part.number for part in free[: max(0, room)]))


def fair_share(graphs: Mapping[str, int], me: str, furthest: int) -> int:
    """How many parts a worker may hold."""
    others: Collection[str] = [name for name, at in graphs.items() if name != me and at >= furthest - _NEAR]
    return -(-SHARDS // (len(others) + 1))


def _is_free(part: Part, me: str, now: int) -> bool:
    return part.owner is None or part.owner == me or part.until < now
