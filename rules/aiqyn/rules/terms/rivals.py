"""Two bidders of one lot, and what they have in common (rules-catalogue, section 4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from aiqyn.rules.model import Finding, Path, Severity
from aiqyn.rules.profile import Profile
from aiqyn.rules.terms import interest
from aiqyn.rules.view import Case, DatedWay, GraphView, Node, Party, Rivals, Way
from aiqyn.schemas.days import Days
from aiqyn.schemas.shares import Threshold


class Common(NamedTuple):
    """Somebody whom two companies have in common: one node, or two that may be the same person."""

    left: Node
    right: Node
    same: Way
    """From the one at the left company to the one at the right; empty where they are one."""


def related(case: Case, view: GraphView) -> Iterable[Rivals]:
    """The pairs that have anybody upstream or any person with a role in common."""
    memo = view.memo()
    key = ("related", case.key)
    if key not in memo:
        memo[key] = [rivals for rivals in case.rivals if view.may_be_related(rivals)]
    return cast("Sequence[Rivals]", memo[key])


def common_holders(rivals: Rivals, view: GraphView) -> Iterator[Common]:
    """Those who are upstream of both (or are one and upstream of the other), by node."""
    left, right = (
        set(view.holding(party.node, party.window).holders()) | {party.node} for party in (rivals.left, rivals.right)
    )
    return in_common(left, right, view)


def in_common(left: Collection[Node], right: Collection[Node], view: GraphView) -> Iterator[Common]:
    """The nodes that are on both sides; then, at the unconfirmed level, pairs of persons who may be one."""
    for node in sorted(node for node in left if node in right):
        yield Common(node, node, ())
    for node in sorted(node for node in right if node not in left):
        for other, way in view.same_as(node):
            if other in left and other not in right:
                yield Common(other, node, way)


def window(rivals: Rivals) -> Days:
    """The days that both companies' windows share."""
    return rivals.left.window & rivals.right.window


def both_hold(
    rivals: Rivals, common: Common, threshold: Threshold, control: bool, view: GraphView, profile: Profile
) -> Days:
    """Shared days on which they reach the threshold (or, with `control`, control) in each of the two."""
    days = window(rivals)
    for party, holder in ((rivals.left, common.left), (rivals.right, common.right)):
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


def stake_ways(common: Common, rivals: Rivals, days: Days, view: GraphView) -> dict[Node, Sequence[DatedWay]]:
    """By company the ways from them to it."""
    right = [DatedWay((*common.same, *way.links), way.days) for way in _to(common.right, rivals.right, days, view)]
    return {rivals.left.node: _to(common.left, rivals.left, days, view), rivals.right.node: right}


def _to(holder: Node, party: Party, days: Days, view: GraphView) -> Sequence[DatedWay]:
    return interest.stake_ways(holder, party, days, view)[0]
