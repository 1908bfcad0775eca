"""The bearers of one common name by their year of birth: two records of different years are never one person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from aiqyn.schemas.days import parse_optional_day

if TYPE_CHECKING:
    from aiqyn.streams.identity.clusters import Clusters

FEW = 32
"""Bearers up to which a name has no crowd: comparing all of them costs less than keeping one."""
_UNSTATED, _UNREADABLE = "", "?"


class Crowd:
    """Which atoms bear a name, by the years of birth that they state themselves."""

    def __init__(self) -> None:
        self._born: dict[str, set[int]] = {}
        self._years: dict[int, frozenset[str]] = {}

    def enter(self, atom: int, births: Iterable[str]) -> None:
        """An atom with its dates of birth as written; what was known of it before is forgotten."""
        self.leave(atom)
        self._years[atom] = frozenset(map(_year, births)) or frozenset((_UNSTATED,))
        for year in self._years[atom]:
            self._born.setdefault(year, set()).add(atom)

    def leave(self, atom: int) -> None:
        for year in self._years.pop(atom, ()):
            self._born[year].discard(atom)

    def alike(self, clusters: Clusters, births: Iterable[str]) -> Iterator[int]:
        """The atoms of every cluster that may agree with one of these dates of birth, others perhaps too."""
        years = {_year(birth) for birth in births}
        if _UNREADABLE in years:
            yield from self._years
            return
        for year in (*years, _UNREADABLE):
            yield from self._born.get(year, ())
        ring = clusters.ring
        for atom in self._born.get(_UNSTATED, ()):
            if ring[atom] != atom:  # another record of its cluster may state a date
                yield atom


def _year(birth: str) -> str:
    span = parse_optional_day(birth)
    return birth[:4] if span is not None else _UNREADABLE


def note(clusters: Clusters, key: str, atom: int) -> None:
    """An atom bears a name now, or no longer, or states another date of birth."""
    bearers = clusters.by_name.get(key, set())
    crowd = clusters.crowds.get(key)
    if crowd is None:
        if len(bearers) <= FEW:
            return
        crowd = clusters.crowds[key] = Crowd()
        for each in bearers:
            crowd.enter(each, clusters.traits_of((each,)).births)
    elif not bearers:
        del clusters.crowds[key]
    elif atom in bearers:
        crowd.enter(atom, clusters.traits_of((atom,)).births)
    else:
        crowd.leave(atom)
