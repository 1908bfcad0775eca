"""OWN-04: two bidders of one lot have a manager in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aiqyn.rules.model import Finding, Lack, Rule
from aiqyn.rules.profile import Profile
from aiqyn.rules.terms import lacking
from aiqyn.rules.terms import rivals as pairs
from aiqyn.rules.view import Case, DatedWay, GraphView, Node, Party
from aiqyn.schemas.days import NO_DAYS, Days

ROLES = frozenset({"director", "manager", "representative", "accountant"})


@dataclass(frozen=True, slots=True)
class Params:
    """No parameters."""


def check(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Finding]:
    """Flag two bidders of one lot that have the same director, manager, representative or accountant on one same day
    of the windows that they share. One alert a person. Ex-officio roles and roles in state-owned companies are none."""
    for rivals in pairs.related(case, view):
        left, right = (_managers(party, view) for party in (rivals.left, rivals.right))
        for common in pairs.in_common(left, right, view):
            ours, theirs = left[common.left], right[common.right]
            days = pairs.window(rivals) & _any(ours) & _any(theirs)
            if days:
                joined = [DatedWay((*common.same, *way.links), way.days) for way in theirs]
                ways_by = {rivals.left.node: ours, rivals.right.node: joined}
                yield pairs.finding(RULE.id, rivals, days, "high", view, (common.left,), ways_by)


def _managers(party: Party, view: GraphView) -> dict[Node, list[DatedWay]]:
    found: dict[Node, list[DatedWay]] = {}
    for role in view.roles(party.node):
        if role.role in ROLES and not role.ex_officio:
            days = role.days & party.window
            if days:
                days = days.minus(view.is_state_owned(party.node, party.window))
            if days:
                found.setdefault(role.person, []).append(DatedWay((role.link,), days))
    return found


def _any(ways: list[DatedWay]) -> Days:
    days = NO_DAYS
    for way in ways:
        days = days | way.days
    return days


def lacks(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Lack]:
    yield from lacking.rivals(case)
    yield from lacking.managers(lacking.bidders(case), view)


RULE = Rule(
    id="OWN-04",
    version=1,
    title="Common manager",
    summary="Records show that {persons} is director, manager, representative or accountant of both {companies}, which "
    "bid for the same lot.",
    severity="high",
    mapping="TCU",
    needs=("procurement.release", "registry.directorship"),
    topic="rivals",
    params=Params(),
    check=check,
    lacking=lacks,
    near_miss="A founder or board member in common is not enough.",
)
