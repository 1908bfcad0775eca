"""Exact solution of the walk sums inside one strongly connected component, in whole numbers."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heapify, heappop, heappush
from math import gcd, lcm

from aiqyn.streams.ownership.ratio import Ratio, lowest_terms

Row = dict[int, int]


def solve(component: Mapping[int, Mapping[int, Ratio]], base: Mapping[int, Ratio]) -> dict[int, Ratio] | None:
    """The n with n[i] = base[i] + the sum over k of component[k][i] x n[k]; None where that sum diverges.

    `component`: company k to its holders i inside the component and their shares, all above 0 and finite;
    strongly connected. `base`: what walks that leave the component give, finite, 0 where absent.

    Nodes are eliminated by least degree. I - A is a nonsingular M-matrix, so the sum converges, exactly when
    every pivot is above 0 (Berman and Plemmons 1994, ch. 6, E17); then every entry stays a whole number >= 0.
    A ring of n costs O(n), a dense component O(n^3).
    """
    system = _System(component, base)
    if any(pivot <= 0 for pivot in system.pivots.values()):
        return None
    order: list[int] = []
    waiting = [(system.degree(node), node) for node in component]
    heapify(waiting)
    gone: set[int] = set()
    while waiting:
        degree, node = heappop(waiting)
        if node in gone:
            continue
        if degree != system.degree(node):
            heappush(waiting, (system.degree(node), node))
            continue
        gone.add(node)
        order.append(node)
        if not system.eliminate(node):
            return None
    return system.substitute(order)


class _System:
    """Rows `pivot[i] n[i] = sum of rows[i][j] n[j] + constants[i]`, whole numbers."""

    def __init__(self, component: Mapping[int, Mapping[int, Ratio]], base: Mapping[int, Ratio]) -> None:
        shares: dict[int, dict[int, Ratio]] = {node: {} for node in component}
        for company, holders in component.items():
            for holder, share in holders.items():
                shares[holder][company] = share
        self.pivots: dict[int, int] = {}
        self.constants: dict[int, int] = {}
        self.rows: dict[int, Row] = {}
        self.users: dict[int, set[int]] = {node: set() for node in component}
        for node, held in shares.items():
            n, d = base.get(node, (0, 1))
            common = lcm(d, *(e for _, e in held.values()))
            row = {company: m * (common // e) for company, (m, e) in held.items()}
            self.pivots[node] = common - row.pop(node, 0)
            self.constants[node] = n * (common // d)
            self.rows[node] = row
            for company in row:
                self.users[company].add(node)

    def degree(self, node: int) -> int:
        return len(self.rows[node]) * len(self.users[node])

    def eliminate(self, node: int) -> bool:
        """Put `node`'s row into the rows that use it; False where a pivot is no longer above 0."""
        row = self.rows[node]
        for company in row:
            self.users[company].discard(node)
        return all([self._insert(node, row, user) for user in self.users[node]])

    def _insert(self, node: int, row: Row, user: int) -> bool:
        target = self.rows[user]
        weight, pivot = target.pop(node), self.pivots[node]
        common = gcd(weight, pivot)
        weight, pivot = weight // common, pivot // common
        if pivot != 1:
            target = {company: value * pivot for company, value in target.items()}
        for company, value in row.items():
            if company == user:
                continue
            if company in target:
                target[company] += weight * value
            else:
                target[company] = weight * value
                self.users[company].add(user)
        diagonal = self.pivots[user] * pivot - weight * row.get(user, 0)
        constant = self.constants[user] * pivot + weight * self.constants[node]
        divisor = gcd(diagonal, constant, *target.values())
        if divisor > 1:
            target = {company: value // divisor for company, value in target.items()}
            diagonal, constant = diagonal // divisor, constant // divisor
        self.rows[user], self.pivots[user], self.constants[user] = target, diagonal, constant
        return diagonal > 0

    def substitute(self, order: list[int]) -> dict[int, Ratio]:
        """The solution, last eliminated first, over one common denominator as long as it is being built."""
        numerators: dict[int, int] = {}
        denominator = 1
        for node in reversed(order):
            value = self.constants[node] * denominator
            for company, weight in self.rows[node].items():
                value += weight * numerators[company]
            pivot = self.pivots[node]
            common = gcd(value, pivot)
            value, factor = value // common, pivot // common
            if factor != 1:
                denominator *= factor
                numerators = {company: n * factor for company, n in numerators.items()}
            numerators[node] = value
        return {node: lowest_terms((n, denominator)) for node, n in numerators.items()}
