"""Ties: an official with influence over a case, and the person through whom an interest in a party may run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

from aiqyn.rules.terms.influence import Conduct, Influence, conduct, influences
from aiqyn.rules.view import Case, GraphView, Kin, Node, Party, Way
from aiqyn.schemas.days import ALWAYS, NO_DAYS, Days


@dataclass(frozen=True)
class Tie:
    """An official and the holder of a possible interest: the official itself, or a relative by one or more ways."""

    official: Node
    holder: Node
    kin: tuple[Kin, ...]
    """Ways from the official to the holder; empty where they are one person."""
    before: Way
    """`sameAs` links that hold the official's records together, and lead from it to the record of the family."""
    after: Way
    """`sameAs` links that lead from the person at the end of the family to the holder's record."""
    order: Callable[[Way], tuple[object, ...]]
    """`GraphView.order`."""
    influence: tuple[Influence, ...]
    conduct: Conduct

    @property
    def own(self) -> bool:
        return not self.kin

    @cached_property
    def near(self) -> bool:
        """The official, its spouse or child."""
        return self.own or any(kin.near for kin in self.kin)

    @property
    def persons(self) -> tuple[Node, ...]:
        return (self.official,) if self.own else (self.official, self.holder)

    def within(self, degrees: tuple[int, int]) -> Tie | None:
        """The tie by the ways within these degrees of blood and affinity alone; None where there is none."""
        blood, affinity = degrees
        kin = tuple(kin for kin in self.kin if kin.degree <= (affinity if kin.by_marriage else blood))
        if len(kin) == len(self.kin):
            return self
        return replace(self, kin=kin) if kin else None

    @property
    def family_days(self) -> Days:
        """Days on which the two are relatives (always, where they are one)."""
        if self.own:
            return ALWAYS
        days = NO_DAYS
        for kin in self.kin:
            days = days | kin.days
        return days


def ties(party: Party, case: Case, view: GraphView, when: Days | None = None) -> Sequence[Tie]:
    """Every official with influence over the case as far as the party is concerned, with every person of interest in
    the party that is the official or a relative. Asked from the party upwards; worked out once a view.

    `when`: the days on which somebody may be of interest in the party (the window).
    """
    memo = view.memo()
    key = ("ties", case.key, party, when)
    if key not in memo:
        holders = tuple(view.people_of_interest(party if when is None else party._replace(window=when)))
        same = ("ties", case.key, party, holders)
        if same not in memo:
            memo[same] = _ties(party, holders, case, view)
        memo[key] = memo[same]
    return cast("Sequence[Tie]", memo[key])


def _ties(party: Party, holders: Sequence[Node], case: Case, view: GraphView) -> Sequence[Tie]:
    found: list[Tie] = []
    for holder in holders:
        may_be = view.same_as(holder)
        oneself = {person for person, _ in may_be}
        for person, same in may_be:
            for official, kin, joined in _officials(person, case, view):
                if kin and official in oneself:
                    continue  # one person on this reading is no relative of itself
                how = conduct(official, party, case, view)
                power = tuple(influences(official, party, case, view, how))
                if power:
                    before = (*view.joined((official, person, holder)), *joined)
                    found.append(Tie(official, holder, kin, before, same, view.order, power, how))
    return found


def _officials(person: Node, case: Case, view: GraphView) -> Iterator[tuple[Node, tuple[Kin, ...], Way]]:
    """The person and its relatives, each as an official with influence that it may be; with the ways from it."""
    for relative in view.family(person):
        officials = [found for found in view.same_as(relative) if has_influence(found[0], case, view)]
        if not officials:
            continue
        if relative == person:
            yield person, (), ()
            continue
        ways = tuple(kin for kin in view.kin(relative) if kin.relative == person)
        if ways:
            for official, same in officials:
                yield official, ways, same


def turned(way: Way) -> Way:
    """A way of `sameAs` links, which hold in both directions, from its other end."""
    return tuple(link._replace(source=link.target, target=link.source) for link in reversed(way))


def has_influence(person: Node, case: Case, view: GraphView) -> bool:
    """Whether the person is named in the case, or ever held a post at one of its bodies."""
    return person in case.seats or any(post.body in case.bodies for post in view.posts(person))
