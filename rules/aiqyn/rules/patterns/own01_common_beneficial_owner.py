"""OWN-01: one natural person stands behind two bidders of one lot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from aiqyn.rules.model import Finding, Lack, Rule
from aiqyn.rules.profile import Profile
from aiqyn.rules.terms import lacking
from aiqyn.rules.terms import rivals as pairs
from aiqyn.rules.view import Case, GraphView, Rivals
from aiqyn.schemas.days import Days
from aiqyn.schemas.shares import Threshold


@dataclass(frozen=True, slots=True)
class Params:
    min_share: Threshold = field(
        default=Threshold(Fraction(1, 4)), metadata={"help": "least integrated share in each bidder"}
    )


def check(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Finding]:
    """Flag two bidders of one lot in each of which the same natural person owns at least `min_share` (all walks) or
    has control, on one same day of the windows that they share. One alert a person."""
    for rivals in pairs.related(case, view):
        for common, days in common_persons(rivals, view, params, profile):
            ways = pairs.stake_ways(common, rivals, days, view)
            parameters = {"min_share": params.min_share}
            yield pairs.finding(RULE.id, rivals, days, "high", view, (common.left,), ways, parameters)


def common_persons(
    rivals: Rivals, view: GraphView, params: Params, profile: Profile
) -> Iterator[tuple[pairs.Common, Days]]:
    """Natural persons behind both, and on which days."""
    for common in pairs.common_holders(rivals, view):
        if view.is_person(common.left):
            days = pairs.both_hold(rivals, common, params.min_share, True, view, profile)
            if days:
                yield common, days


def lacks(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Lack]:
    yield from lacking.rivals(case)
    yield from lacking.owners(lacking.bidders(case), view)


RULE = Rule(
    id="OWN-01",
    version=1,
    title="Common beneficial owner",
    summary="Records show that {persons} owns or controls both {companies}, which bid for the same lot.",
    severity="high",
    mapping="R032",
    needs=("procurement.release", "ownership.statement"),
    topic="rivals",
    params=Params(),
    check=check,
    lacking=lacks,
    near_miss="Bidders of different lots, and members of one consortium, are not compared.",
)
