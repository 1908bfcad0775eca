"""SUP-01: a bidder, its controller or its director is listed as debarred."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aiqyn.rules.model import Finding, Lack, Path, Rule
from aiqyn.rules.profile import Profile
from aiqyn.rules.terms import lacking
from aiqyn.rules.view import Case, DatedWay, GraphView, Link, Listing, Node, Party
from aiqyn.schemas.days import ALWAYS, Days


@dataclass(frozen=True, slots=True)
class Params:
    """No parameters."""


def check(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Finding]:
    """Flag a bidder that is itself listed, or whose controller or director is, on a day from its bid (without a date
    the window's first day) to the award. A debarment's head counts as listed."""
    for party in case.parties:
        if view.listed_above(party):
            yield from _judge(party, view)


def _judge(party: Party, view: GraphView) -> Iterator[Finding]:
    span = Days.of([(party.bid_day, party.last_day + 1, False), (party.bid_day, party.last_day_first + 1, True)])
    yield from _listed(party, party.node, span, [DatedWay((), ALWAYS)], view)
    if party.natural_person or not span:
        return
    holding = view.holding(party.node, span)
    for holder in sorted(holding.holders()):
        if holder == party.node or not _is_listed(holder, view):
            continue
        days = holding.controls(frozenset({holder})) & span
        if days:
            yield from _listed(party, holder, days, list(holding.ways(holder, days)[0]), view)
    for role in view.roles(party.node):
        if role.role == "director" and not role.ex_officio and _is_listed(role.person, view):
            days = (role.days & span).minus(view.is_state_owned(party.node, span))
            if days:
                yield from _listed(party, role.person, days, [DatedWay((role.link,), days)], view)


def _is_listed(who: Node, view: GraphView) -> bool:
    return any(view.listings(each) for each, _ in view.same_as(who))


def _listed(party: Party, who: Node, days: Days, ways: list[DatedWay], view: GraphView) -> Iterator[Finding]:
    for each, same in view.same_as(who):
        for listing in view.listings(each):
            yield from _entered(party, who, listing, DatedWay(same, days), ways, view)


def _entered(
    party: Party, who: Node, listing: Listing, same: DatedWay, ways: list[DatedWay], view: GraphView
) -> Iterator[Finding]:
    """One entry in a register of the one who may be `who` (`same`: the way from the one entered, and the days)."""
    common = listing.days & same.days
    certainty = common.certainty
    if certainty is not None:
        person = view.is_person(who) and who != party.node
        entered = same.links[0].source if same.links else who
        entry = Link("listed", entered, listing.register or "register", listing.seq)
        paths = [
            Path((), (*view.joined((who,) if person else ()), entry, *same.links, *way.links, party.link))
            for way in ways
            if way.days & common
        ]
        yield Finding(
            rule=RULE.id,
            party=party,
            companies=(party.node,),
            persons=(who,) if person else (),
            certainty=certainty,
            severity="high",
            paths=paths,
        )


def lacks(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Lack]:
    if not view.knows_listings():
        yield Lack(lacking.DEBARMENTS, None)


RULE = Rule(
    id="SUP-01",
    version=1,
    title="Debarred",
    summary="Records show that {companies}, or who controls or directs it, was listed as debarred between bid "
    "and award.",
    severity="high",
    mapping="R046",
    needs=("registry.debarment",),
    topic="listed",
    params=Params(),
    check=check,
    lacking=lacks,
    near_miss="A listing that ended by the bid, or began after the award, is none.",
)
