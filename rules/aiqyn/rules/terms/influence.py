"""Influence of a person over an allocation: levels I1 to I4, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from aiqyn.rules.view import Case, DatedWay, GraphView, Node, Party, Seat, Truth
from aiqyn.schemas.days import BEGINNING, NO_DAYS, Days

Level = Literal[1, 2, 3, 4]

DECIDING_SEATS = frozenset({"chair", "member", "evaluator", "specAuthor", "approver", "decider"})
"""Seats that give I1."""
DECIDING_POSTS = frozenset({"head", "deputyHead", "unitHead", "procurement", "minister", "akim", "boardMember"})
"""Posts that give I2 at the buyer, I3 above it."""
COUNCILLOR = "councilMember"


class Influence(NamedTuple):
    level: Level
    days: Days
    """Within the party's decision window."""
    way: DatedWay
    """The duty side of a path: from the person to the case."""
    seat: bool
    """On account of a seat in the process, not of a post."""


class Conduct(NamedTuple):
    """Whether a person declared the conflict and stepped back before the award."""

    recused: Truth
    declared: Truth

    @property
    def managed(self) -> bool:
        return self.recused.certain and self.declared.certain


def before(day: tuple[int, int], last_first: int, last: int) -> Truth:
    """Whether a date (first and last day it may mean) lies before the last day of a window."""
    return Truth(day[1] < last_first, day[0] < last)


def conduct(person: Node, party: Party, case: Case, view: GraphView) -> Conduct:
    """Recusal and declaration of the person in this process, towards this party."""
    recused = Truth(False, False)
    for seat in case.seats.get(person, ()):
        if seat.recused_on is not None:
            recused = either(recused, before(seat.recused_on, party.last_day_first, party.last_day))
    declared = Truth(False, False)
    if recused.possible:
        for declaration in view.declarations(person):
            for item in declaration.items:
                named = (case.ocid is not None and item.ocid == case.ocid) or item.counterparty == party.node
                if item.kind == "conflict" and named:
                    declared = either(declared, before(declaration.filed_on, party.last_day_first, party.last_day))
    return Conduct(recused, declared)


def either(left: Truth, right: Truth) -> Truth:
    return Truth(left.certain or right.certain, left.possible or right.possible)


def influences(person: Node, party: Party, case: Case, view: GraphView, conduct_of: Conduct) -> Iterator[Influence]:
    """Every influence of the person over the case as far as it concerns the party, in force in the window."""
    for seat in case.seats.get(person, ()):
        yield from _of_seat(seat, party, conduct_of)
    for post in view.posts(person):
        bodies = case.bodies.get(post.body, ())
        if not bodies:
            continue
        days = post.days & party.span
        if not days:
            continue
        for body in bodies:
            level = post_level(post.role, body.distance)
            if level is not None:
                way = DatedWay((post.link, *body.links), days)
                yield Influence(level, days, way, False)


def post_level(role: str, distance: int) -> Level | None:
    """The influence of a post at the buyer (distance 0) or at a body that many levels above it."""
    if role == COUNCILLOR:
        return 3
    if role in DECIDING_POSTS:
        return 2 if distance == 0 else 3
    return 4 if distance == 0 else None


def _of_seat(seat: Seat, party: Party, conduct_of: Conduct) -> Iterator[Influence]:
    level = seat_level(seat)
    if level is None or not concerns(seat, party):
        return
    days = seat.days & party.span
    recused, declared = conduct_of
    if recused.possible and not declared.certain:
        days = NO_DAYS if recused.certain and not declared.possible else days.as_possible()
    if days:
        yield Influence(level, days, DatedWay((seat.link,), days), True)


def seat_level(seat: Seat) -> Level | None:
    if seat.role in DECIDING_SEATS:
        return 1
    return 2 if seat.role == "secretary" else None


def concerns(seat: Seat, party: Party) -> bool:
    """Whether the seat is about a lot of the party; the secretary serves the whole process."""
    if seat.role == "secretary" or not seat.lots or not party.entered:
        return True
    return bool(seat.lots & party.entered)


def unrecused(seat: Seat) -> Days:
    """Days in the seat before the recusal."""
    if seat.recused_on is None:
        return seat.days
    first, last = seat.recused_on
    return seat.days & Days.of([(BEGINNING, first, True), (first, last, False)])
