"""Two bidders of one lot, and what they have in common (rules-catalogue, section 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from aiqyn.rules.model import Finding, Path, Severity
from aiqyn.rules.profile import Profile
from aiqyn.rules.terms import interest
from aiqyn.rules.view import Case, DatedWay, GraphView, Node, Party, Rivals
from aiqyn.schemas.days import Days
from aiqyn.schemas.shares import Threshold


def related(case: Case, view: GraphView) -> Iterable[Rivals]:
    """The pairs that have anybody upstream or any person with a role in common."""
    memo = view.memo()
    key = ("related", case.key)
    if key not in memo:
        memo[key] = [rivals for rivals in case.rivals if view.may_be_related(rivals)]
    return cast("Sequence[Rivals]", memo[key])


def common_holders(rivals: Rivals, view: GraphView) -> Sequence[Node]:
    """Nodes that are upstream of both (or are one and upstream of the other), by node."""
    left, right = (
        set(view.holding(party.node, party.window).holders()) | {party.node} for party in (rivals.left, rivals.right)
    )
    return sorted(left & right)


def window(rivals: Rivals) -> Days:
    """The days that both companies' windows share."""
    return rivals.left.window & rivals.right.window


def both_hold(
    rivals: Rivals, holder: Node, threshold: Threshold, control: bool, view: GraphView, profile: Profile
) -> Days:
    """Shared days on which the holder reaches the threshold (or, with `control`, controls) in each of the two."""
    days = window(rivals)
    for party in (rivals.left, rivals.right):
        if not days:
            return days
        holds = interest.owns(frozenset({holder}), party, party.window, threshold, view, profile)
        if control:
            holds = holds | interest.controls(frozenset({holder}), party, party.window, view)
        days = days & holds
    return days


def finding(
    rule: str,
    rivals: Rivals,
    days: Days,
    severity: Severity,
    view: GraphView,
    persons: tuple[Node, ...],
    ways: Mapping[Node, Sequence[DatedWay]],
    parameters: Mapping[str, object] | None = None,
) -> Finding:
    """A finding about the pair. `ways`: by company, from what they have in common to that company."""
    certainty = days.certainty
    assert certainty is not None
    paths = [
        Path((), (*view.joined(persons), *way.links, party.link))
        for party in (rivals.left, rivals.right)
        for way in ways.get(party.node, ())
        if way.days & days
    ]
    return Finding(
        rule=rule,
        party=rivals.left,
        companies=(rivals.left.node, rivals.right.node),
        persons=persons,
        certainty=certainty,
        severity=severity,
        paths=paths,
        parameters=parameters or {},
    )


def stake_ways(holder: Node, rivals: Rivals, days: Days, view: GraphView) -> dict[Node, Sequence[DatedWay]]:
    """By company the ways from the holder to it."""
    return {party.node: _to(holder, party, days, view) for party in (rivals.left, rivals.right)}


def _to(holder: Node, party: Party, days: Days, view: GraphView) -> Sequence[DatedWay]:
    return interest.stake_ways(holder, party, days, view)[0]
