"""Where the boxes of an ownership picture stand in their columns: near what they hold, never closer than a gap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from aiqyn.services.pictures.layers import Holding

_GAP = 22.0
_PASSING = 24.0
"""Height kept free where a holding passes a column."""
_SWEEPS_ORDER, _SWEEPS_HEIGHT = 8, 6


class Arrangement:
    """Orders columns by barycentres and moves boxes towards their neighbours.

    The same input, the same picture: ties are broken by present place, then by name. A holding over several columns has
    a passing point in each between.
    """

    def __init__(
        self,
        depth: Mapping[str, int],
        holdings: Sequence[Holding],
        back: set[Holding],
        height: Callable[[str], float],
    ) -> None:
        self._columns: dict[int, list[str]] = defaultdict(list)
        for name, column in sorted(depth.items(), key=lambda item: (item[1], item[0])):
            self._columns[column].append(name)
        self._steps: dict[Holding, list[str]] = {}
        self._level = dict(depth)
        for at, holding in enumerate(each for each in holdings if each not in back):
            self._steps[holding] = self._chain(at, holding, depth)
        self._near: dict[str, list[str]] = defaultdict(list)
        for steps in self._steps.values():
            for one, other in pairwise(steps):
                self._near[one].append(other)
                self._near[other].append(one)
        self._heights = {name: height(name) if name in depth else _PASSING for name in self._level}
        self._order()
        tall = max(sum(map(self._heights.__getitem__, names)) + _GAP * (len(names) - 1)
                   for names in self._columns.values())  # fmt: skip
        self.height = tall + 4
        self.middle: dict[str, float] = {}
        self._put(tall)

    def passing(self, holding: Holding) -> list[tuple[str, int]]:
        """The points between owner and owned: name and column."""
        return [(name, self._level[name]) for name in self._steps[holding][1:-1]]

    def next(self, holding: Holding) -> float:
        """The height of what a holding leads to at once; a cycle's is below all."""
        return self.middle[self._steps[holding][1]] if holding in self._steps else 1e9

    def before(self, holding: Holding) -> float:
        """The height of where a holding comes from at last."""
        return self.middle[self._steps[holding][-2]] if holding in self._steps else 1e9

    def _chain(self, at: int, holding: Holding, depth: Mapping[str, int]) -> list[str]:
        steps = [holding.owner]
        for column in range(depth[holding.owner] - 1, depth[holding.owned], -1):
            name = f"*{at}.{column}"
            steps.append(name)
            self._level[name] = column
            self._columns[column].append(name)
        return [*steps, holding.owned]

    def _sweep(self, number: int) -> range:
        count = len(self._columns)
        return range(1, count) if number % 2 == 0 else range(count - 2, -1, -1)

    def _order(self) -> None:
        for number in range(_SWEEPS_ORDER):
            for column in self._sweep(number):
                side = self._columns.get(column - 1 if number % 2 == 0 else column + 1, [])
                place = {name: at for at, name in enumerate(side)}
                now = {name: at for at, name in enumerate(self._columns[column])}
                keys = {name: (self._centre(name, place, now[name]), now[name], name) for name in now}
                self._columns[column].sort(key=keys.__getitem__)

    def _centre(self, name: str, place: Mapping[str, int], now: int) -> float:
        found = [place[other] for other in self._near[name] if other in place]
        return sum(found) / len(found) if found else float(now)

    def _put(self, tall: float) -> None:
        for names in self._columns.values():
            whole = sum(map(self._heights.__getitem__, names)) + _GAP * (len(names) - 1)
            y = 2 + (tall - whole) / 2
            for name in names:
                self.middle[name] = y + self._heights[name] / 2
                y += self._heights[name] + _GAP
        for number in range(_SWEEPS_HEIGHT):
            for column in self._sweep(number):
                self._settle(self._columns[column], tall)

    def _settle(self, names: Sequence[str], tall: float) -> None:
        """Towards the neighbours: downwards first, then pushed back up into the picture."""
        wanted = {
            name: sum(self.middle[other] for other in near) / len(near) if (near := self._near[name])
            else self.middle[name]
            for name in names
        }  # fmt: skip
        y = 2.0
        for name in names:
            half = self._heights[name] / 2
            self.middle[name] = max(wanted[name], y + half)
            y = self.middle[name] + half + _GAP
        y = tall + 2
        for name in reversed(names):
            half = self._heights[name] / 2
            self.middle[name] = min(self.middle[name], y - half)
            y = self.middle[name] - half - _GAP
