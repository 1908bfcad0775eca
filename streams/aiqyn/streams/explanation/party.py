"""The case of an alert as rules see it, at the level of identity at which the alert stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from aiqyn.rules.profile import Profile
from aiqyn.rules.terms import interest
from aiqyn.rules.view import Node, Party
from aiqyn.schemas.days import ALWAYS, NO_DAYS, Days, parse_optional_day, segments
from aiqyn.schemas.shares import NOTHING, Share, Threshold
from aiqyn.streams.detection.cases import build_case
from aiqyn.streams.detection.view import LevelView
from aiqyn.streams.engine import Engine, case_key
from aiqyn.streams.explanation.cited import Edge
from aiqyn.streams.identity.clusters import LEVELS

_INTERESTS = frozenset({"owns", "controls", "directs"})


@dataclass(frozen=True)
class Stake:
    """Those who hold an interest in one company of an alert, by its paths."""

    company: str
    holders: tuple[str, ...]
    paths: tuple[Sequence[Edge], ...]
    """Interest edges from the first holder's tie to the company; the last edge (to the case) left out."""

    def has(self, kind: str) -> bool:
        return any(edge["kind"] == kind for path in self.paths for edge in path)


def stakes(alert: Mapping[str, Any]) -> list[Stake]:
    """By company of the alert, who holds what in it."""
    found: dict[str, tuple[dict[str, None], list[Sequence[Edge]]]] = {
        company: ({}, []) for company in alert["companies"]
    }
    for path in alert["paths"]:
        side = [edge for edge in path if edge["side"] == "interest"]
        if not side or side[-1]["from"] not in found:
            continue
        holders, paths = found[side[-1]["from"]]
        chain = [edge for edge in side if edge["kind"] in _INTERESTS]
        paths.append(chain)
        if chain:
            holders[chain[0]["from"]] = None
        elif not any(edge["kind"] in ("declared", "listed") for edge in side):
            holders[side[-1]["from"]] = None
    return [Stake(company, tuple(holders), tuple(paths)) for company, (holders, paths) in found.items()]


class Sight:
    """Looks again at the company of a current alert: shares, control, roles and days, exactly."""

    def __init__(self, engine: Engine, alert: Mapping[str, Any]) -> None:
        self.profile: Profile = engine.profile
        self._world = engine.world
        self.view = LevelView(engine.world, LEVELS.index(alert["identity"]) + 1, engine.profile)
        self._parties: dict[str, Party] = {}
        case = build_case(engine.world, self.view, case_key(alert))
        for party in case.parties if case is not None else ():
            self._parties[self.view.name(party.node)] = party._replace(window=_every_day(party.window))
        filed = _filing_days(alert)
        if filed:
            self._parties = {name: party._replace(window=filed) for name, party in self._parties.items()}

    def node(self, name: str) -> Node | None:
        number = self._world.atoms.find(name)
        return self.view.node(number) if number is not None else None

    def players(self, stake: Stake) -> frozenset[Node]:
        return frozenset(node for name in stake.holders if (node := self.node(name)) is not None)

    def party(self, company: str) -> Party | None:
        return self._parties.get(company)

    def share(self, stake: Stake, days: Days | None = None) -> Share:
        """What the holders own together, integrated, capital or votes, whichever is more."""
        party, players = self.party(stake.company), self.players(stake)
        if party is None or not players:
            return NOTHING
        return self.view.holding(party.node, days or party.window).share(players)

    def owns(self, stake: Stake, threshold: Threshold, direct: bool = False) -> Days:
        party, players = self.party(stake.company), self.players(stake)
        if party is None or not players:
            return NO_DAYS
        if direct and len(players) == 1:
            return interest.owns_directly(min(players), party, threshold, self.view, self.profile) & party.window
        return interest.owns(players, party, party.window, threshold, self.view, self.profile) & party.window

    def controls(self, stake: Stake, direct: bool = False) -> Days:
        party, players = self.party(stake.company), self.players(stake)
        if party is None or not players:
            return NO_DAYS
        holding = self.view.holding(party.node, party.window)
        if direct and len(players) == 1:
            return holding.controls_directly(min(players)) & party.window
        return holding.controls(players) & party.window

    def manages(self, stake: Stake) -> Days:
        """Days on which a holder's role in the company is an interest; without the rule's choice of roles."""
        party, players = self.party(stake.company), self.players(stake)
        if party is None:
            return NO_DAYS
        days = [role.days for role in self.view.roles(party.node) if role.person in players]
        return _any(days) & party.window

    def exempt(self, company: str) -> tuple[bool, bool]:
        """Whether the company is on record as state-owned or listed: certainly, possibly."""
        party = self.party(company)
        if party is None:
            return False, False
        listed = self.view.is_listed(party.node)
        owned = self.view.is_state_owned(party.node, party.window) & party.window
        return listed.certain or bool(owned.certain), listed.possible or bool(owned)

    def together(self, alert: Mapping[str, Any], interests: Callable[[Stake], Days]) -> tuple[Days, Days]:
        """The days on which all of it is in force together, and the days of the window.

        `interests`: on which days the holders' interest in a company counts.
        """
        window, days = ALWAYS, ALWAYS
        for stake in stakes(alert):
            party = self.party(stake.company)
            if party is None:
                return NO_DAYS, NO_DAYS
            window = window & party.window
            theirs = _any(
                _all(_edge_days(edge) for edge in path) for path in alert["paths"] if path[-1]["from"] == stake.company
            )
            days = days & theirs & interests(stake)
        return days & window, window


def decided_earlier(alert: Mapping[str, Any]) -> bool:
    """Whether those meant decided on an earlier disposal of the same asset, not on this one."""
    ends = {path_end for path in alert["paths"] if (path_end := _duty_end(path)) is not None}
    return bool(ends) and alert["allocation"] is not None and alert["allocation"] not in ends


def _duty_end(path: Sequence[Edge]) -> str | None:
    ends = [str(edge["to"]) for edge in path if edge["side"] == "duty"]
    return ends[-1] if ends else None


def _every_day(window: Days) -> Days:
    """Every day that some reading of a window contains: what is asked of them is whether the records hold, not whether
    the window's own dates do."""
    return Days(window.possible, window.possible)


def _filing_days(alert: Mapping[str, Any]) -> Days:
    """The days on which declarations were filed, where the alert is about what held on those days; else none."""
    spans = [filed.partition("/") for filed in alert["parameters"].get("filed", ())]
    days = [(parse_optional_day(first), parse_optional_day(last or first)) for first, _, last in spans]
    return _any(Days.between(first.first, last.last + 1) for first, last in days if first and last)


def _edge_days(edge: Edge) -> Days:
    start, end = edge["valid"]
    return Days.of(segments(parse_optional_day(start), parse_optional_day(end)))


def _any(parts: Iterable[Days]) -> Days:
    return reduce(lambda left, right: left | right, parts, NO_DAYS)


def _all(parts: Iterable[Days]) -> Days:
    return reduce(lambda left, right: left & right, parts, ALWAYS)
