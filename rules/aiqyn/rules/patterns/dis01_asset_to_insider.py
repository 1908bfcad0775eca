"""DIS-01: a state asset goes to who decided on it, a relative, or their company."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from aiqyn.rules.model import Finding, Lack, Rule, Severity
from aiqyn.rules.profile import Profile
from aiqyn.rules.terms import interest, lacking
from aiqyn.rules.terms.conflict import conflict
from aiqyn.rules.terms.ties import Tie, ties
from aiqyn.rules.view import Case, DatedWay, GraphView, Party
from aiqyn.schemas.shares import Threshold


@dataclass(frozen=True, slots=True)
class Params:
    min_share: Threshold = field(
        default=Threshold(Fraction(1, 20)), metadata={"help": "least integrated share that counts"}
    )
    months: int = field(default=24, metadata={"help": "how long an earlier disposal of the same asset counts"})
    cheap: Fraction = field(
        default=Fraction(4, 5),
        metadata={"help": "below this part of the valuation a price is cheap: critical"},
    )


def check(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Finding]:
    """Flag a disposal of a state asset whose recipient is a decider or deciding at the grantor, a relative of one, or
    linked with one. Where the same asset went to somebody else within `months` before, those who decided then count
    too. Critical where the price is below `cheap` of the valuation."""
    if case.kind != "assetDisposal":
        return
    severity: Severity = "critical" if is_cheap(case, params.cheap) else "high"
    (party,) = case.parties
    yield from _judge(ties(party, case, view), party, severity, view, params, profile)
    for earlier in case.earlier:
        then = earlier.parties[0]
        if then.node != party.node and _within(then, party, params.months):
            yield from _judge(_as_then(earlier, then, party, view), party, severity, view, params, profile)


def _as_then(earlier: Case, then: Party, now: Party, view: GraphView) -> Iterator[Tie]:
    """Those with influence over the earlier disposal on its day, with their ties to the present recipient."""
    both = now._replace(window=then.window | now.window)
    for tie in ties(both, replace(earlier, parties=(both,)), view):
        power = []
        for influence in tie.influence:
            held = influence.days & then.window
            if held:
                days = now.window if held.certain else now.window.as_possible()
                power.append(influence._replace(days=days, way=DatedWay(influence.way.links, days)))
        if power:
            yield replace(tie, influence=tuple(power))


def is_cheap(case: Case, limit: Fraction) -> bool:
    """Whether price and valuation are in one currency and the price is below the limit's part of it."""
    if case.price is None or case.valuation is None or case.price[1] != case.valuation[1]:
        return False
    return Fraction(Decimal(case.price[0])) < Fraction(Decimal(case.valuation[0])) * limit


def _within(then: Party, now: Party, months: int) -> bool:
    """Whether the earlier day is before the later one by at most so many calendar months."""
    if then.first_day >= now.last_day:
        return False
    last = date.fromordinal(now.first_day)
    year, month = divmod(last.year * 12 + last.month - 1 - months, 12)
    day = last.day
    while True:
        try:
            return then.last_day >= date(year, month + 1, day).toordinal()
        except ValueError:
            day -= 1


def _judge(
    found_ties: Iterable[Tie],
    party: Party,
    severity: Severity,
    view: GraphView,
    params: Params,
    profile: Profile,
) -> Iterator[Finding]:
    for tie in found_ties:
        days = interest.strong(tie.holder, party, party.window, params.min_share, view, profile)
        if days:
            ways = interest.strong_ways(tie.holder, party, days, params.min_share, view, profile)
            found = conflict(RULE.id, party, tie, days, ways, (1, 2), {"min_share": params.min_share}, severity)
            if found is not None:
                yield found


def lacks(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Lack]:
    if case.kind == "assetDisposal":
        yield from lacking.influence(case, view, (1, 2))
        yield from lacking.relatives(case, view, (1, 2))
        yield from lacking.interests(case.parties, view)


RULE = Rule(
    id="DIS-01",
    version=1,
    title="Asset to an insider",
    summary="Records show that {persons} decided on this disposal, or is a relative of who did, and has an interest in "
    "{companies}, which received the asset.",
    severity="high; critical when cheap",
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
    near_miss="A recipient without tie to those who decided is none.",
)
