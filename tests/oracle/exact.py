"""Integrated ownership as an exact fraction: the sum over all walks of the products of shares.

Solved as a linear system, so cycles are exact. Follows design section 4: a sum that diverges, or exceeds
the whole, is 1.
"""

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from functools import cache

Edge = tuple[str, str, Fraction]
"""Company, its holder, the share as a part of 1."""


@cache
def integrated(edges: frozenset[Edge], root: str, holders: frozenset[str]) -> Fraction:
    """What `holders` together own of `root`, 0 to 1; `edges` holds each company and holder pair once."""
    useful = _between(edges, root, holders)
    walked = [edge for edge in edges if edge[0] in useful and (edge[1] in useful or edge[1] in holders)]
    passes = _visits(walked, root, sorted(useful))
    if passes is None:
        return Fraction(1)
    total = sum((passes[company] * share for company, holder, share in walked if holder in holders), Fraction(0))
    return min(total, Fraction(1))


def _between(edges: Iterable[Edge], root: str, holders: frozenset[str]) -> set[str]:
    """Companies above `root` (itself included) that lie on a walk up to a holder."""
    up, down = defaultdict(set), defaultdict(set)
    for company, holder, _ in edges:
        up[company].add(holder)
        down[holder].add(company)
    return _reach({root}, up) & _reach({company for holder in holders for company in down[holder]}, down)


def _reach(start: set[str], step: dict[str, set[str]]) -> set[str]:
    seen, waiting = set(start), list(start)
    while waiting:
        for following in step.get(waiting.pop(), set()) - seen:
            seen.add(following)
            waiting.append(following)
    return seen


def _visits(edges: Iterable[Edge], root: str, nodes: list[str]) -> dict[str, Fraction] | None:
    """Total weight of the walks from `root` to each node (the empty walk counts), None where it diverges."""
    place = {node: row for row, node in enumerate(nodes)}
    if root not in place:
        return {}
    size = len(nodes)
    rows = [[Fraction(int(row == column)) for column in range(size)] for row in range(size)]
    for company, holder, share in edges:
        if holder in place:
            rows[place[holder]][place[company]] -= share
    right = [Fraction(int(node == root)) for node in nodes]
    for column in range(size):
        pivot = next((row for row in range(column, size) if rows[row][column] != 0), None)
        if pivot is None:
            return None
        rows[column], rows[pivot] = rows[pivot], rows[column]
        right[column], right[pivot] = right[pivot], right[column]
        for row in range(size):
            factor = rows[row][column] / rows[column][column]
            if row != column and factor:
                rows[row] = [left - factor * up for left, up in zip(rows[row], rows[column], strict=True)]
                right[row] -= factor * right[column]
    solution = {node: right[row] / rows[row][row] for node, row in place.items()}
    # Every node is reached from the root, so a solution without negative parts bounds every partial sum.
    return solution if min(solution.values()) >= 0 else None
