"""The ownership picture: owners on the left, the company on the right, shares beside the owner; cycles run back
underneath."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from aiqyn.services.pictures.arrangement import Arrangement
from aiqyn.services.pictures.canvas import SMALL, Box, Canvas, Node, body, number
from aiqyn.services.pictures.layers import Holding, layers
from aiqyn.services.pictures.text import width, wrap

WIDTH = 1200.0
_LINES = 2
"""Of a name."""


def draw(focus: str, nodes: Mapping[str, Node], holdings: Sequence[Holding], cycle: str) -> Canvas:
    """The picture of what is upstream of `focus`; `cycle` is the word at a holding that closes one."""
    return _Drawing(focus, nodes, holdings, cycle).whole()


class _Drawing:
    def __init__(self, focus: str, nodes: Mapping[str, Node], holdings: Sequence[Holding], cycle: str) -> None:
        self.focus, self.nodes, self.cycle = focus, nodes, cycle
        self.depth, self.back = layers(focus, holdings)
        self.holdings = [each for each in holdings if each.owner in self.depth and each.owned in self.depth]
        self.columns = max(self.depth.values()) + 1
        # A cycle through the company leaves it on the right; one into the last column enters it from the left.
        self.spare = 110.0 if any(each.owner == focus for each in self.holdings) else 0.0
        self.lead = 40.0 if any(self.depth[each.owned] == self.columns - 1 for each in self.back) else 0.0
        room = WIDTH - self.spare - self.lead
        self.box = min(210.0, max(150.0, (room - 170 * (self.columns - 1)) / self.columns))
        self.gap = min(230.0, (room - self.box * self.columns) / max(1, self.columns - 1))
        self.pitch = {name: self._pitch(name) for name in self.depth}
        self.place = Arrangement(self.depth, self.holdings, self.back, self._height)
        self.out_y = self._out_ports()
        self.in_y = self._in_ports()
        self.canvas = Canvas(WIDTH)
        self.floor = self.place.height + 16
        self.turns = 0

    def whole(self) -> Canvas:
        for holding in sorted(self.holdings, key=lambda each: (each in self.back, each.kind)):
            if holding in self.back:
                self._returning(holding)
            else:
                self._forward(holding)
        for holding in self.holdings:
            self._pill(holding)
        for name in sorted(self.depth):
            node = self.nodes[name]
            tone = "focus" if name == self.focus else "plain again" if node.kind == "unknown" else "plain"
            high = self._height(name)
            y = self.place.middle[name] - high / 2
            self.canvas.node(node, tone, self._x(self.depth[name]) + 1, y, self.box - 2, high, _LINES)
        self.canvas.height = (self.floor if self.back else self.place.height) + 6
        return self.canvas

    def _x(self, depth: int) -> float:
        return self.lead + (self.columns - 1 - depth) * (self.box + self.gap)

    def _held(self, name: str) -> list[Holding]:
        return [each for each in self.holdings if each.owner == name]

    def _lines(self, holding: Holding) -> list[str]:
        room = self.spare - 20 if holding.owner == self.focus else self.gap - 44
        return wrap(holding.text, room, SMALL, 2, True)

    def _pitch(self, name: str) -> float:
        return 38.0 if any(len(self._lines(each)) > 1 for each in self._held(name)) else 24.0

    def _height(self, name: str) -> float:
        pills = self.pitch[name] * len(self._held(name)) + 12
        return max(body(self.nodes[name], self.box - 2, _LINES)[1], pills)

    def _out_ports(self) -> dict[Holding, float]:
        """The height at which each holding leaves its owner, ordered by the height of what it leads to."""
        found: dict[Holding, float] = {}
        for name in self.depth:
            ordered = sorted(self._held(name), key=lambda each: (each in self.back, self.place.next(each), each.owned))
            for at, holding in enumerate(ordered):
                found[holding] = self.place.middle[name] + (at - (len(ordered) - 1) / 2) * self.pitch[name]
        return found

    def _in_ports(self) -> dict[Holding, float]:
        found: dict[Holding, float] = {}
        for name in self.depth:
            held = [each for each in self.holdings if each.owned == name]
            ordered = sorted(held, key=lambda each: (each in self.back, self.place.before(each), each.owner))
            pitch = min(20.0, (self._height(name) - 16) / max(1, len(ordered)))
            for at, holding in enumerate(ordered):
                found[holding] = self.place.middle[name] + (at - (len(ordered) - 1) / 2) * pitch
        return found

    def _css(self, holding: Holding) -> str:
        back = " back" if holding in self.back else ""
        return f"hold {holding.kind}{'' if holding.certain else ' maybe'}{back}"

    def _path(self, way: str, holding: Holding) -> None:
        thick = 1.5 if holding.kind == "control" else 1.5 + 4.5 * float(min(Fraction(1), holding.weight))
        self.canvas.parts.append(f'<path d="{way}" class="{self._css(holding)}" stroke-width="{number(thick)}"/>')
        self.canvas.arrow(self._x(self.depth[holding.owned]) - 1, self.in_y[holding], self._css(holding))

    def _forward(self, holding: Holding) -> None:
        x, y = self._x(self.depth[holding.owner]) + self.box, self.out_y[holding]
        points = [(x, y)]
        for name, depth in self.place.passing(holding):
            points += [(self._x(depth), self.place.middle[name]), (self._x(depth) + self.box, self.place.middle[name])]
        points.append((self._x(self.depth[holding.owned]) - 8, self.in_y[holding]))
        way = f"M{number(x)} {number(y)}"
        for at, ((ax, ay), (bx, by)) in enumerate(pairwise(points)):
            lead = 78.0 if at == 0 else 0.0  # straight under the pill, then a curve
            if ay == by:
                way += f"H{number(bx)}"
                continue
            half = (bx - ax - lead) / 2
            way += (f"h{number(lead)}" if lead else "") + (
                f"C{number(ax + lead + half)} {number(ay)} {number(bx - half)} {number(by)} {number(bx)} {number(by)}"
            )
        self._path(way, holding)

    def _returning(self, holding: Holding) -> None:
        """Out on the right, down, under the picture and up to what is owned; each lower than the one before."""
        self.floor += 22
        x, y = self._x(self.depth[holding.owner]) + self.box, self.out_y[holding]
        end, into = self._x(self.depth[holding.owned]), self.in_y[holding]
        out = (self.spare - 14 if holding.owner == self.focus else self.gap - 34) - 7 * self.turns % 28
        inner = end - 16 - 7 * self.turns % 14
        self.turns += 1
        low = self.floor
        self._path(
            f"M{number(x)} {number(y)}h{number(out)}q10 0 10 10V{number(low - 10)}q0 10-10 10H{number(inner)}"
            f"q-10 0-10-10V{number(into + 10)}q0-10 10-10H{number(end - 8)}",
            holding,
        )
        self.canvas.text(min(max((x + end) / 2, 60), WIDTH - 60), low - 6, self.cycle, "what cyc", "middle")

    def _pill(self, holding: Holding) -> None:
        x, y = self._x(self.depth[holding.owner]) + self.box + 10, self.out_y[holding]
        rows = self._lines(holding)
        wide = max(width(row, SMALL, True) for row in rows) * 0.92 + 14
        high = 5.0 + 15 * len(rows)
        self.canvas.rect(x, y - high / 2, wide, high, f"pill {self._css(holding)}", ' rx="10"')
        for at, row in enumerate(rows):
            self.canvas.text(x + wide / 2, y + 4.3 + 15 * (at - (len(rows) - 1) / 2), row, "no ink", "middle")
        self.canvas.boxes.append(Box("pill", " ".join(rows), x, y - high / 2, wide, high))
