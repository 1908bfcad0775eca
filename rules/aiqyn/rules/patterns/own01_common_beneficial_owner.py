"""OWN-01: one natural person stands behind two bidders of one lot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from aiqyn.rules.model import Finding, Insufficient, Rule
from aiqyn.rules.profile import Profile
from aiqyn.rules.terms import rivals as pairs
from aiqyn.rules.view import Case, GraphView, Rivals
from aiqyn.schemas.days import Days
from aiqyn.schemas.shares import Threshold


@dataclass(frozen=True, slots=True)
class Params:
    min_share: Threshold = field(
        default=Threshold(Fraction(1, 4)), metadata={"help": "least integrated share in each bidder"}
    )


def check(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Finding | Insufficient]:
    """Flag two bidders of one lot in each of which the same natural person owns at least `min_share` (all walks) or
    has control, on one same day of the windows that they share. One alert a person."""
    for rivals in pairs.related(case, view):
        for person, days in common_persons(rivals, view, params, profile):
            ways = pairs.stake_ways(person, rivals, days, view)
            yield pairs.finding(RULE.id, rivals, days, "high", view, (person,), ways, {"min_share": params.min_share})


def common_persons(rivals: Rivals, view: GraphView, params: Params, profile: Profile) -> Iterator[tuple[int, Days]]:
    """Natural persons behind both, and on which days."""
    for holder in pairs.common_holders(rivals, view):
        if view.is_person(holder):
            days = pairs.both_hold(rivals, holder, params.min_share, True, view, profile)
            if days:
                yield holder, days


RULE = Rule(
    id="OWN-01",
    version=1,
    title="Common beneficial owner",
    summary="Records show that {persons} owns or controls both {companies}, which bid for the same lot.",
    severity="high",
    mapping="R032",
    needs=("ownership.statement",),
    topic="rivals",
    params=Params(),
    check=check,
    near_miss="Bidders of different lots, and members of one consortium, are not compared.",
)
