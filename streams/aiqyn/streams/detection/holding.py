"""Who owns and controls one company, over a stretch of days.

The stretch is cut into epochs on which the records do not change; each is analysed exactly. Cost: the company's
upstream edges, once an epoch (mostly one).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

from aiqyn.rules.view import DatedWay, Link, Node
from aiqyn.schemas.days import ALWAYS, NO_DAYS, Days, Interval
from aiqyn.schemas.shares import NOTHING, WHOLE, Share, Threshold, hull
from aiqyn.streams.ownership.analysis import Ownership, analyse
from aiqyn.streams.ownership.stakes import Control, Stake

MOST_PATHS = 50
_MOST_STEPS = 20_000
"""Steps of the search for ways before it gives up counting."""


class Tie(NamedTuple):
    """One event's stake or control interest between two nodes: all its segments together."""

    holder: Node
    company: Node
    days: Days
    share: Share | None
    """None: control."""
    dimension: str
    source: int
    indirect: bool
    link: Link


class CompanyHolding:
    """Implements `rules.view.Holding` from the ties upstream of a company."""

    def __init__(
        self,
        company: Node,
        ties: Sequence[Tie],
        span: Interval,
        unspecified: Iterable[Node],
        natural_person: bool,
        doubtful: bool = False,
        order: Callable[[tuple[Link, ...]], Any] = len,
    ) -> None:
        self._company = company
        self._ties = ties
        self._span = span
        self._unspecified = tuple(unspecified)
        self._natural_person = natural_person
        self._doubtful = doubtful
        self._order = order
        self._owns: dict[tuple[frozenset[Node], Threshold], Days] = {}
        self._controls: dict[frozenset[Node], Days] = {}

    # --- epochs ------------------------------------------------------------------------------------------

    @cached_property
    def _epochs(self) -> list[tuple[Interval, Ownership]]:
        start, end = self._span
        cuts = {start}
        for tie in self._ties:
            for part in (*tie.days.certain, *tie.days.possible):
                cuts.update(day for day in part if start < day < end)
        edges = [*sorted(cuts), end]
        return [(Interval(a, b), analyse(*self._on(a), self._company)) for a, b in pairwise(edges)]

    def _on(self, day: int) -> tuple[list[Stake], list[Control]]:
        stakes, controls = [], []
        for tie in self._ties:
            if not _holds(tie.days.possible, day):
                continue
            certain = _holds(tie.days.certain, day)
            if tie.share is None:
                controls.append(Control(tie.holder, tie.company, certain))
            else:
                stakes.append(Stake(tie.holder, tie.company, tie.source, tie.dimension, tie.share, certain))
        return stakes, controls

    def _days(self, verdict: Callable[[Ownership], tuple[bool, bool]]) -> Days:
        parts = []
        for (start, end), ownership in self._epochs:
            certain, possible = verdict(ownership)
            if certain or possible:
                parts.append((start, end, certain))
        return Days.of(parts) if parts else NO_DAYS

    # --- answers -----------------------------------------------------------------------------------------

    def owns(self, players: frozenset[Node], threshold: Threshold) -> Days:
        if self._company in players and self._natural_person:
            return ALWAYS
        key = (players, threshold)
        if key not in self._owns:

            def verdict(ownership: Ownership) -> tuple[bool, bool]:
                held = ownership.held_by(players)
                return (
                    held.capital.surely(threshold) or held.votes.surely(threshold),
                    held.capital.perhaps(threshold) or held.votes.perhaps(threshold),
                )

            self._owns[key] = self._days(verdict)
        return self._owns[key]

    def controls(self, players: frozenset[Node]) -> Days:
        if self._company in players:
            return ALWAYS if self._natural_person else NO_DAYS
        if players not in self._controls:

            def verdict(ownership: Ownership) -> tuple[bool, bool]:
                answer = ownership.controls(players)
                return answer == "certain", answer != "no"

            self._controls[players] = self._days(verdict)
        return self._controls[players]

    def owns_directly(self, holder: Node, threshold: Threshold) -> Days:
        if holder == self._company and self._natural_person:
            return ALWAYS

        def verdict(ownership: Ownership) -> tuple[bool, bool]:
            shareholders = ownership.shareholders.get(self._company)
            if shareholders is None:
                return False, False
            held = [figures.get(holder, NOTHING) for figures in (shareholders.capital, shareholders.votes)]
            return (
                any(share.surely(threshold) for share in held),
                any(share.perhaps(threshold) for share in held),
            )

        return self._only_direct._days(verdict)

    @cached_property
    def _only_direct(self) -> CompanyHolding:
        """The same company without the stakes that are marked indirect."""
        if not any(tie.indirect for tie in self._ties):
            return self
        ties = [tie for tie in self._ties if not tie.indirect]
        return CompanyHolding(self._company, ties, self._span, (), self._natural_person)

    def controls_directly(self, holder: Node) -> Days:
        if holder == self._company and self._natural_person:
            return ALWAYS
        days = NO_DAYS
        for tie in self._ties:
            if tie.share is None and tie.holder == holder and tie.company == self._company and not tie.indirect:
                days = days | tie.days
        return days & Days.between(*self._span)

    def has_stake(self, holder: Node) -> Days:
        if holder == self._company and self._natural_person:
            return ALWAYS

        def verdict(ownership: Ownership) -> tuple[bool, bool]:
            held = ownership.holders.get(holder)
            if held is None:
                return False, False
            low = max(held.capital.low, held.votes.low) > 0 or held.capital.low_open or held.votes.low_open
            high = max(held.capital.high, held.votes.high) > 0
            return low, high

        return self._days(verdict) | self.controls(frozenset({holder}))

    def share(self, players: frozenset[Node]) -> Share:
        if self._company in players and self._natural_person:
            return WHOLE
        widest: Share | None = None
        for _, ownership in self._epochs:
            held = ownership.held_by(players)
            more = max(held.capital, held.votes, key=lambda share: (share.high, share.low))
            widest = more if widest is None else hull(widest, more)
        return widest or NOTHING

    def holders(self) -> Iterable[Node]:
        return {tie.holder for tie in self._ties}

    def companies(self) -> Iterable[Node]:
        return {self._company} | {tie.company for tie in self._ties}

    def unspecified(self) -> Iterable[Node]:
        return self._unspecified

    def doubts(self) -> Sequence[tuple[str, tuple[Node, ...], Days]]:
        if not self._doubtful:
            return ()
        found: dict[tuple[str, tuple[Node, ...]], list[tuple[int, int, bool]]] = {}
        for (start, end), ownership in self._epochs:
            for issue in ownership.issues:
                found.setdefault((issue.code, issue.entities), []).append((start, end, True))
        return [(code, nodes, Days.of(parts)) for (code, nodes), parts in sorted(found.items())]

    def on_day(self) -> Ownership:
        """The analysis on the first day of the stretch."""
        return self._epochs[0][1]

    # --- ways --------------------------------------------------------------------------------------------

    @cached_property
    def _into(self) -> Mapping[Node, list[Tie]]:
        """By company the ties into it: of one event's stakes in a company the greatest stands for all."""
        best: dict[tuple[str, Node, Node, int], Tie] = {}
        for tie in self._ties:
            key = (tie.link.kind, tie.holder, tie.company, tie.link.seq)
            known = best.get(key)
            if known is None:
                best[key] = tie
            else:
                larger = max(
                    known,
                    tie,
                    key=lambda t: (t.share.high, t.share.low, t.dimension) if t.share else (0, 0, ""),
                )
                best[key] = larger._replace(days=known.days | tie.days)
        into: dict[Node, list[Tie]] = {}
        for tie in best.values():
            into.setdefault(tie.company, []).append(tie)
        return into

    def ways(self, holder: Node, days: Days, direct: bool = False) -> tuple[Sequence[DatedWay], int]:
        if holder == self._company:
            return [DatedWay((), days)], 0
        search = _Ways(self._out_of(direct), self._company, days)
        found = search.shortest(holder)
        return found, search.omitted

    def _out_of(self, direct: bool) -> Mapping[Node, list[Tie]]:
        """By holder its ties, in the order in which ways list them."""
        out: dict[Node, list[Tie]] = {}
        for ties in self._into.values():
            for tie in ties:
                if not direct or (tie.company == self._company and not tie.indirect):
                    out.setdefault(tie.holder, []).append(tie)
        for ties in out.values():
            ties.sort(key=lambda tie: self._order((tie.link,)))
        return out


class _Ways:
    """Simple ways down from a holder to a company, shortest first, then in the order of their links."""

    def __init__(self, out: Mapping[Node, list[Tie]], company: Node, days: Days) -> None:
        self._out = out
        self._company = company
        self._days = days
        self._found: list[DatedWay] = []
        self._steps = 0
        self._away = self._distances()
        self.omitted = 0
        """Ways beyond those given; -1: not counted."""

    def _distances(self) -> Mapping[Node, int]:
        """How many links each node is away from the company at least."""
        above: dict[Node, set[Node]] = {}
        for ties in self._out.values():
            for tie in ties:
                above.setdefault(tie.company, set()).add(tie.holder)
        away = {self._company: 0}
        layer = [self._company]
        while layer:
            following: list[Node] = []
            for at in layer:
                for node in above.get(at, ()):
                    if node not in away:
                        away[node] = away[at] + 1
                        following.append(node)
            layer = following
        return away

    def shortest(self, holder: Node) -> list[DatedWay]:
        """At most `MOST_PATHS`."""
        if holder not in self._away:
            return []
        for length in range(self._away[holder], len(self._away) + 1):
            self._walk(holder, length, (), self._days, frozenset({holder}))
            if self._steps > _MOST_STEPS:
                self.omitted = -1
                break
        return self._found

    def _walk(self, at: Node, left: int, links: tuple[Link, ...], days: Days, passed: frozenset[Node]) -> None:
        """Ways of exactly `left` more links."""
        for tie in self._out.get(at, ()):
            self._steps += 1
            if self._steps > _MOST_STEPS:
                return
            if tie.company in passed or self._away.get(tie.company, left) > left - 1:
                continue
            both = days & tie.days
            if not both:
                continue
            way = (*links, tie.link._replace(certain=bool((tie.days & self._days).certain)))
            if tie.company == self._company:
                if left == 1:
                    self._keep(DatedWay(way, both))
            elif left > 1:
                self._walk(tie.company, left - 1, way, both, passed | {tie.company})

    def _keep(self, way: DatedWay) -> None:
        if len(self._found) < MOST_PATHS:
            self._found.append(way)
        else:
            self.omitted += 1


def _holds(parts: Sequence[Interval], day: int) -> bool:
    if not parts:
        return False
    place = bisect_right(parts, (day, 1 << 60)) - 1
    return place >= 0 and parts[place].start <= day < parts[place].end
