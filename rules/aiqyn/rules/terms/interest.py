"""Interest of a person in a company: levels i1 to i3, day by day, exempt ties left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from aiqyn.rules.profile import Profile
from aiqyn.rules.view import DatedWay, GraphView, Node, Party, Role
from aiqyn.schemas.days import NO_DAYS, Days
from aiqyn.schemas.shares import Threshold

MANAGING_ROLES = frozenset({"director", "manager", "representative", "founder"})
QUARTER = Threshold(Fraction(1, 4), ">=")


def owns(
    players: frozenset[Node],
    party: Party,
    window: Days,
    threshold: Threshold,
    view: GraphView,
    profile: Profile,
) -> Days:
    """Days of the window on which the players together own at least the threshold, integrated. A stake in a listed
    company counts only where it exceeds the profile's limit."""
    return _unless_listed(
        party,
        view,
        view.holding(party.node, window).owns(players, threshold),
        lambda: view.holding(party.node, window).owns(players, stricter(threshold, profile.listed_exempt)),
    )


def owns_directly(holder: Node, party: Party, threshold: Threshold, view: GraphView, profile: Profile) -> Days:
    """As `owns`, by direct stakes alone."""
    holding = view.holding(party.node, party.window)
    return _unless_listed(
        party,
        view,
        holding.owns_directly(holder, threshold),
        lambda: holding.owns_directly(holder, stricter(threshold, profile.listed_exempt)),
    )


def _unless_listed(party: Party, view: GraphView, days: Days, exempting: Callable[[], Days]) -> Days:
    listed = view.is_listed(party.node)
    if not days or not listed.possible:
        return days
    strict = exempting()
    return strict if listed.certain else Days(strict.certain, days.possible)


def stricter(left: Threshold, right: Threshold) -> Threshold:
    """The threshold that fewer shares reach."""
    return max(left, right, key=lambda limit: (limit.value, limit.operator == ">"))


def controls(players: frozenset[Node], party: Party, window: Days, view: GraphView) -> Days:
    return view.holding(party.node, window).controls(players)


def holds(player: Node, party: Party, window: Days, min_share: Threshold, view: GraphView, profile: Profile) -> Days:
    """Days on which the person owns at least `min_share` integrated, or controls the company (i1 by ownership, i2)."""
    players = frozenset({player})
    return owns(players, party, window, min_share, view, profile) | controls(players, party, window, view)


def managing_roles(person: Node, party: Party, view: GraphView) -> Sequence[Role]:
    """The person's roles in the company that make an interest: not ex officio."""
    return [
        role
        for role in view.roles(party.node)
        if role.person == person and role.role in MANAGING_ROLES and not role.ex_officio
    ]


def role_days(role: Role, party: Party, window: Days, view: GraphView) -> Days:
    """Days of the window, widest reading, on which the role is an interest: none in a state-owned company."""
    days = role.days & Days(window.possible, window.possible)
    return days.minus(view.is_state_owned(party.node, window)) if days else NO_DAYS


def manages(person: Node, party: Party, window: Days, view: GraphView) -> Days:
    days = NO_DAYS
    for role in managing_roles(person, party, view):
        days = days | role_days(role, party, window, view)
    return days


def strong(person: Node, party: Party, window: Days, min_share: Threshold, view: GraphView, profile: Profile) -> Days:
    """Days of i1 or i2: owns `min_share`, controls, or manages."""
    return holds(person, party, window, min_share, view, profile) | manages(person, party, window, view)


def role_ways(person: Node, party: Party, days: Days, view: GraphView) -> list[DatedWay]:
    """The roles of the person in the company that are in force on some of the days."""
    found = []
    for role in managing_roles(person, party, view):
        common = role.days & days
        if common:
            found.append(DatedWay((role.link._replace(certain=bool(common.certain)),), common))
    return found


def stake_ways(
    holder: Node, party: Party, days: Days, view: GraphView, direct: bool = False
) -> tuple[list[DatedWay], int]:
    """Ways of ownership and control, and how many were left out (-1: not counted)."""
    ways, omitted = view.holding(party.node, party.window).ways(holder, days, direct)
    return list(ways), omitted


def strong_ways(
    holder: Node, party: Party, days: Days, min_share: Threshold, view: GraphView, profile: Profile
) -> tuple[list[DatedWay], int]:
    """The ways of i1 or i2: roles, and stakes where they reach `min_share` or confer control."""
    ways: list[DatedWay] = []
    omitted = 0
    by_stake = holds(holder, party, party.window, min_share, view, profile) & days
    if by_stake:
        ways, omitted = stake_ways(holder, party, by_stake, view)
    return [*role_ways(holder, party, days, view), *ways], omitted
