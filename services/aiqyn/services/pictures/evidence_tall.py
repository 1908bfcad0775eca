"""The evidence path for narrow screens and print: top to bottom, a rail for each lane in the gutter on the left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aiqyn.services.pictures.canvas import SMALL, Box, Canvas, Node, body
from aiqyn.services.pictures.lanes import Edge, Lane, Words, titled
from aiqyn.services.pictures.text import wrap

WIDTH = 358.0
_LINE = 16.0
_LINES = 2
"""Of a name."""


def draw(lanes: Sequence[Lane], words: Words) -> Canvas:
    """At most eight lanes with the same ends; the height grows with the edges, the text never shrinks."""
    return _Drawing(lanes, words).whole()


class _Drawing:
    def __init__(self, lanes: Sequence[Lane], words: Words) -> None:
        self.lanes, self.words = lanes, words
        self.canvas = Canvas(WIDTH)
        self.gutter = 38.0 + 16 * (len(lanes) - 1)
        self.y = 0.0
        self.seen: set[str] = set()
        self.rails: list[tuple[int, Edge, float, float | None]] = []
        """Lane, edge, from where, to which height; None: to the last box."""
        self.marks: list[tuple[int, Edge, float]] = []
        self.nodes: list[tuple[Node, str, float, float, float, float, str]] = []

    def whole(self) -> Canvas:
        first, last = self.lanes[0].nodes[0], self.lanes[0].nodes[-1]
        self._end(first, "first")
        start = self.y
        for at in range(len(self.lanes)):
            self._lane(at, start)
        end = self.y + 10
        if len(self.lanes[0].nodes) > 1:
            self.y = end
            self._end(last, "last")
        for at, edge, since, until in self.rails:
            self._rail(at, edge, since, until, end)
        for at, edge, y in self.marks:
            self.canvas.mark(edge.number, self.lanes[at].tone, self._x(at), y, edge.certain)
        for node, tone, x, y, wide, high, key in self.nodes:
            self.canvas.node(node, tone, x, y, wide, high, _LINES, key)
        self.canvas.height = self.y + 1
        return self.canvas

    def _x(self, at: int) -> float:
        return 12.0 + 16 * at

    def _end(self, node: Node, key: str) -> None:
        high = max(52.0, body(node, WIDTH - 2, _LINES)[1])
        tone = "ends" if len(self.lanes) > 1 else self.lanes[0].tone
        self.nodes.append((node, tone, 1, self.y + 1, WIDTH - 2, high - 2, key))
        self.seen.add(node.id)
        self.y += high

    def _lane(self, at: int, start: float) -> None:
        lane = self.lanes[at]
        if titled(self.lanes, at):
            self.canvas.text(self.gutter, self.y + 24, self.words.title(lane), f"lane {lane.tone}")
            self.y += 26
        since = start
        for place, edge in enumerate(lane.edges):
            self._label(at, edge)
            if place == len(lane.edges) - 1:
                self.rails.append((at, edge, since, None))
                continue
            middle = self._inner(at, lane.nodes[place + 1])
            self.rails.append((at, edge, since, middle))
            since = middle

    def _label(self, at: int, edge: Edge) -> None:
        room = WIDTH - self.gutter - 30
        rows = [(line, "what") for line in wrap(edge.what, room, SMALL, 2, bold=True)]
        rows += [(line, "note") for line in wrap(edge.when, room, SMALL, 2)]
        if not edge.certain:
            rows.append((self.words.possible, "note"))
        self.y += 8
        self.marks.append((at, edge, self.y + 12))
        for line, css in rows:
            self.canvas.text(self.gutter + 6, self.y + 15, line, css)
            self.y += _LINE
        top = self.y - _LINE * len(rows) + 2
        self.canvas.boxes.append(
            Box("label", f"fact {edge.number} {at}", self.gutter + 6, top, room, _LINE * len(rows))
        )
        self.y += 8

    def _inner(self, at: int, node: Node) -> float:
        again = node.id in self.seen
        drawn = replace(node, notes=(self.words.above,)) if again else node
        wide = WIDTH - self.gutter - 1
        high = max(44.0, body(drawn, wide, _LINES)[1])
        tone = self.lanes[at].tone + (" again" if again else "")
        self.nodes.append((drawn, tone, self.gutter, self.y, wide, high, f"{node.id} {at}"))
        self.seen.add(node.id)
        self.y += high
        return self.y - high / 2

    def _rail(self, at: int, edge: Edge, since: float, until: float | None, end: float) -> None:
        x, tone = self._x(at), self.lanes[at].tone
        css = f"edge {tone}{'' if edge.certain else ' maybe'}"
        if until is None:
            self.canvas.line(x, since, x, end - 7, css)
            self.canvas.arrow(x, end, tone, "down")
            return
        self.canvas.line(x, since, x, until, css)
        self.canvas.line(x, until, self.gutter - 7, until, css)
        self.canvas.arrow(self.gutter - 1, until, tone)
