"""Columns of an ownership picture: how far each holder is from the company, with the holdings that close a cycle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal


@dataclass(frozen=True, slots=True)
class Holding:
    """`owner` holds shares of `owned`, or controls it; `weight` is the middle of the share (0 to 1): the thickness of
    the line. `certain`: an exact share, in force for certain."""

    owner: str
    owned: str
    text: str
    weight: Fraction
    kind: Literal["share", "control"]
    certain: bool


def layers(focus: str, holdings: Sequence[Holding]) -> tuple[dict[str, int], set[Holding]]:
    """The column of each node, counted from the company, as the longest way to it; and the holdings that close a cycle,
    found by walking upwards, greatest share first. Without recursion: a chain may be long."""
    above: dict[str, list[Holding]] = defaultdict(list)
    for holding in sorted(holdings, key=lambda each: (-each.weight, each.owner, each.owned, each.kind)):
        above[holding.owned].append(holding)
    back, order = _walked(focus, above)
    depth = {focus: 0}
    for node in reversed(order):
        for holding in above[node]:
            if holding not in back:
                depth[holding.owner] = max(depth.get(holding.owner, 0), depth[node] + 1)
    return depth, back


def _walked(focus: str, above: dict[str, list[Holding]]) -> tuple[set[Holding], list[str]]:
    """Back edges of a depth-first walk, and its nodes as they were left."""
    back: set[Holding] = set()
    order: list[str] = []
    on_walk, seen = {focus}, {focus}
    walk: list[tuple[str, Iterator[Holding]]] = [(focus, iter(above[focus]))]
    while walk:
        node, waiting = walk[-1]
        holding = next(waiting, None)
        if holding is None:
            on_walk.discard(node)
            order.append(node)
            walk.pop()
        elif holding.owner in on_walk:
            back.add(holding)
        elif holding.owner not in seen:
            seen.add(holding.owner)
            on_walk.add(holding.owner)
            walk.append((holding.owner, iter(above[holding.owner])))
    return back, order
