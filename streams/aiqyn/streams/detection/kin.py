"""Relatives of a person within degrees of blood and affinity, by every simple way (rules-catalogue, section 1).

Blood degree counts the steps up to a common ancestor and down again. A stated full sibling's parents are one's own, so
a sibling step is free before an upward step and after a downward one. Affinity allows one marriage, at either end of a
blood path. Cost: the ties within three steps of the person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

from aiqyn.rules.view import Kin, Link, Node
from aiqyn.schemas.days import Days

Step = Literal["up", "down", "sibling", "half", "up2", "down2", "marriage"]
Phase = Literal["up", "aside", "down"]
_LONGEST = 5


class FamilyTie(NamedTuple):
    """A primitive tie as seen from one of its persons."""

    other: Node
    step: Step
    days: Days
    link: Link


class _Walk(NamedTuple):
    at: Node
    phase: Phase
    degree: int
    days: Days
    links: tuple[Link, ...]
    passed: frozenset[Node]
    married: bool

    @property
    def ends_at(self) -> int:
        """The degree if the walk ends here."""
        return self.degree + 2 if self.phase == "aside" else self.degree


def relatives(
    person: Node,
    ties: Callable[[Node], Iterable[FamilyTie]],
    alive: Callable[[Node], Days],
    blood: int,
    affinity: int,
) -> list[Kin]:
    """Every way from the person to a relative by blood up to `blood`, or by affinity up to `affinity`."""
    found: list[Kin] = []
    start = _Walk(person, "up", 0, alive(person), (), frozenset({person}), False)
    for walk in _blood_walks(start, ties, blood if blood > affinity else affinity):
        if walk.links and walk.ends_at <= blood:
            found.append(_kin(walk, alive, spouse=False, child=_is_child(walk)))
        if walk.ends_at > affinity:
            continue
        for tie in ties(walk.at):
            if tie.step != "marriage" or tie.other in walk.passed:
                continue
            days = walk.days & tie.days & alive(walk.at) & alive(tie.other)
            married = _Walk(tie.other, "up", 0, days, (*walk.links, tie.link), walk.passed | {tie.other}, True)
            if days:
                found.append(_kin(married, alive, spouse=not walk.links, child=False))
            if days and not walk.links:
                for beyond in _blood_walks(married, ties, affinity):
                    if beyond.at != tie.other:
                        found.append(_kin(beyond, alive, spouse=False, child=False, near=_is_child(beyond)))
    return found


def _kin(walk: _Walk, alive: Callable[[Node], Days], spouse: bool, child: bool, near: bool = False) -> Kin:
    return Kin(walk.at, spouse or child or near, spouse, child, walk.days & alive(walk.at), walk.links)


def _is_child(walk: _Walk) -> bool:
    return walk.phase == "down" and walk.degree == 1


def _blood_walks(start: _Walk, ties: Callable[[Node], Iterable[FamilyTie]], widest: int) -> Iterator[_Walk]:
    """The walk itself and all its continuations by blood that end within the degree."""
    stack = [start]
    while stack:
        walk = stack.pop()
        if walk.ends_at <= widest:
            yield walk
        if len(walk.links) >= _LONGEST:
            continue
        for tie in ties(walk.at):
            if tie.other in walk.passed:
                continue
            moved = _move(walk.phase, walk.degree, tie.step)
            if moved is None or moved[1] > widest:
                continue
            days = walk.days & tie.days if walk.links else tie.days
            if days:
                stack.append(
                    _Walk(
                        tie.other, moved[0], moved[1], days, (*walk.links, tie.link),
                        walk.passed | {tie.other}, walk.married,
                    )
                )  # fmt: skip


def _move(phase: Phase, degree: int, step: Step) -> tuple[Phase, int] | None:
    """Where a blood step leads; None where blood does not go that way."""
    if step in ("up", "up2"):
        return None if phase == "down" else ("up", degree + (1 if step == "up" else 2))
    if step == "sibling":
        return ("down", degree) if phase == "down" else ("aside", degree)
    if step == "half":
        return ("down", degree + 2) if phase == "up" else None
    if step in ("down", "down2"):
        sideways = 2 if phase == "aside" else 0
        return "down", degree + sideways + (1 if step == "down" else 2)
    return None
