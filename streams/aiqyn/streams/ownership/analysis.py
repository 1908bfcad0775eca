"""Ownership and control of one company on one day: everything upstream of it, exactly."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Literal, NamedTuple

from aiqyn.schemas.shares import NOTHING, Share, Threshold, add, cut_at_one
from aiqyn.streams.ownership.closed import closed_loops
from aiqyn.streams.ownership.components import components
from aiqyn.streams.ownership.control import MAJORITY, Electorate
from aiqyn.streams.ownership.integrated import Matrix, integrated
from aiqyn.streams.ownership.shareholders import Dimension, Shareholders, shareholders
from aiqyn.streams.ownership.stakes import Control, Stake

Verdict = Literal["certain", "possible", "no"]


class Holding(NamedTuple):
    """What is held of a company in the end, through all walks: fractions of 1."""

    capital: Share
    votes: Share


class Issue(NamedTuple):
    """A fault of the records, not of the analysis."""

    code: Literal["closedLoop", "overAllocated"]
    entities: tuple[int, ...]
    """`closedLoop`: the companies that wholly own themselves, sorted; `overAllocated`: the one company."""
    dimension: Dimension


@dataclass(frozen=True)
class Ownership:
    """Who owns and who controls `company`; answers are computed when asked for, and kept."""

    company: int
    shareholders: Mapping[int, Shareholders]
    """Every upstream company (and `company`) to its shareholders."""
    interests: Mapping[int, tuple[Control, ...]]
    """Every upstream company to the interests that confer control of it."""
    nodes: Collection[int]
    """Everybody upstream, `company` left out."""
    majority: Threshold = MAJORITY

    @cached_property
    def holders(self) -> Mapping[int, Holding]:
        """Every node upstream to its integrated share: the sum over all walks of the products of the shares.

        Who holds a controlling interest alone stands in it with nothing; `company` itself where walks lead
        from it to it. Bounds are cut at 1, and a sum that diverges is 1 (in a closed loop). O(nodes + edges)
        where nobody owns itself, O(n^3) at worst in a strongly connected component of n companies.
        """
        holdings = self._integrate(())
        for node in self.nodes:
            holdings.setdefault(node, _NOTHING)
        return holdings

    @cached_property
    def issues(self) -> tuple[Issue, ...]:
        """Faults of the records upstream: over-allocated companies, closed loops. Sorted."""
        found = [
            Issue("overAllocated", (company,), dimension)
            for company, holders in self.shareholders.items()
            for dimension in holders.over_allocated
        ]
        loops = closed_loops(self._capital)
        found += [Issue("closedLoop", loop, "capital") for loop in loops]
        if self._votes is not self._capital:
            found += [Issue("closedLoop", loop, "votes") for loop in closed_loops(self._votes) if loop not in loops]
        return tuple(sorted(found))

    def held_by(self, players: frozenset[int]) -> Holding:
        """What `players` hold together; walks that return to one of them are left out.

        For one company i that is N_ij / N_ii, N = (I - A)^-1 (Baldone et al.); for persons, whom nobody owns,
        the sum of their integrated shares, cut at 1. Players not upstream and `company` itself hold nothing.
        """
        if self._returning.isdisjoint(players) and (len(players) == 1 or not any(map(self._is_held, players))):
            theirs = [self.holders.get(player, _NOTHING) for player in players]
        else:
            holdings = self._integrate(players)
            theirs = [holdings.get(player, _NOTHING) for player in players]
        capital = cut_at_one(reduce(add, [holding.capital for holding in theirs], NOTHING))
        return Holding(capital, cut_at_one(reduce(add, [holding.votes for holding in theirs], NOTHING)))

    def controls(self, players: frozenset[int]) -> Verdict:
        """Whether `players` together control the company; certain where it is one of them.

        Certain at the lower bounds of votes and with interests certainly in force, possible at the upper
        bounds and with all of them. O(stakes held by the players and by the companies they control).
        """
        if self.company in players or self.company in self._lower.won(players):
            return "certain"
        return "possible" if self.company in self._upper.won(players) else "no"

    def controlled_by(self, players: frozenset[int]) -> dict[int, Verdict]:
        """Those of `company` and the companies upstream that `players` together control, players left out."""
        verdicts: dict[int, Verdict] = dict.fromkeys(self._upper.won(players), "possible")
        verdicts.update(dict.fromkeys(self._lower.won(players), "certain"))
        return verdicts

    def controllers(self) -> dict[int, Verdict]:
        """Every single node that controls `company`, itself left out."""
        verdicts: dict[int, Verdict] = dict.fromkeys(self._upper.controllers(self.company), "possible")
        verdicts.update(dict.fromkeys(self._lower.controllers(self.company), "certain"))
        return verdicts

    @cached_property
    def _capital(self) -> Matrix:
        return {company: holders.capital for company, holders in self.shareholders.items()}

    @cached_property
    def _votes(self) -> Matrix:
        """The very object `_capital` where nobody's voting rights are stated anywhere upstream."""
        if all(holders.votes is holders.capital for holders in self.shareholders.values()):
            return self._capital
        return {company: holders.votes for company, holders in self.shareholders.items()}

    @cached_property
    def _returning(self) -> frozenset[int]:
        """Companies to which walks lead from themselves."""
        return frozenset(node for matrix in (self._capital, self._votes) for node in _on_cycles(matrix, self.company))

    @cached_property
    def _lower(self) -> Electorate:
        return self._electorate(upper=False)

    @cached_property
    def _upper(self) -> Electorate:
        return self._electorate(upper=True)

    def _integrate(self, players: Collection[int]) -> dict[int, Holding]:
        """Integrated shares; walks end at `players`, so none returns to them or passes through another."""
        capital = integrated(_without(self._capital, players), self.company)
        if self._votes is self._capital:
            return {holder: Holding(share, share) for holder, share in capital.items()}
        votes = integrated(_without(self._votes, players), self.company)
        return {
            holder: Holding(capital.get(holder, NOTHING), votes.get(holder, NOTHING))
            for holder in dict.fromkeys((*capital, *votes))
        }

    def _is_held(self, player: int) -> bool:
        return player in self.shareholders

    def _electorate(self, upper: bool) -> Electorate:
        appointed = {
            company: [control.holder for control in controls if upper or control.certain]
            for company, controls in self.interests.items()
        }
        appoints: dict[int, list[int]] = {}
        for company, appointers in appointed.items():
            for holder in appointers:
                appoints.setdefault(holder, []).append(company)
        return Electorate(self._votes, lambda: self._held, appointed, appoints, self.majority, upper)

    @cached_property
    def _held(self) -> Mapping[int, list[tuple[int, Share]]]:
        held: dict[int, list[tuple[int, Share]]] = {}
        for company, holders in self._votes.items():
            for holder, share in holders.items():
                held.setdefault(holder, []).append((company, share))
        return held


def analyse(
    stakes: Iterable[Stake], controls: Iterable[Control], company: int, majority: Threshold = MAJORITY
) -> Ownership:
    """Ownership and control of `company` from the stakes and controlling interests in force on one day.

    Stakes and interests that are not upstream of `company` change nothing. Nothing that records state is an
    error. O(stakes + controls); the answers cost what they say.
    """
    stakes_in: dict[int, list[Stake]] = {}
    for stake in stakes:
        stakes_in.setdefault(stake.company, []).append(stake)
    interests_in: dict[int, list[Control]] = {}
    for control in controls:
        interests_in.setdefault(control.company, []).append(control)
    return upstream(
        company,
        lambda node: shareholders(stakes_in[node]) if node in stakes_in else None,
        lambda node: interests_in.get(node, ()),
        majority,
    )


def upstream(
    company: int,
    shareholders_of: Callable[[int], Shareholders | None],
    interests_in: Callable[[int], Iterable[Control]],
    majority: Threshold = MAJORITY,
) -> Ownership:
    """`analyse` for a caller that keeps each company's shareholders; it is asked for those upstream alone."""
    tables: dict[int, Shareholders] = {}
    interests: dict[int, tuple[Control, ...]] = {}
    seen = {company}
    waiting = [company]
    while waiting:
        node = waiting.pop()
        above: set[int] = set()
        if table := shareholders_of(node):
            tables[node] = table
            above.update(holder for holder, share in table.capital.items() if share.high.numerator)
            if table.votes is not table.capital:
                above.update(holder for holder, share in table.votes.items() if share.high.numerator)
        if theirs := tuple(interests_in(node)):
            interests[node] = theirs
            above.update(control.holder for control in theirs)
        waiting.extend(above - seen)
        seen |= above
    return Ownership(company, tables, interests, seen - {company}, majority)


def _without(into: Matrix, players: Collection[int]) -> Matrix:
    return {company: holders for company, holders in into.items() if company not in players} if players else into


def _on_cycles(into: Matrix, company: int) -> Iterable[int]:
    holders = {node: [holder for holder, share in shares.items() if share.high] for node, shares in into.items()}
    for component in components(holders, company):
        if len(component) > 1 or component[0] in holders[component[0]]:
            yield from component


_NOTHING = Holding(NOTHING, NOTHING)
