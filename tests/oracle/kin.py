"""Relatives near enough, and not, and what they own and manage."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from tests.oracle.interests import post_in_company, spoils, through_others
from tests.oracle.planned import DAY, Interest, Plant, Process
from tests.oracle.statements import Body, Person

if TYPE_CHECKING:
    from tests.oracle.country import Builder


Kin = Callable[["Builder", Process, Person, Person], None]


def _chain(*links: str, died: date | None = None) -> Kin:
    """Ties from the official to the relative; those between died on `died`."""

    def tie(b: Builder, run: Process, official: Person, relative: Person) -> None:
        people = [official, *(b.person(died) for _ in links[1:]), relative]
        for person, link, other in zip(people, links, people[1:], strict=False):
            b.book.tie(person, other, link)

    return tie


def _divorced_before(b: Builder, run: Process, official: Person, relative: Person) -> None:
    b.book.tie(official, relative, "spouse", date(2005, 6, 4), run.first)


def _married_after(b: Builder, run: Process, official: Person, relative: Person) -> None:
    b.book.tie(official, relative, "spouse", run.last + DAY)


def _wrong_tie(b: Builder, run: Process, official: Person, relative: Person) -> None:
    b.book.retract(b.book.tie(official, relative, "sibling"))


RELATED: tuple[Kin, ...] = (
    _chain("spouse"),
    _chain("partner"),
    _chain("parent"),
    _chain("child"),
    _chain("sibling"),
    _chain("grandparent"),
    _chain("parent", "parent"),
    _chain("parent", "child"),
    _chain("child", "child"),
    _chain("sibling", "parent"),
    _chain("spouse", "parent"),
    _chain("spouse", "sibling"),
    _chain("spouse", "parent", "parent"),
    _chain("sibling", "spouse"),
    _chain("parent", "spouse"),
    _chain("child", "spouse"),
    _chain("adoptedChild"),
    _chain("parent", "child", died=date(2020, 2, 2)),
)
UNRELATED: tuple[Kin, ...] = (
    _chain("associate"),
    _chain("relative"),
    _chain("parent", "sibling", "child"),
    _chain("grandparent", "parent"),
    _chain("spouse", "sibling", "spouse"),
    _chain("grandparent", "spouse", "child"),
    _chain("parent", "parent", "child"),
    _chain("spouse", "parent", died=date(2020, 2, 2)),
    _divorced_before,
    _married_after,
    _wrong_tie,
)


def _relative(b: Builder, run: Process, official: Person, spoil: bool) -> Person:
    if spoil and b.chance(0.1):
        late = b.person(run.first)
        b.book.tie(official, late, "sibling")
        return late
    relative = b.person()
    b.random.choice(UNRELATED if spoil else RELATED)(b, run, official, relative)
    return relative


def relative_owns(b: Builder, run: Process, official: Person, company: Body, spoilt: bool) -> Plant:
    spoil_kin = spoils(b, spoilt)
    relative = _relative(b, run, official, spoil_kin)
    spoil = spoils(b, spoilt or spoil_kin)
    if b.chance(0.5):
        interest: Interest = ("COI-04", True) if b.stake(relative, company, 30, run, spoil) else None
    else:
        interest = through_others(b, run, relative, company, spoil, "COI-04")
    return (None if spoil_kin else interest), (official.id, relative.id)


def relative_manages(b: Builder, run: Process, official: Person, company: Body, spoilt: bool) -> Plant:
    spoil_kin = spoils(b, spoilt)
    relative = _relative(b, run, official, spoil_kin)
    stands = post_in_company(b, run, relative, company, spoils(b, spoilt or spoil_kin))
    return (("COI-05", True) if stands and not spoil_kin else None), (official.id, relative.id)
