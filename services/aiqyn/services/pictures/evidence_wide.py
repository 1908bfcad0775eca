"""The evidence path for wide screens: left to right, a row a lane. A node that adjacent rows share at one column is one
tall box, so no line ever bends or crosses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from aiqyn.services.pictures.canvas import SMALL, Box, Canvas, Node, body
from aiqyn.services.pictures.lanes import Edge, Lane, Words, columns, titled
from aiqyn.services.pictures.text import width, wrap

WIDTH = 1200.0
_TITLE = 24.0
_MOST_COLUMNS = 5
"""A longer way is drawn in blocks of four columns; a number on the margin carries the reader over."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A node over rows `first` to `last` at a column."""

    first: int
    last: int
    node: Node
    column: Fraction


class _Grid:
    """Where columns and rows lie."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self.lanes = lanes
        self.columns = columns(lanes)
        self.count = int(max(row[-1] for row in self.columns)) + 1
        self.blocks = self.count > _MOST_COLUMNS
        if self.blocks:
            self.columns = [[Fraction(int(place)) for place in row] for row in self.columns]
            self.box, self.gap, self.each, self.left = 158.0, 124.0, 4, 44.0
        else:
            self.box, self.gap = _sizes(self.count)
            self.each, self.left = self.count, 0.0
        self.heights = _row_heights(lanes, self.box, self.count)
        self.placed = _placed(lanes, self.columns)

    def x(self, column: Fraction, low: int) -> float:
        return self.left + float(column - low) * (self.box + self.gap)

    def span(self, row: int, at: int, low: int) -> tuple[float, float]:
        """Left edge and width of a node: wider where its lane leaves more than a column to both neighbours."""
        places = self.columns[row]
        near = [abs(places[other] - places[at]) for other in (at - 1, at + 1) if 0 <= other < len(places)]
        inner = 0 < at < len(places) - 1 and not self.blocks
        slack = float(min(near) - 1) * (self.box + self.gap) if inner else 0.0
        extra = max(0.0, min(120.0, slack * 0.8))
        return self.x(places[at], low) - extra / 2, self.box + extra


def draw(lanes: Sequence[Lane], words: Words) -> Canvas:
    """The picture of at most eight lanes with the same ends."""
    grid = _Grid(lanes)
    canvas = Canvas(WIDTH)
    top = 0.0
    for block in range((grid.count + grid.each - 1) // grid.each):
        low = block * grid.each
        high = min(grid.count, low + grid.each)
        tops, bottom = _tops(grid, top)
        _bands(canvas, grid, words, low, high, tops, bottom)
        _edges(canvas, grid, words, low, high, tops)
        _nodes(canvas, grid, low, high, tops, block)
        top = bottom + 28
    canvas.height = top - 28 + 2
    return canvas


def _sizes(count: int) -> tuple[float, float]:
    """Width of a box and of the gap; what is left over goes to the gaps, where the labels live."""
    steps = max(1, count - 1)
    gap = min(190.0, max(112.0, (WIDTH - 150 * count) / steps))
    box = min(210.0, (WIDTH - gap * (count - 1)) / count)
    return box, min(230.0, (WIDTH - box * count) / steps) if count > 1 else gap


def _row_heights(lanes: Sequence[Lane], box: float, count: int) -> list[float]:
    inner = [max(body(node, box)[1] for node in lane.nodes[1:-1] or lane.nodes) for lane in lanes]
    heights = [(max(height, 96.0) if count > 1 else height) + 20 for height in inner]
    titles = _TITLE * sum(titled(lanes, at) for at in range(len(lanes)))
    for end in (0, -1):  # the ends span all rows: their text must fit
        missing = body(lanes[0].nodes[end], box)[1] + 8 - sum(heights) - titles
        heights[-1] += max(0.0, missing)
    return heights


def _placed(lanes: Sequence[Lane], places: list[list[Fraction]]) -> list[_Placed]:
    """Equal nodes of adjacent rows at one column as one."""
    found: list[_Placed] = []
    for row, lane in enumerate(lanes):
        for node, column in zip(lane.nodes, places[row], strict=True):
            same = [each for each in found if (each.node.id, each.column) == (node.id, column)]
            if same and same[-1].last >= row - 1:
                found[found.index(same[-1])] = _Placed(same[-1].first, row, same[-1].node, column)
            else:
                found.append(_Placed(row, row, node, column))
    return found


def _tops(grid: _Grid, top: float) -> tuple[list[float], float]:
    tops = []
    for row in range(len(grid.lanes)):
        top += _TITLE if titled(grid.lanes, row) else 0.0
        tops.append(top)
        top += grid.heights[row]
    return tops, top


def _bands(canvas: Canvas, grid: _Grid, words: Words, low: int, high: int, tops: list[float], bottom: float) -> None:
    starts = [row for row in range(len(grid.lanes)) if titled(grid.lanes, row)]
    right = WIDTH if grid.blocks else grid.x(Fraction(high - 1), low) + grid.box
    for at, row in enumerate(starts):
        lane = grid.lanes[row]
        if len(lane.nodes) < 2:
            continue
        y = tops[row] - _TITLE
        end = tops[starts[at + 1]] - _TITLE - 6 if at + 1 < len(starts) else bottom
        x = grid.x(Fraction(0), low) + grid.box / 2 if low == 0 else 0.0
        until = grid.x(Fraction(high - 1), low) + grid.box / 2 if high == grid.count else right
        canvas.rect(x, y, until - x, end - y, f"band {lane.tone}")
        where = grid.x(Fraction(0), low) + grid.box + 12 if low == 0 else 12.0
        canvas.text(where, y + 18, words.title(lane), f"lane {lane.tone}")


def _edges(canvas: Canvas, grid: _Grid, words: Words, low: int, high: int, tops: list[float]) -> None:
    done: set[tuple[int, float]] = set()
    for row, lane in enumerate(grid.lanes):
        for at, edge in enumerate(lane.edges):
            y = _height_of(grid, row, at, tops)
            if (edge.number, y) in done:
                continue
            done.add((edge.number, y))
            _edge(canvas, grid, words, row, at, low, high, y)


def _height_of(grid: _Grid, row: int, at: int, tops: list[float]) -> float:
    """The line of an edge; one that adjacent rows share lies midway."""
    lane, edge = grid.lanes[row], grid.lanes[row].edges[at]
    ends = [
        next((each for each in grid.placed if each.first <= row <= each.last and each.node.id == node.id
              and each.column == column), None)
        for node, column in ((lane.nodes[at], grid.columns[row][at]), (lane.nodes[at + 1], grid.columns[row][at + 1]))
    ]  # fmt: skip
    rows = [
        other
        for other in range(len(grid.lanes))
        if edge in grid.lanes[other].edges and all(end and end.first <= other <= end.last for end in ends)
    ]
    return (tops[rows[0]] + tops[rows[-1]] + grid.heights[rows[-1]]) / 2


def _edge(canvas: Canvas, grid: _Grid, words: Words, row: int, at: int, low: int, high: int, y: float) -> None:
    lane, edge = grid.lanes[row], grid.lanes[row].edges[at]
    start, end = grid.columns[row][at], grid.columns[row][at + 1]
    css = f"edge {lane.tone}{'' if edge.certain else ' maybe'}"
    if low <= start < high and low <= end < high:
        x, until = sum(grid.span(row, at, low)), grid.span(row, at + 1, low)[0]
        canvas.line(x, y, until - 7, y, css)
        canvas.arrow(until - 1, y, lane.tone)
        _label(canvas, edge, words, (x + until) / 2 - 3, y, until - x - 12)
        canvas.mark(edge.number, lane.tone, (x + until) / 2 - 3, y, edge.certain)
    elif low <= start < high:
        x = grid.x(start, low) + grid.box
        canvas.line(x, y, WIDTH - 12, y, css)
        _label(canvas, edge, words, (x + WIDTH - 12) / 2, y, WIDTH - 24 - x)
        canvas.mark(edge.number, lane.tone, WIDTH - 12, y, edge.certain)
    elif low <= end < high:
        canvas.line(12, y, grid.x(end, low) - 7, y, css)
        canvas.arrow(grid.x(end, low) - 1, y, lane.tone)
        canvas.mark(edge.number, lane.tone, 12, y, edge.certain)
    elif start < low and end >= high:
        canvas.line(12, y, WIDTH - 12, y, css)
        canvas.mark(edge.number, lane.tone, 12, y, edge.certain)
        canvas.mark(edge.number, lane.tone, WIDTH - 12, y, edge.certain)


def _label(canvas: Canvas, edge: Edge, words: Words, x: float, y: float, room: float) -> None:
    above = wrap(edge.what, room, SMALL, 2, bold=True)
    below = wrap(edge.when, room, SMALL, 2) + ([] if edge.certain else wrap(words.possible, room, SMALL, 1))
    for at, line in enumerate(above):
        canvas.text(x, y - 17 - 15 * (len(above) - 1 - at), line, "what", "middle")
    for at, line in enumerate(below):
        canvas.text(x, y + 26 + 15 * at, line, "note", "middle")
    for rows, top, bold in ((above, y - 14 - 15 * len(above), True), (below, y + 14, False)):
        if rows:
            wide = max(width(row, SMALL, bold) for row in rows)
            canvas.boxes.append(Box("label", f"fact {edge.number}", x - wide / 2, top, wide, 15 * len(rows)))


def _nodes(canvas: Canvas, grid: _Grid, low: int, high: int, tops: list[float], block: int) -> None:
    for each in grid.placed:
        if not low <= each.column < high:
            continue
        rows = range(each.first, each.last + 1)
        tones = {grid.lanes[row].tone for row in rows}
        y, end = tops[each.first], tops[each.last] + grid.heights[each.last]
        if len(rows) == 1:
            lane = grid.lanes[each.first]
            x, wide = grid.span(each.first, lane.nodes.index(each.node), low)
            need = max(body(each.node, wide)[1], 64)
            y, end = (y + end - need) / 2, (y + end + need) / 2
            most = 4
        else:  # an end or a shared node, over its rows: there is room for more of its name
            x, wide = grid.x(each.column, low), grid.box
            y, end = y - (_TITLE if titled(grid.lanes, each.first) else 0.0) + 2, end - 2
            most = next(k for k in (8, 7, 6, 5, 4) if k == 4 or body(each.node, wide - 2, k)[1] <= end - y)
        tone = tones.pop() if len(tones) == 1 else "ends"
        canvas.node(each.node, tone, x + 1, y, wide - 2, end - y, most, f"{each.node.id} {block} {each.first}")
