"""COI-01: the official itself directly owns or controls the company."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from aiqyn.rules.model import Finding, Lack, Rule
from aiqyn.rules.profile import Profile
from aiqyn.rules.terms import interest, lacking
from aiqyn.rules.terms.conflict import conflict
from aiqyn.rules.terms.ties import ties
from aiqyn.rules.view import Case, GraphView
from aiqyn.schemas.shares import Threshold


@dataclass(frozen=True, slots=True)
class Params:
    min_share: Threshold = field(
        default=Threshold(Fraction(1, 20)), metadata={"help": "least direct share that counts"}
    )


def check(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Finding]:
    """Flag a bidder or supplier in which a person who has influence over the process (named in it, deciding at the
    buyer, or on its staff) directly owns at least `min_share`, or directly holds an interest that confers control.

    Post and stake must be in force together on a day of the decision window. A stake that ended before does not count.
    """
    for party in case.parties:
        for tie in ties(party, case, view):
            if not tie.own:
                continue
            days = interest.owns_directly(tie.holder, party, params.min_share, view, profile)
            days = days | view.holding(party.node, party.window).controls_directly(tie.holder)
            if days:
                ways = interest.stake_ways(tie.holder, party, days, view, direct=True)
                found = conflict(RULE.id, party, tie, days, ways, (1, 2, 4), {"min_share": params.min_share})
                if found is not None:
                    yield found


def lacks(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Lack]:
    yield from lacking.influence(case, view, (1, 2, 4))
    yield from lacking.owners(case.parties, view)


RULE = Rule(
    id="COI-01",
    version=1,
    title="Direct interest",
    summary="Records show that {persons} has influence over this allocation and directly owns or controls {companies}.",
    severity="by the table of influence and kinship",
    mapping="SI Art. 35, PREVENT",
    needs=("official.occupancy", "ownership.statement"),
    topic="people",
    params=Params(),
    check=check,
    lacking=lacks,
    near_miss="A stake sold before the decision window, or below the threshold, gives none.",
)
