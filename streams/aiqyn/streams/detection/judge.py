"""Judging a case: every rule, at each level of identity that could change the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from aiqyn.rules.model import Finding, Lack, Rule, Topic
from aiqyn.rules.profile import Profile
from aiqyn.rules.terms.lacking import BIDS
from aiqyn.rules.view import Case
from aiqyn.streams.detection.alerts import Draft, Drafts
from aiqyn.streams.detection.cases import build_case
from aiqyn.streams.detection.gate import ALL, topics
from aiqyn.streams.detection.view import LevelView
from aiqyn.streams.facts import Head
from aiqyn.streams.ports import FactLog
from aiqyn.streams.world.world import World


class Missing(NamedTuple):
    """A fact that is not on record, and the company or body that it would be about (None: the process)."""

    fact: str
    about: str | None


class Outcome(NamedTuple):
    """What one rule answers about one case."""

    rule: str
    alerts: tuple[str, ...]
    """Ids of the alerts that the present facts give."""
    missing: tuple[Missing, ...]

    @property
    def result(self) -> Literal["triggered", "notTriggered", "insufficient"]:
        """One of the three states (design, section 8)."""
        if self.alerts:
            return "triggered"
        return "insufficient" if self.missing else "notTriggered"


class Judge:
    """Judges cases of one world under one profile. A pure function of the world's facts."""

    def __init__(
        self, world: World, rules: Mapping[str, Rule], profile: Profile, namespace: UUID, log: FactLog
    ) -> None:
        self.world = world
        self._log = log
        self._profile = profile
        self._namespace = namespace
        self._rules = {id: rule for id, rule in rules.items() if rule.status == "active"}
        active = self._rules.values()
        self._on_processes = [rule for rule in active if rule.both or not rule.allocations]
        self._on_allocations = [rule for rule in active if rule.both or rule.allocations]
        self._always = frozenset(rule.topic for rule in active if rule.always(rule.params))

    def drafts(self, key: str) -> Iterable[Draft]:
        """The alerts that the case gives by the present facts; none where there is no case."""
        process = self.world.processes.get(key)
        touched = ALL
        if process is not None:
            if process.cancelled or not process.parties:
                return ()
            touched = topics(self.world, process) | self._always
            if not touched:
                return ()
        view = LevelView(self.world, 1, self._profile)
        case = build_case(self.world, view, key)
        if case is None:
            return ()
        drafts = Drafts(case, self._rules, self._profile.name, self._namespace)
        self._run(case, view, drafts, touched)
        clusters = self.world.clusters
        if clusters.any_higher and any(clusters.joined_higher(node) for node in view.seen):
            for level in (2, 3, 4):
                higher = LevelView(self.world, level, self._profile)
                again = build_case(self.world, higher, key)
                if again is not None:
                    self._run(again, higher, drafts, touched)
        return drafts.alerts(view.name(case.buyer) if case.buyer is not None else None, self._heads)

    def outcomes(self, key: str) -> Sequence[Outcome] | None:
        """What every rule that speaks on such a case answers, by id; None where there is no case.

        Asked on demand, once: nothing here is on the way of events.
        """
        process = self.world.processes.get(key)
        view = LevelView(self.world, 3, self._profile)
        case = build_case(self.world, view, key)
        if case is None:
            return None
        cancelled = process is not None and process.cancelled
        raised: dict[str, list[str]] = {}
        for draft in self.drafts(key):
            raised.setdefault(draft.document["rule"], []).append(draft.id)
        found = []
        for rule in self._on_processes if case.allocation is None else self._on_allocations:
            lacks = [] if rule.id in raised or cancelled else _each_once(rule, case, view, self._profile)
            missing = tuple(Missing(lack.fact, None if lack.about is None else view.name(lack.about)) for lack in lacks)
            found.append(Outcome(rule.id, tuple(sorted(raised.get(rule.id, ()))), missing))
        return found

    def _heads(self, seqs: Iterable[int]) -> Mapping[int, Head]:
        return {seq: head for seq, (head, _) in self._log.read(sorted(seqs)).items()}

    def _run(self, case: Case, view: LevelView, drafts: Drafts, touched: frozenset[Topic]) -> None:
        for rule in self._on_processes if case.allocation is None else self._on_allocations:
            if rule.topic not in touched:
                continue
            for found in rule.check(case, view, rule.params, self._profile):
                if isinstance(found, Finding):
                    drafts.add(found, view)


def _each_once(rule: Rule, case: Case, view: LevelView, profile: Profile) -> list[Lack]:
    """What is not on record of the case for this rule. Without any party nobody is known who could be judged."""
    if not case.parties:
        return [Lack(BIDS, None)]
    return list(dict.fromkeys(rule.lacking(case, view, rule.params, profile)))
