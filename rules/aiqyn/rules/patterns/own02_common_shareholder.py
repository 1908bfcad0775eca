"""OWN-02: two bidders of one lot have a shareholder in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from aiqyn.rules.model import Finding, Lack, Rule
from aiqyn.rules.overrides import params_of
from aiqyn.rules.patterns import own01_common_beneficial_owner as beneficial
from aiqyn.rules.patterns import own03_one_controls_the_other as control
from aiqyn.rules.profile import Profile
from aiqyn.rules.terms import lacking
from aiqyn.rules.terms import rivals as pairs
from aiqyn.rules.view import Case, GraphView, Rivals
from aiqyn.schemas.shares import Threshold


@dataclass(frozen=True, slots=True)
class Params:
    min_share: Threshold = field(
        default=Threshold(Fraction(1, 10)), metadata={"help": "least integrated share in each bidder"}
    )


def check(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Finding]:
    """Flag two bidders of one lot in each of which the same person or company (no public body) owns at least
    `min_share` (all walks), where neither OWN-01 nor OWN-03 holds certainly for the pair."""
    for rivals in pairs.related(case, view):
        if _known_otherwise(rivals, case, view, profile):
            continue
        for common in pairs.common_holders(rivals, view):
            holder = common.left
            if holder in (rivals.left.node, rivals.right.node) and not view.is_person(holder):
                continue
            public = view.is_public_body(holder)
            days = pairs.both_hold(rivals, common, params.min_share, False, view, profile)
            if not days or public.certain:
                continue
            if public.possible:
                days = days.as_possible()
            persons = (holder,) if view.is_person(holder) else ()
            ways = pairs.stake_ways(common, rivals, days, view)
            yield pairs.finding(RULE.id, rivals, days, "medium", view, persons, ways, {"min_share": params.min_share})


def _known_otherwise(rivals: Rivals, case: Case, view: GraphView, profile: Profile) -> bool:
    params = params_of(beneficial.RULE, profile)
    if any(days.certain for _, days in beneficial.common_persons(rivals, view, params, profile)):
        return True
    return any(found.certainty == "certain" for found in control.judge(rivals, view))


def lacks(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Lack]:
    yield from lacking.rivals(case)
    yield from lacking.owners(lacking.bidders(case), view)


RULE = Rule(
    id="OWN-02",
    version=1,
    title="Common shareholder",
    summary="Records show that {companies}, which bid for the same lot, have a shareholder in common.",
    severity="medium",
    mapping="R033",
    needs=("procurement.release", "ownership.statement"),
    topic="rivals",
    params=Params(),
    check=check,
    lacking=lacks,
    near_miss="Where one person stands behind both, OWN-01 speaks; a public body as shareholder is none.",
)
