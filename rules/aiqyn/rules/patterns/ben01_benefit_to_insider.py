"""BEN-01: a public benefit goes to a company in which an official or a relative has an interest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from aiqyn.rules.model import Finding, Lack, Rule, worse
from aiqyn.rules.overrides import params_of
from aiqyn.rules.patterns import (
    coi01_direct_interest,
    coi02_manages,
    coi03_indirect_interest,
    coi04_relative_owns,
    coi05_relative_manages,
    coi06_household_adds_up,
    coi07_superior_body,
)
from aiqyn.rules.profile import Profile
from aiqyn.rules.terms import lacking
from aiqyn.rules.view import Case, GraphView, Node

KINDS = frozenset({"subsidy", "taxPreference", "guarantee", "investment", "concession", "lease"})
_CONFLICTS = (
    coi01_direct_interest, coi02_manages, coi03_indirect_interest, coi04_relative_owns, coi05_relative_manages,
    coi06_household_adds_up, coi07_superior_body,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    """No parameters of its own; those of COI-01 to COI-07 apply."""


def check(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Finding]:
    """Flag a subsidy, tax preference, guarantee, investment, concession or lease whose recipient would be flagged by
    one of COI-01 to COI-07 on an award; those with the same persons are one alert."""
    if case.kind not in KINDS:
        return
    found: dict[tuple[Node, ...], Finding] = {}
    basis: dict[tuple[Node, ...], set[str]] = {}
    for rule in _CONFLICTS:
        for finding in rule.check(case, view, params_of(rule.RULE, profile), profile):
            if isinstance(finding, Finding):
                known = found.get(finding.persons)
                found[finding.persons] = _both(known, finding) if known is not None else finding
                basis.setdefault(finding.persons, set()).add(finding.rule)
    for persons, finding in found.items():
        yield replace(finding, rule=RULE.id, parameters={"basis": sorted(basis[persons])})


def _both(left: Finding, right: Finding) -> Finding:
    return replace(
        left,
        certainty="certain" if "certain" in (left.certainty, right.certainty) else "possible",
        severity=worse(left.severity, right.severity),
        paths=[*left.paths, *right.paths],
        paths_omitted=-1
        if min(left.paths_omitted, right.paths_omitted) < 0
        else left.paths_omitted + right.paths_omitted,
    )


def lacks(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Lack]:
    if case.kind in KINDS:
        yield from lacking.influence(case, view, (1, 2, 3, 4))
        yield from lacking.relatives(case, view, (1, 2, 3, 4))
        yield from lacking.interests(case.parties, view)


RULE = Rule(
    id="BEN-01",
    version=1,
    title="Benefit to an insider",
    summary="Records show that {persons} has influence over this allocation, or a relative who has, and an interest in "
    "{companies}, which receives it.",
    severity="by the table of influence and kinship",
    needs=(
        "allocation.made",
        "official.occupancy",
        "official.relation",
        "ownership.statement",
        "registry.directorship",
    ),
    allocations=True,
    topic="people",
    params=Params(),
    check=check,
    lacking=lacks,
    near_miss="As in COI-01 to COI-07.",
)
