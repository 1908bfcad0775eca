"""Relatives of a person within degrees of blood and affinity, by every simple way (rules-catalogue, section 1).

Blood degree counts the steps up to a common ancestor and down again. A stated full sibling's parents are one's own, so
a sibling step is free before an upward step and after a downward one. Affinity allows one marriage, at either end of a
blood path. Cost: the ties within three steps of the person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

from aiqyn.rules.view import Kin, Link, Node
from aiqyn.schemas.days import NO_DAYS, Days

Step = Literal["up", "down", "sibling", "half", "up2", "down2", "marriage"]
Phase = Literal["up", "aside", "down"]
_LONGEST = 5
_MOST_WALKS = 2000
"""Walks from one person up to which every single one is followed."""
_MOST_ALIKE = 50
"""Walks to one person in one way that are kept, where there are more than that in all."""


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
    """Every way from the person to a relative by blood up to `blood`, or by affinity up to `affinity`, shortest first.

    A family in which almost everybody is tied to everybody has more ways than anybody can read: there only ways that
    are the shortest, or add days, are given, each marked as one of many (`counted` False). The days together are the
    same.
    """
    whole = _Search(ties, alive, blood, affinity, _MOST_WALKS)
    found = whole.run(person)
    if whole.exceeded:
        found = [kin._replace(counted=False) for kin in _Search(ties, alive, blood, affinity, None).run(person)]
    return found


class _Search:
    """Walks from one person, shortest first. With `most` every simple walk, up to that many; without, only walks that
    reach a person in a new way: as short as the first, or on days on which no shorter one holds."""

    def __init__(
        self,
        ties: Callable[[Node], Iterable[FamilyTie]],
        alive: Callable[[Node], Days],
        blood: int,
        affinity: int,
        most: int | None,
    ) -> None:
        self._ties = ties
        self._alive = alive
        self._blood = blood
        self._affinity = affinity
        self._most = most
        self._walks = 0
        self._reached: dict[tuple[object, ...], tuple[int, Days, int]] = {}
        """State of a walk > its fewest links, the days it holds together, how many were kept."""
        self.exceeded = False

    def run(self, person: Node) -> list[Kin]:
        found: list[Kin] = []
        start = _Walk(person, "up", 0, self._alive(person), (), frozenset({person}), False)
        for walk in self._blood_walks(start, max(self._blood, self._affinity)):
            if walk.links and walk.ends_at <= self._blood:
                found.append(_kin(walk, self._alive, spouse=False, child=_is_child(walk)))
            if walk.ends_at <= self._affinity:
                found.extend(self._by_marriage(walk))
        return sorted(found, key=lambda kin: len(kin.links))

    def _by_marriage(self, walk: _Walk) -> Iterator[Kin]:
        for tie in self._ties(walk.at):
            if tie.step != "marriage" or tie.other in walk.passed:
                continue
            days = walk.days & tie.days & self._alive(walk.at) & self._alive(tie.other)
            passed = walk.passed | {tie.other}
            married = _Walk(tie.other, "up", 0, days, (*walk.links, tie.link), passed, True)
            if not days or not self._is_new(married, (walk.phase, walk.degree)):
                continue
            yield _kin(married, self._alive, spouse=not walk.links, child=False, degree=walk.ends_at)
            if not walk.links:
                for beyond in self._blood_walks(married, self._affinity):
                    if beyond.at != tie.other:
                        yield _kin(beyond, self._alive, spouse=False, child=False, near=_is_child(beyond))

    def _blood_walks(self, start: _Walk, widest: int) -> Iterator[_Walk]:
        """The walk itself and all its continuations by blood that end within the degree, shortest first."""
        layer = [start]
        while layer:
            following: list[_Walk] = []
            for walk in layer:
                if self.exceeded:
                    return
                if walk.ends_at <= widest:
                    yield walk
                if len(walk.links) < _LONGEST:
                    following.extend(self._steps(walk, widest, start))
            layer = following

    def _steps(self, walk: _Walk, widest: int, start: _Walk) -> Iterator[_Walk]:
        for tie in self._ties(walk.at):
            if tie.other in walk.passed:
                continue
            moved = _move(walk.phase, walk.degree, tie.step)
            if moved is None or moved[1] > widest:
                continue
            days = walk.days & tie.days if walk.links else tie.days
            if not days:
                continue
            step = _Walk(
                tie.other, moved[0], moved[1], days, (*walk.links, tie.link), walk.passed | {tie.other}, walk.married
            )
            if self._is_new(step, (start.at,)):
                yield step

    def _is_new(self, walk: _Walk, how: tuple[object, ...]) -> bool:
        self._walks += 1
        if self._most is not None:
            self.exceeded = self.exceeded or self._walks > self._most
            return not self.exceeded
        state = (walk.at, walk.phase, walk.degree, walk.married, how)
        shortest, covered, kept = self._reached.get(state, (len(walk.links), NO_DAYS, 0))
        together = covered | walk.days
        if (len(walk.links) > shortest and together == covered) or kept >= _MOST_ALIKE:
            return False
        self._reached[state] = (shortest, together, kept + 1)
        return True


def _kin(
    walk: _Walk, alive: Callable[[Node], Days], spouse: bool, child: bool, near: bool = False, degree: int | None = None
) -> Kin:
    degree = walk.ends_at if degree is None else degree
    days = walk.days & alive(walk.at)
    return Kin(walk.at, spouse or child or near, spouse, child, days, walk.links, degree, walk.married)


def _is_child(walk: _Walk) -> bool:
    return walk.phase == "down" and walk.degree == 1


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
