"""Control: the least set of companies that players win with votes or with interests that confer control."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from aiqyn.schemas.shares import Share, Threshold, add

MAJORITY = Threshold(Fraction(1, 2), ">")
"""More than half of the votes."""

_NONE: tuple[()] = ()


@dataclass(frozen=True, slots=True)
class Electorate:
    """Votes and controlling interests, read at one of their bounds.

    A player controls a company when it and the companies it controls hold together votes that reach
    `majority`, or one of them holds an interest that confers control. Least fixpoint: a cycle never supports
    itself, and a company's votes in itself count for nobody who does not control it already.
    """

    into: Mapping[int, Mapping[int, Share]]
    """Company to its holders to their votes."""
    held: Callable[[], Mapping[int, list[tuple[int, Share]]]]
    """The same by holder, built when first needed."""
    appointed: Mapping[int, list[int]]
    """Company to the holders of interests that confer control of it, in this reading."""
    appoints: Mapping[int, list[int]]
    """The same by holder."""
    majority: Threshold
    upper: bool
    """Whether votes are read at their upper bounds, else at their lower."""

    def won(self, players: Iterable[int]) -> Iterator[int]:
        """The companies that `players` control, as they are won; players themselves are left out.

        O(stakes held by the players and by the companies they win).
        """
        inside = set(players)
        waiting = list(inside)
        totals: dict[int, Share] = {}
        while waiting:
            holder = waiting.pop()
            for company in self._gained(holder, inside, totals):
                inside.add(company)
                waiting.append(company)
                yield company

    def _gained(self, holder: int, inside: set[int], totals: dict[int, Share]) -> Iterator[int]:
        """Companies outside that `holder`'s votes and interests bring in."""
        for company in self.appoints.get(holder, _NONE):
            if company not in inside:
                yield company
        for company, votes in self.held().get(holder, _NONE):
            if company not in inside:
                before = totals.get(company)
                total = votes if before is None else add(before, votes)
                totals[company] = total
                if self._reaches(total):
                    yield company

    def controllers(self, company: int) -> set[int]:
        """Every single node that controls `company`, itself left out.

        A lone player must win its first company with its own votes in it or with an interest, so the others
        are never tried. Who so wins a controller is one too. Only the rest of those who win anything is
        played through, each until it wins a controller: O(stakes) for each of these few.
        """
        first = {target: self._winners_alone(target) for target in {*self.into, *self.appointed}}
        found = {company}
        self._close(company, first, found)
        candidates = dict.fromkeys(holder for winners in first.values() for holder in winners)
        for candidate in candidates:
            if candidate not in found and any(won in found for won in self.won((candidate,))):
                found.add(candidate)
                self._close(candidate, first, found)
        found.discard(company)
        return found

    def _close(self, node: int, first: Mapping[int, list[int]], found: set[int]) -> None:
        """Add to `found` all who win `node` alone, who win one of those alone, and so on."""
        waiting = [node]
        while waiting:
            for holder in first.get(waiting.pop(), _NONE):
                if holder not in found:
                    found.add(holder)
                    waiting.append(holder)

    def _winners_alone(self, company: int) -> list[int]:
        p, q = self.majority.value.as_integer_ratio()
        strong = []
        for holder, share in self.into.get(company, {}).items():
            n, d = share.high.as_integer_ratio()
            if n * q >= p * d and self._reaches(share):
                strong.append(holder)
        return [*self.appointed.get(company, _NONE), *strong]

    def _reaches(self, votes: Share) -> bool:
        return votes.perhaps(self.majority) if self.upper else votes.surely(self.majority)
