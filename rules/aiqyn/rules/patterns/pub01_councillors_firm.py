"""PUB-01: a councillor's company supplies a body that the council's budget pays for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from aiqyn.rules.model import Finding, Lack, Rule
from aiqyn.rules.profile import Profile
from aiqyn.rules.terms import interest, lacking
from aiqyn.rules.terms.conflict import conflict
from aiqyn.rules.terms.household import household
from aiqyn.rules.terms.influence import COUNCILLOR, Influence
from aiqyn.rules.terms.ties import Tie, ties
from aiqyn.rules.view import Case, GraphView, Node
from aiqyn.schemas.days import ALWAYS, NO_DAYS, Days
from aiqyn.schemas.shares import Threshold


@dataclass(frozen=True, slots=True)
class Params:
    min_share: Threshold = field(
        default=Threshold(Fraction(1, 20)), metadata={"help": "least integrated share that counts"}
    )


def check(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Finding]:
    """Flag a supplier in which a council member, or somebody of the household, has an interest while it supplies a body
    financed from that council's budget: the council stands up to two levels above it, on the same budget level."""
    for party in case.parties:
        if not party.won:
            continue
        for tie in ties(party, case, view):
            seats = _council_seats(tie, view)
            if not seats:
                continue
            member = ALWAYS if tie.own else _membership(tie.official, tie.holder, view)
            days = interest.strong(tie.holder, party, party.window, params.min_share, view, profile) & member
            if not days:
                continue
            council = replace(tie, influence=tuple(seats))
            ways = interest.strong_ways(tie.holder, party, days, params.min_share, view, profile)
            found = conflict(RULE.id, party, council, days, ways, (3,), {"min_share": params.min_share}, "high")
            if found is not None:
                yield found


def _council_seats(tie: Tie, view: GraphView) -> list[Influence]:
    """Influence by a seat on a council above the buyer whose budget level is the buyer's."""
    found = []
    by_post = {(post.link.seq, post.body): post for post in view.posts(tie.official)}
    for influence in tie.influence:
        first = influence.way.links[0]
        post = by_post.get((first.seq, first.target)) if isinstance(first.target, int) else None
        if influence.seat or post is None or post.role != COUNCILLOR or len(influence.way.links) < 3:
            continue
        payer = influence.way.links[-1].source
        ours = view.budget_levels(post.body)
        levels = view.budget_levels(payer) if isinstance(payer, int) else frozenset()
        if not ours & levels:
            continue
        sure = len(ours) == 1 and ours == levels
        found.append(influence if sure else influence._replace(days=influence.days.as_possible()))
    return found


def _membership(official: Node, holder: Node, view: GraphView) -> Days:
    for member in household(official, view):
        if member.person == holder:
            return member.days
    return NO_DAYS


def lacks(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Lack]:
    suppliers = [party for party in case.parties if party.won]
    if not suppliers:
        return
    parents = lacking.above(case)
    if not parents:
        yield Lack(lacking.PARENT, case.buyer)
    elif not any(post.role == COUNCILLOR for body in parents for _, post in view.staff(body)):
        yield Lack(lacking.POSTS, case.buyer)
    if case.buyer is not None and not view.budget_levels(case.buyer):
        yield Lack(lacking.BUDGET, case.buyer)
    yield from lacking.interests(suppliers, view)


RULE = Rule(
    id="PUB-01",
    version=1,
    title="Councillor's firm",
    summary="Records show that {persons} sits on a council, or is of a council member's household, and has an interest "
    "in {companies}, which supplies a body financed from that council's budget.",
    severity="high",
    needs=("official.occupancy", "registry.company", "ownership.statement", "registry.directorship"),
    topic="people",
    params=Params(),
    check=check,
    lacking=lacks,
    near_miss="Another budget level, or a council three levels up, is none.",
)
