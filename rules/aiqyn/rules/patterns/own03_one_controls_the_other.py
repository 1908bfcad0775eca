"""OWN-03: two bidders of one lot belong to one group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aiqyn.rules.model import Finding, Lack, Rule, Severity
from aiqyn.rules.profile import Profile
from aiqyn.rules.terms import lacking
from aiqyn.rules.terms import rivals as pairs
from aiqyn.rules.view import Case, GraphView, Rivals
from aiqyn.schemas.days import ALWAYS, Days


@dataclass(frozen=True, slots=True)
class Params:
    """No parameters: control is the fixpoint over more than half of the votes, or an interest that confers it."""


def check(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Finding]:
    """Flag two bidders of one lot where one controls the other, or one company controls both. A public body as the
    common owner is information."""
    for rivals in pairs.related(case, view):
        yield from judge(rivals, view)


def judge(rivals: Rivals, view: GraphView) -> Iterator[Finding]:
    """The findings about one pair, one a controlling company."""
    for common in pairs.common_holders(rivals, view):
        holder = common.left
        if common.same:
            continue  # of two persons who may be one neither is a company
        if view.is_person(holder) and holder not in (rivals.left.node, rivals.right.node):
            continue
        days = pairs.window(rivals)
        for party in (rivals.left, rivals.right):
            if party.node != holder:
                days = days & view.holding(party.node, party.window).controls(frozenset({holder}))
        if days:
            yield _finding(rivals, common, days, view)


def _finding(rivals: Rivals, common: pairs.Common, days: Days, view: GraphView) -> Finding:
    holder = common.left
    ways = pairs.stake_ways(common, rivals, days & ALWAYS, view)
    both = holder not in (rivals.left.node, rivals.right.node)
    severity: Severity = "info" if both and view.is_public_body(holder).certain else "high"
    return pairs.finding(RULE.id, rivals, days, severity, view, (), ways)


def lacks(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Lack]:
    yield from lacking.rivals(case)
    yield from lacking.owners(lacking.bidders(case), view)


RULE = Rule(
    id="OWN-03",
    version=1,
    title="One controls the other",
    summary="Records show that {companies}, which bid for the same lot, are under one control.",
    severity="high; information where a public body is the common owner",
    mapping="KZ affiliates",
    needs=("procurement.release", "ownership.statement"),
    topic="rivals",
    params=Params(),
    check=check,
    lacking=lacks,
    near_miss="Exactly half of the votes is no control.",
)
