"""COI-02: the official itself manages, represents or founded the company."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aiqyn.rules.model import Finding, Lack, Rule
from aiqyn.rules.profile import Profile
from aiqyn.rules.terms import interest, lacking
from aiqyn.rules.terms.conflict import conflict
from aiqyn.rules.terms.ties import ties
from aiqyn.rules.view import Case, GraphView


@dataclass(frozen=True, slots=True)
class Params:
    """No parameters."""


def check(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Finding]:
    """Flag a bidder or supplier of which a person who has influence over the process is director, manager,
    representative or founder on a day of the decision window.

    Ex-officio roles and roles in state-owned companies are no interest.
    """
    for party in case.parties:
        for tie in ties(party, case, view):
            if not tie.own:
                continue
            days = interest.manages(tie.holder, party, party.window, view)
            if days:
                ways = (interest.role_ways(tie.holder, party, days, view), 0)
                found = conflict(RULE.id, party, tie, days, ways, (1, 2, 4))
                if found is not None:
                    yield found


def lacks(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Lack]:
    yield from lacking.influence(case, view, (1, 2, 4))
    yield from lacking.managers(case.parties, view)


RULE = Rule(
    id="COI-02",
    version=1,
    title="Manages the company",
    summary="Records show that {persons} has influence over this allocation and manages, represents or founded "
    "{companies}.",
    severity="by the table of influence and kinship",
    mapping="PREVENT",
    needs=("official.occupancy", "registry.directorship"),
    topic="people",
    params=Params(),
    check=check,
    lacking=lacks,
    near_miss="A seat held ex officio, or a role in a state-owned company, gives none.",
)
