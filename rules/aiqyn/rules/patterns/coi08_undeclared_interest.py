"""COI-08: an interest that the official's declaration leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from aiqyn.rules.model import Finding, Lack, Rule, Severity
from aiqyn.rules.overrides import params_of
from aiqyn.rules.patterns import (
    coi01_direct_interest,
    coi02_manages,
    coi03_indirect_interest,
    coi04_relative_owns,
    coi05_relative_manages,
)
from aiqyn.rules.profile import Profile
from aiqyn.rules.terms import interest, lacking
from aiqyn.rules.terms.conflict import conflict
from aiqyn.rules.terms.household import Member, household
from aiqyn.rules.terms.ties import Tie, ties, turned
from aiqyn.rules.view import Case, DatedWay, Declaration, GraphView, Node, Party, Truth
from aiqyn.schemas.days import ALWAYS, Days, iso
from aiqyn.schemas.shares import Threshold


@dataclass(frozen=True, slots=True)
class Params:
    min_share: Threshold = field(
        default=Threshold(Fraction(1, 20)), metadata={"help": "least integrated share that counts"}
    )
    grace_days: int = field(
        default=30,
        metadata={"help": "an interest that began within so many days before the filing may be missing"},
    )


_CONFLICTS = (
    coi01_direct_interest, coi02_manages, coi03_indirect_interest, coi04_relative_owns, coi05_relative_manages,
)  # fmt: skip


def check(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Finding]:
    """Flag a bidder or supplier in which a person with influence, or its household, had an interest on the day it filed
    a declaration whose period meets the window; the interest began over `grace_days` before, and the declaration names
    neither the company nor any company between holder and company. The interest need not be in force in the window."""
    for party in case.parties:
        for tie in ties(party, case, view, ALWAYS):
            if not any(influence.level in (1, 2, 4) for influence in tie.influence):
                continue
            for declarant, same in view.same_as(tie.official):
                as_filed = replace(tie, before=(*turned(same), *tie.before))
                for declaration in view.declarations(declarant):
                    if declaration.period & party.window:
                        found = _judge(as_filed, declaration, case, party, view, params, profile)
                        if found is not None:
                            yield found


def _judge(
    tie: Tie,
    declaration: Declaration,
    case: Case,
    party: Party,
    view: GraphView,
    params: Params,
    profile: Profile,
) -> Finding | None:
    first, last = declaration.filed_on
    member = _member(tie, view)
    if member is None:
        return None
    span = Days.between(first - params.grace_days - 1, last + 1)
    held = interest.strong(tie.holder, party, span, params.min_share, view, profile)
    omitted = _filings(held, member.days, declaration.filed_on, params.grace_days)
    if not omitted.possible:
        return None
    ways, left_out = _ways(tie.holder, party, held, view, params, profile)
    named = {item.counterparty for item in declaration.items if item.counterparty is not None}
    if not ways or any(_named(way, party, named) for way in ways):
        return None
    sure = omitted.certain and bool((declaration.period & party.window).certain)
    days = ALWAYS if sure else ALWAYS.as_possible()
    shown = [DatedWay(way.links, ALWAYS) for way in ways]
    at_filing = replace(tie, kin=tuple(kin._replace(days=ALWAYS) for kin in member.ways))
    filed = iso(first) if first == last else f"{iso(first)}/{iso(last)}"
    return conflict(
        RULE.id, party, at_filing, days, (shown, left_out), (1, 2, 4),
        {"min_share": params.min_share, "grace_days": params.grace_days, "filed": [filed]},
        _severity(tie, case, party, view, profile),
    )  # fmt: skip


def _member(tie: Tie, view: GraphView) -> Member | None:
    """The holder as a member of the official's household."""
    if tie.own:
        return Member(tie.official, ALWAYS, ())
    return next((member for member in household(tie.official, view) if member.person == tie.holder), None)


def _filings(held: Days, household_days: Days, filed_on: tuple[int, int], grace_days: int) -> Truth:
    """Whether on the day of filing, whichever it was, the holder was of the household and had held the interest for
    over the days of grace: certain if so for every reading of that day, possible if for some."""
    readings = range(filed_on[0], filed_on[1] + 1)
    certain, possible = (
        [
            any(part.start < day - grace_days and day < part.end for part in of_held)
            and any(part.start <= day < part.end for part in of_household)
            for day in readings
        ]
        for of_held, of_household in (
            (held.certain, household_days.certain),
            (held.possible, household_days.possible),
        )
    )
    return Truth(all(certain), any(possible))


def _ways(
    holder: Node, party: Party, held: Days, view: GraphView, params: Params, profile: Profile
) -> tuple[list[DatedWay], int]:
    window = Days.between(held.possible[0].start, held.possible[-1].end)
    roles = interest.role_ways(holder, party, held, view)
    stakes, omitted = view.holding(party.node, window).ways(holder, held)
    return [*roles, *stakes], omitted


def _named(way: DatedWay, party: Party, named: set[Node]) -> bool:
    """Whether the declaration names the company or one on the way to it."""
    return any(link.target in named for link in way.links) or party.node in named


def _severity(tie: Tie, case: Case, party: Party, view: GraphView, profile: Profile) -> Severity:
    """High where one of COI-01 to COI-05 also holds for the official, else medium."""
    for rule in _CONFLICTS:
        for found in rule.check(case, view, params_of(rule.RULE, profile), profile):
            if isinstance(found, Finding) and found.persons[0] == tie.official:
                return "high"
    return "medium"


def lacks(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Lack]:
    people = lacking.officials(case, view, (1, 2, 4))
    yield from lacking.influence(case, view, (1, 2, 4))
    yield from lacking.declarations(case, view, people)
    yield from lacking.interests(case.parties, view)


RULE = Rule(
    id="COI-08",
    version=1,
    title="Undeclared interest",
    summary="Records show an interest in {companies} on the day on which {persons} filed a declaration that does not "
    "name it.",
    severity="medium; high where one of COI-01 to COI-05 also holds",
    mapping="LT-COI-04",
    needs=("official.occupancy", "official.declaration", "ownership.statement", "registry.directorship"),
    topic="people",
    params=Params(),
    check=check,
    lacking=lacks,
    near_miss="An interest that began within the days of grace before the filing may be missing.",
)
