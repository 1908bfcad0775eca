"""COI-07: the interest of an official, or of a relative, whose only influence is from above the buyer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from aiqyn.rules.model import Finding, Lack, Rule
from aiqyn.rules.profile import Profile
from aiqyn.rules.terms import interest, lacking
from aiqyn.rules.terms.conflict import conflict
from aiqyn.rules.terms.ties import Tie, ties
from aiqyn.rules.view import Case, GraphView
from aiqyn.schemas.days import NO_DAYS
from aiqyn.schemas.shares import Threshold


@dataclass(frozen=True, slots=True)
class Params:
    min_share: Threshold = field(
        default=Threshold(Fraction(1, 20)), metadata={"help": "least integrated share that counts"}
    )


def check(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Finding]:
    """Flag a bidder or supplier in which a person whose only influence is a deciding post or a council seat up to two
    levels above the buyer, or a relative, owns at least `min_share`, controls it or manages it."""
    for party in case.parties:
        for tie in ties(party, case, view):
            above = _only_above(tie)
            if above is None:
                continue
            days = interest.strong(tie.holder, party, party.window, params.min_share, view, profile)
            if days:
                ways = interest.strong_ways(tie.holder, party, days, params.min_share, view, profile)
                found = conflict(RULE.id, party, above, days, ways, (3,), {"min_share": params.min_share})
                if found is not None:
                    yield found


def _only_above(tie: Tie) -> Tie | None:
    """The tie without influence other than I3; doubtful where the other is only possible."""
    others = NO_DAYS
    for influence in tie.influence:
        if influence.level != 3:
            others = others | influence.days
    above = tuple(influence for influence in tie.influence if influence.level == 3)
    if others.certain or not above:
        return None
    if others:
        above = tuple(influence._replace(days=influence.days.as_possible()) for influence in above)
    return replace(tie, influence=above)


def lacks(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Lack]:
    yield from lacking.influence(case, view, (3,))
    yield from lacking.interests(case.parties, view)


RULE = Rule(
    id="COI-07",
    version=1,
    title="Interest at a superior body",
    summary="Records show that {persons}: the first decides at a body above the buyer and has, or a relative has, an "
    "interest in {companies}.",
    severity="medium",
    mapping="GRAS",
    needs=("official.occupancy", "registry.company", "ownership.statement", "registry.directorship"),
    topic="people",
    params=Params(),
    check=check,
    lacking=lacks,
    near_miss="Three levels above the buyer is too far.",
)
