"""Closed loops: sets of companies that wholly own themselves, so that nobody owns them in the end."""

from __future__ import annotations

from collections.abc import Container, Mapping
from fractions import Fraction

from aiqyn.schemas.shares import Share
from aiqyn.streams.ownership.components import components
from aiqyn.streams.ownership.shareholders import exact_sum


def closed_loops(into: Mapping[int, Mapping[int, Share]]) -> list[tuple[int, ...]]:
    """The least sets of companies whose holders, at the lower bounds, are all in the set and hold all of it.

    Sorted, each with sorted members. Companies that such a set owns are in none. O(nodes + edges).
    """
    whole = _owned_by_companies(into)
    loops: set[tuple[int, ...]] = set()
    placed: set[int] = set()
    for company in whole:
        if company not in placed:
            for component in components(whole, company):
                if set().union(*(whole[member] for member in component)) <= set(component):
                    loops.add(tuple(sorted(component)))
                placed.update(component)
    return sorted(loops)


def _owned_by_companies(into: Mapping[int, Mapping[int, Share]]) -> dict[int, set[int]]:
    """The greatest set of companies that are wholly owned within it, each with its holders."""
    whole: dict[int, set[int]] = {}
    for company, shares in into.items():
        held = _held_by_companies(shares, into)
        if held and exact_sum(held.values()) == 1:
            whole[company] = set(held)
    while lost := [company for company, holders in whole.items() if not holders <= whole.keys()]:
        for company in lost:
            del whole[company]
    return whole


def _held_by_companies(shares: Mapping[int, Share], companies: Container[int]) -> dict[int, Fraction]:
    """Lower bounds above 0; nothing where anybody else has one."""
    held: dict[int, Fraction] = {}
    for holder, share in shares.items():
        if share.low.numerator:
            if holder not in companies:
                return {}
            held[holder] = share.low
    return held
