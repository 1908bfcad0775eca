"""The ways of an evidence path: a person's public duty and private interest, from one person to one contract."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from aiqyn.services.pictures.canvas import Node

Side = Literal["duty", "interest"]
_MOST = 4
"""Ways of one side that are drawn."""
TONE = {"duty": "duty", "interest": "private"}


@dataclass(frozen=True, slots=True)
class Edge:
    """A line of the picture; `number` is its row in the table of facts."""

    number: int
    what: str
    when: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """One way: `nodes` is one longer than `edges`; all lanes of a picture have the same first and last node."""

    side: Side
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @property
    def tone(self) -> str:
        return TONE[self.side]


@dataclass(frozen=True, slots=True)
class Words:
    """What the picture itself says."""

    label: str
    duty: str
    interest: str
    possible: str
    above: str

    def title(self, lane: Lane) -> str:
        return self.duty if lane.side == "duty" else self.interest


def shown(lanes: Sequence[Lane]) -> tuple[list[Lane], int]:
    """The lanes that are drawn, duty first, shortest first, at most four a side; and how many are not."""
    kept: list[Lane] = []
    for side in ("duty", "interest"):
        kept.extend(sorted((lane for lane in lanes if lane.side == side), key=_order)[:_MOST])
    return kept, len(lanes) - len(kept)


def _order(lane: Lane) -> tuple[int, bool, tuple[str, ...]]:
    return len(lane.edges), any(not edge.certain for edge in lane.edges), tuple(node.id for node in lane.nodes)


def titled(lanes: Sequence[Lane], at: int) -> bool:
    """Whether the title of its side stands above the lane."""
    return at == 0 or lanes[at - 1].side != lanes[at].side


def columns(lanes: Sequence[Lane]) -> list[list[Fraction]]:
    """For each lane the column of each node: the longest way from the first node; nodes of one lane alone are spread
    evenly. Where the lanes contradict each other's order, each counts its own."""
    depth = _depths(lanes)
    if depth is None:
        last = max(len(lane.nodes) for lane in lanes) - 1
        return [[Fraction(at if at < len(lane.nodes) - 1 else last) for at in range(len(lane.nodes))] for lane in lanes]
    seen = Counter(node.id for lane in lanes for node in lane.nodes)
    return [_spread(lane, depth, seen) for lane in lanes]


def _depths(lanes: Sequence[Lane]) -> dict[str, int] | None:
    """The longest way to each node; None: there is none, the lanes run in circles together."""
    before: dict[str, set[str]] = defaultdict(set)
    for lane in lanes:
        for start, end in pairwise(lane.nodes):
            before[end.id].add(start.id)
    everybody = {node.id for lane in lanes for node in lane.nodes}
    depth: dict[str, int] = {}
    while len(depth) < len(everybody):
        ready = [name for name in everybody - depth.keys() if before[name] <= depth.keys()]
        if not ready:
            return None
        for name in ready:
            depth[name] = max((depth[other] + 1 for other in before[name]), default=0)
    return depth


def _spread(lane: Lane, depth: dict[str, int], seen: Counter[str]) -> list[Fraction]:
    places = [Fraction(depth[node.id]) for node in lane.nodes]
    ends = (0, len(lane.nodes) - 1)
    anchors = [at for at, node in enumerate(lane.nodes) if seen[node.id] > 1 or at in ends]
    for first, last in pairwise(anchors):
        for at in range(first + 1, last):
            places[at] = places[first] + (places[last] - places[first]) * Fraction(at - first, last - first)
    return places
