"""COI-04: a relative of the official owns or controls the company."""

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
        default=Threshold(Fraction(1, 20)),
        metadata={"help": "least integrated share (all walks) that counts"},
    )
    degrees: tuple[int, int] = field(
        default=(2, 2),
        metadata={"help": "widest degree of blood and of affinity; the profile's kinship bounds both"},
    )


def check(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Finding]:
    """Flag a bidder or supplier that a relative of a person with influence over the process owns (at least `min_share`,
    directly or through other companies) or controls. Degrees of kinship are the profile's."""
    for party in case.parties:
        for each in ties(party, case, view):
            tie = each.within(params.degrees)
            if tie is None or tie.own:
                continue
            days = interest.holds(tie.holder, party, party.window, params.min_share, view, profile)
            if not days:
                continue
            ways = interest.stake_ways(tie.holder, party, days, view)
            share = view.holding(party.node, party.window).share(frozenset({tie.holder}))
            parameters = {"degrees": params.degrees, "min_share": params.min_share, "share": share}
            found = conflict(RULE.id, party, tie, days, ways, (1, 2, 4), parameters)
            if found is not None:
                yield found


def lacks(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Lack]:
    yield from lacking.influence(case, view, (1, 2, 4))
    yield from lacking.relatives(case, view, (1, 2, 4))
    yield from lacking.owners(case.parties, view)


RULE = Rule(
    id="COI-04",
    version=1,
    title="A relative owns the company",
    summary="Records show that {persons}: the first has influence over this allocation, the second is a relative and "
    "owns or controls {companies}.",
    severity="by the table of influence and kinship",
    mapping="KZ law art. 7",
    needs=("official.occupancy", "official.relation", "ownership.statement"),
    topic="people",
    params=Params(),
    check=check,
    lacking=lacks,
    near_miss="Cousins, former spouses and associates are no relatives.",
)
