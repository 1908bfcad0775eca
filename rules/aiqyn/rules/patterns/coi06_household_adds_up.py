"""COI-06: small stakes of one household add up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise

from aiqyn.rules.model import Finding, Lack, Rule
from aiqyn.rules.profile import Profile
from aiqyn.rules.terms import interest, lacking
from aiqyn.rules.terms.conflict import conflict
from aiqyn.rules.terms.household import Member, household
from aiqyn.rules.terms.ties import Tie, ties
from aiqyn.rules.view import Case, DatedWay, GraphView, Holding, Node, Party
from aiqyn.schemas.days import ALWAYS, NO_DAYS, Days
from aiqyn.schemas.shares import Threshold


@dataclass(frozen=True, slots=True)
class Params:
    min_share: Threshold = field(
        default=Threshold(Fraction(1, 20)), metadata={"help": "share that the household reaches together"}
    )


def check(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Finding]:
    """Flag a bidder or supplier in which nobody of the household of a person with influence (named in the process, or
    deciding at the buyer) alone reaches `min_share`, yet together they do, or control it."""
    for party in case.parties:
        seen: set[Node] = set()
        for tie in ties(party, case, view):
            if tie.official not in seen:
                seen.add(tie.official)
                found = _judge(tie, party, view, params, profile)
                if found is not None:
                    yield found


def _judge(tie: Tie, party: Party, view: GraphView, params: Params, profile: Profile) -> Finding | None:
    holding = view.holding(party.node, party.window)
    members = [m for m in household(tie.official, view) if _stake(m, holding) & m.days & party.window]
    if len(members) < 2:
        return None
    days = _together(members, party, view, params, profile)
    if not days:
        return None
    own = replace(tie, holder=tie.official, kin=())
    ways, omitted = _ways(members, party, days, view)
    share = holding.share(frozenset(member.person for member in members))
    parameters = {"min_share": params.min_share, "share": share}
    found = conflict(RULE.id, party, own, days, (ways, omitted), (1, 2), parameters)
    if found is None:
        return None
    others = sorted((m.person for m in members if m.person != tie.official), key=view.name)
    return replace(found, persons=(tie.official, *others))


def _stake(member: Member, holding: Holding) -> Days:
    """Days on which the member has a stake, be it one that counts for control alone: in a company with the say."""
    days = holding.has_stake(member.person)
    for links, on in holding.ways(member.person, ALWAYS)[0]:
        if any(link.kind == "controls" for link in links):
            days = days | on
    return days


def _together(members: Sequence[Member], party: Party, view: GraphView, params: Params, profile: Profile) -> Days:
    """Days on which those who then are of the household reach the threshold together, and none of them alone."""
    days = NO_DAYS
    window = party.span
    for start, end, present in _stretches(members, window):
        players = frozenset(member.person for member in present)
        if len(players) < 2:
            continue
        stretch = Days.between(start, end) & window
        sure = frozenset(m.person for m in present if (m.days & stretch).certain == stretch.certain)
        together = interest.owns(players, party, window, params.min_share, view, profile)
        together = together | interest.controls(players, party, window, view)
        if sure != players:
            certain = NO_DAYS
            if len(sure) > 1:
                certain = interest.owns(sure, party, window, params.min_share, view, profile)
                certain = certain | interest.controls(sure, party, window, view)
            together = together.as_possible() | certain
        for member in present:
            alone = interest.holds(member.person, party, window, params.min_share, view, profile)
            together = together.minus(alone & member.days)
        days = days | (together & stretch)
    return days


def _stretches(members: Sequence[Member], window: Days) -> Iterator[tuple[int, int, list[Member]]]:
    """The window cut where somebody joins or leaves the household, with those who may then belong to it."""
    start, end = window.possible[0].start, window.possible[-1].end
    cuts = {start, end}
    for member in members:
        for part in (*member.days.certain, *member.days.possible):
            cuts.update(day for day in part if start < day < end)
    edges = sorted(cuts)
    for a, b in pairwise(edges):
        yield a, b, [member for member in members if member.days & Days.between(a, b)]


def _ways(members: Sequence[Member], party: Party, days: Days, view: GraphView) -> tuple[list[DatedWay], int]:
    """The stakes of every member, each after the family tie that leads to it."""
    found: list[DatedWay] = []
    omitted = 0
    for member in members:
        ways, left_out = interest.stake_ways(member.person, party, days & member.days, view)
        omitted = -1 if omitted < 0 or left_out < 0 else omitted + left_out
        for way in ways:
            if not member.ways:
                found.append(way)
            found.extend(DatedWay((*kin.links, *way.links), way.days & kin.days) for kin in member.ways)
    return found, omitted


def lacks(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Lack]:
    yield from lacking.influence(case, view, (1, 2))
    yield from lacking.relatives(case, view, (1, 2))
    yield from lacking.owners(case.parties, view)


RULE = Rule(
    id="COI-06",
    version=1,
    title="Household adds up",
    summary="Records show that the household {persons} together owns or controls {companies}; the first has influence "
    "over this allocation.",
    severity="by the table of influence and kinship",
    mapping="Bank of Italy 'family business'",
    needs=("official.occupancy", "official.relation", "ownership.statement"),
    topic="people",
    params=Params(),
    check=check,
    lacking=lacks,
    near_miss="Where one member alone reaches the threshold, COI-01, COI-03 or COI-04 speaks instead.",
)
