"""Integrated ownership: the sum over all walks of the products of the shares, Y = (I - A)^-1 - I, exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from aiqyn.schemas.shares import Share
from aiqyn.streams.ownership.components import components
from aiqyn.streams.ownership.elimination import solve
from aiqyn.streams.ownership.ratio import INFINITE, NONE, ONE, Ratio, at_most_one, lowest_terms, plus

Matrix = Mapping[int, Mapping[int, Share]]
"""Company to its holders to their shares of it."""
Weights = dict[int, dict[int, Ratio]]
"""A matrix at one of its bounds, entries above 0 alone."""


def integrated(into: Matrix, company: int) -> dict[int, Share]:
    """The integrated share in `company` of every node from which a walk leads to it, itself included.

    Bounds are the walk sums at the lower and at the upper bounds of `into`, cut at 1; one that diverges is 1.
    A bound is open if and only if a walk of shares above 0 carries an open bound (and it was not cut).
    O(nodes + edges) where nobody owns itself; strongly connected components are solved exactly.
    """
    bounds = _bounds(into)
    upper = walk_sums(bounds.highs, company)
    lower = upper if bounds.exact else walk_sums(bounds.lows, company)
    over = _carriers(into, company, _surely_positive, _low_open) if bounds.low_open else ()
    under = _carriers(into, company, _perhaps_positive, _high_open) if bounds.high_open else ()
    shares: dict[int, Share] = {}
    for node, ratio in upper.items():
        high = at_most_one(ratio)
        low = high if bounds.exact else at_most_one(lower.get(node, NONE))
        # A sum that is cut takes the value 1 itself; one that is 1 uncut keeps its open upper bound.
        shares[node] = Share(low, high, node in over and low < 1, node in under and ratio[0] <= ratio[1])
    return shares


def walk_sums(into: Weights, company: int) -> dict[int, Ratio]:
    """For each holder the sum over all walks to `company` of the products of their weights; no zeros.

    Acyclic parts are taken in topological order, from `company` upwards; every strongly connected component
    is solved at once. A sum that diverges is infinite.
    """
    sums: dict[int, Ratio] = {company: ONE}
    for component in components(into, company):
        if len(component) == 1:
            _close_alone(into, component[0], sums)
        else:
            _close_component(into, component, sums)
    n, d = sums[company]
    if n == d:
        del sums[company]
    else:
        sums[company] = (n - d, d) if d else INFINITE
    return sums


def _close_alone(into: Weights, company: int, sums: dict[int, Ratio]) -> None:
    holders = into[company]
    own = holders.get(company)
    if own is not None:
        n, d = sums[company]
        sums[company] = (n * own[1], d * (own[1] - own[0])) if own[0] < own[1] else INFINITE
    sums[company] = lowest_terms(sums[company])
    _push(holders, {company}, sums[company], sums)


def _close_component(into: Weights, component: list[int], sums: dict[int, Ratio]) -> None:
    members = set(component)
    inside = {k: {i: share for i, share in into[k].items() if i in members} for k in component}
    base = {k: lowest_terms(sums[k]) for k in component if k in sums}
    solved = solve(inside, base) if INFINITE not in base.values() else None
    sums.update(solved if solved is not None else dict.fromkeys(component, INFINITE))
    for k in component:
        _push(into[k], members, sums[k], sums)


def _push(holders: Mapping[int, Ratio], done: set[int], value: Ratio, sums: dict[int, Ratio]) -> None:
    """Add `value` times their share to the sums of `holders`."""
    n, d = value
    for holder, (m, e) in holders.items():
        if holder not in done:
            part = (n * m, d * e) if d else INFINITE
            sums[holder] = plus(sums[holder], part) if holder in sums else part


class _Bounds(NamedTuple):
    lows: Weights
    highs: Weights
    exact: bool
    """Whether the two are the same."""
    low_open: bool
    high_open: bool


def _bounds(into: Matrix) -> _Bounds:
    lows: Weights = {}
    highs: Weights = {}
    exact, low_open, high_open = True, False, False
    for company, holders in into.items():
        least: dict[int, Ratio] = {}
        most: dict[int, Ratio] = {}
        for holder, share in holders.items():
            low, high, open_low, open_high = share
            most[holder] = top = high.as_integer_ratio()
            if low is high:
                least[holder] = top
            else:
                least[holder] = low.as_integer_ratio()
                exact = exact and least[holder] == top
            low_open, high_open = low_open or open_low, high_open or open_high
        lows[company] = _positive(least)
        highs[company] = _positive(most)
    return _Bounds(lows, highs, exact, low_open, high_open)


def _positive(weights: dict[int, Ratio]) -> dict[int, Ratio]:
    if all(n for n, _ in weights.values()):
        return weights
    return {holder: weight for holder, weight in weights.items() if weight[0]}


def _carriers(
    into: Matrix, company: int, positive: Callable[[Share], bool], carries: Callable[[Share], bool]
) -> set[int]:
    """The holders from which a walk of positive shares to `company` carries an open bound."""
    reached: set[int] = {company}
    waiting = [company]
    seeds: list[int] = []
    while waiting:
        for holder, share in into.get(waiting.pop(), {}).items():
            if positive(share):
                if carries(share):
                    seeds.append(holder)
                if holder not in reached:
                    reached.add(holder)
                    waiting.append(holder)
    carriers = set(seeds)
    while seeds:
        for holder, share in into.get(seeds.pop(), {}).items():
            if holder not in carriers and positive(share):
                carriers.add(holder)
                seeds.append(holder)
    return carriers


def _low_open(share: Share) -> bool:
    return share.low_open


def _high_open(share: Share) -> bool:
    return share.high_open


def _surely_positive(share: Share) -> bool:
    return share.low_open or share.low > 0


def _perhaps_positive(share: Share) -> bool:
    return share.high > 0
