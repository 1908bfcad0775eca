"""COI-03: the official owns or controls the company through others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from aiqyn.rules.model import Finding, Lack, Rule
from aiqyn.rules.overrides import params_of
from aiqyn.rules.patterns import coi01_direct_interest as direct
from aiqyn.rules.profile import Profile
from aiqyn.rules.terms import interest, lacking
from aiqyn.rules.terms.conflict import conflict
from aiqyn.rules.terms.ties import ties
from aiqyn.rules.view import Case, GraphView
from aiqyn.schemas.shares import Threshold


@dataclass(frozen=True, slots=True)
class Params:
    min_share: Threshold = field(
        default=Threshold(Fraction(1, 20)),
        metadata={"help": "least integrated share (all walks) that counts"},
    )


def check(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Finding]:
    """Flag a bidder or supplier that a person who has influence over the process owns through other companies: the sum
    over all walks of products of shares reaches `min_share`, or the person controls it in the end.

    Where COI-01 holds for the person and the company with at least the same certainty, that rule speaks alone.
    """
    certain_direct = {
        (found.persons, found.companies): found.certainty
        for found in direct.check(case, view, params_of(direct.RULE, profile), profile)
        if isinstance(found, Finding)
    }
    for party in case.parties:
        for tie in ties(party, case, view):
            if not tie.own:
                continue
            days = interest.holds(tie.holder, party, party.window, params.min_share, view, profile)
            if not days:
                continue
            ways = interest.stake_ways(tie.holder, party, days, view)
            share = view.holding(party.node, party.window).share(frozenset({tie.holder}))
            parameters = {"min_share": params.min_share, "share": share}
            found = conflict(RULE.id, party, tie, days, ways, (1, 2, 4), parameters)
            if found is None:
                continue
            known = certain_direct.get((found.persons, found.companies))
            if known is None or (known == "possible" and found.certainty == "certain"):
                yield found


def lacks(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Lack]:
    yield from lacking.influence(case, view, (1, 2, 4))
    yield from lacking.owners(case.parties, view)


RULE = Rule(
    id="COI-03",
    version=1,
    title="Indirect interest",
    summary="Records show that {persons} has influence over this allocation and owns or controls {companies} through "
    "other companies.",
    severity="by the table of influence and kinship",
    mapping="'through other entities'",
    needs=("official.occupancy", "ownership.statement"),
    topic="people",
    params=Params(),
    check=check,
    lacking=lacks,
    near_miss="A chain whose product stays below the threshold, without control, gives none.",
)
