"""The evidence path: a person's public duty and private interest, two lanes from one person to one contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from aiqyn.services.pictures.text import lines, number, visible, wrap

Side = Literal["duty", "interest"]
Shape = Literal["person", "organisation", "contract"]

_WIDTH = 1200.0
_TALL = 358.0
_MOST_LANES = 4


@dataclass(frozen=True, slots=True)
class Node:
    """A box of the picture."""

    id: str
    caption: str
    name: str
    shape: Shape
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """A line of the picture; `number` is its row in the table of facts."""

    number: int
    what: str
    when: str
    possible: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """One way: `nodes` is one longer than `edges`; all lanes of a picture have the same first and last node."""

    side: Side
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What the picture itself says."""

    label: str
    duty: str
    interest: str
    possible: str
    omitted: str
    above: str


def shown(lanes: Sequence[Lane]) -> tuple[list[Lane], int]:
    """The lanes that are drawn, duty first, shortest first, at most four a side; and how many are not."""
    kept: list[Lane] = []
    for side in ("duty", "interest"):
        ones = sorted((lane for lane in lanes if lane.side == side), key=_order)
        kept.extend(ones[:_MOST_LANES])
    return kept, len(lanes) - len(kept)


def _order(lane: Lane) -> tuple[int, bool, tuple[str, ...]]:
    return len(lane.edges), any(edge.possible for edge in lane.edges), tuple(node.id for node in lane.nodes)


def wide(lanes: Sequence[Lane], words: Words) -> str | None:
    """The picture for wide screens; None where a lane is too long for it (the tall one always fits)."""
    drawn, omitted = shown(lanes)
    longest = max(len(lane.nodes) for lane in drawn)
    if longest > 6:
        return None
    box = 150.0 if longest > 4 else 190.0
    gap = (_WIDTH - box * longest) / (longest - 1) if longest > 1 else 0
    rows, height = _rows(drawn, box)
    first, last = drawn[0].nodes[0], drawn[0].nodes[-1]
    parts = list(_bands(drawn, rows, words, box))
    for lane, (top, tall) in zip(drawn, rows, strict=True):
        parts.append(_lane(lane, top, tall, box, gap, longest, words))
    parts.append(_box(first, 0, 0, box, height))
    parts.append(_box(last, _WIDTH - box, 0, box, height))
    if omitted:
        parts.append(lines([words.omitted], box + 12, height + 16, 16, "note"))
        height += 24
    return _svg("wide", _WIDTH, height, words.label, parts)


def _rows(drawn: Sequence[Lane], box: float) -> tuple[list[tuple[float, float]], float]:
    """Top and height of each lane's row, and of all."""
    rows: list[tuple[float, float]] = []
    top = 0.0
    for index, lane in enumerate(drawn):
        titled = index == 0 or drawn[index - 1].side != lane.side
        top += (6.0 if index and titled else 0.0) + (24.0 if titled else 0.0)
        inner = max((_height(node, box) for node in lane.nodes[1:-1]), default=0.0)
        tall = max(inner, 96.0) + 20.0
        rows.append((top, tall))
        top += tall
    ends = max(_height(drawn[0].nodes[0], box), _height(drawn[0].nodes[-1], box))
    return rows, max(top, ends)


def _bands(drawn: Sequence[Lane], rows: Sequence[tuple[float, float]], words: Words, box: float) -> list[str]:
    parts = []
    for side, css, title in (("duty", "duty", words.duty), ("interest", "private", words.interest)):
        own = [row for lane, row in zip(drawn, rows, strict=True) if lane.side == side]
        if not own:
            continue
        top = own[0][0] - 24
        bottom = own[-1][0] + own[-1][1]
        parts.append(
            f'<rect x="{number(box / 2)}" y="{number(top)}" width="{number(_WIDTH - box)}" '
            f'height="{number(bottom - top)}" class="band {css}"/>'
        )
        parts.append(lines([title], box + 12, top + 18, 16, f"lane {css}"))
    return parts


def _lane(lane: Lane, top: float, tall: float, box: float, gap: float, longest: int, words: Words) -> str:
    middle = top + tall / 2
    count = len(lane.nodes)
    stride = (_WIDTH - box) / (count - 1)
    lefts = [stride * index for index in range(count)]
    parts = []
    for index, edge in enumerate(lane.edges):
        parts.append(_edge(edge, lane.side, lefts[index] + box, lefts[index + 1], middle, words))
    for node, left in zip(lane.nodes[1:-1], lefts[1:-1], strict=True):
        high = max(_height(node, box), 64.0)
        parts.append(_box(node, left, middle - high / 2, box, high))
    return "".join(parts)


def _edge(edge: Edge, side: Side, x1: float, x2: float, y: float, words: Words) -> str:
    css = "duty" if side == "duty" else "private"
    centre, room = (x1 + x2) / 2, x2 - x1 - 12
    what = wrap(edge.what, room, 12, 2, bold=True)
    when = wrap(edge.when, room, 12, 2) + ([words.possible] if edge.possible else [])
    dashed = " may" if edge.possible else ""
    return (
        f'<path d="M{number(x1)} {number(y)}L{number(x2 - 8)} {number(y)}" class="edge {css}{dashed}"/>'
        f'<path d="M{number(x2 - 9)} {number(y - 4.5)}L{number(x2 - 1)} {number(y)}L{number(x2 - 9)} '
        f'{number(y + 4.5)}z" class="head {css}"/>'
        + lines(what, centre, y - 17 - 15 * (len(what) - 1), 15, "what", "middle")
        + lines(when, centre, y + 26, 15, "note", "middle")
        + _number(edge.number, centre, y, css)
    )


def _number(value: int, x: float, y: float, css: str) -> str:
    return (
        f'<a href="#e{value}" class="num"><circle cx="{number(x)}" cy="{number(y)}" r="10" class="dot {css}"/>'
        f'<text x="{number(x)}" y="{number(y + 4.3)}" text-anchor="middle" class="no {css}">{value}</text></a>'
    )


def _height(node: Node, box: float) -> float:
    return 22 + 17 * len(wrap(node.name, box - 20, 13, 4, bold=True)) + 14


def _box(node: Node, x: float, y: float, box: float, height: float) -> str:
    names = wrap(node.name, box - 20, 13, 4, bold=True)
    top = y + (height - (22 + 17 * len(names) + 14)) / 2
    inner = (
        f"<title>{escape(visible(node.name))}</title>"
        + _outline(node.shape, x, y, box, height)
        + lines(wrap(node.caption, box - 20, 12, 1), x + 10, top + 20, 15, "cap")
        + lines(names, x + 10, top + 38, 17, "name")
    )
    if node.href is None:
        return f'<g class="node {node.shape}">{inner}</g>'
    return f'<a href="{escape(node.href)}" class="node {node.shape}">{inner}</a>'


def _outline(shape: Shape, x: float, y: float, w: float, h: float) -> str:
    if shape == "contract":
        ear = 14
        return (
            f'<path d="M{number(x + 1)} {number(y + 1)}H{number(x + w - ear)}L{number(x + w - 1)} {number(y + ear)}'
            f'V{number(y + h - 1)}H{number(x + 1)}z" class="box"/>'
        )
    radius = 12 if shape == "person" else 2
    return (
        f'<rect x="{number(x + 1)}" y="{number(y + 1)}" width="{number(w - 2)}" height="{number(h - 2)}" '
        f'rx="{radius}" class="box"/>'
    )


def tall(lanes: Sequence[Lane], words: Words) -> str:
    """The picture for narrow screens and print: one lane after the other, labels beside a rail."""
    drawn, omitted = shown(lanes)
    gutter = 40.0
    first, last = drawn[0].nodes[0], drawn[0].nodes[-1]
    parts = [_box(first, 0, 0, _TALL, _height(first, _TALL))]
    y = _height(first, _TALL)
    seen = {first.id}
    before: Side | None = None
    for lane in drawn:
        css = "duty" if lane.side == "duty" else "private"
        if lane.side != before:
            y += 22
            parts.append(lines([words.duty if lane.side == "duty" else words.interest], gutter, y, 16, f"lane {css}"))
        before = lane.side
        top = y
        for edge, node in zip(lane.edges, lane.nodes[1:], strict=True):
            y += 20
            parts.append(_number(edge.number, 18, y, css))
            told = wrap(edge.what, _TALL - gutter, 12, 2, bold=True)
            parts.append(lines(told, gutter, y + 4, 16, "what"))
            y += 16 * len(told)
            when = wrap(edge.when, _TALL - gutter, 12, 2) + ([words.possible] if edge.possible else [])
            parts.append(lines(when, gutter, y + 4, 16, "note"))
            y += 16 * len(when)
            if node.id == last.id:
                continue
            if node.id in seen:
                parts.append(
                    lines(wrap(f"{node.name} {words.above}", _TALL - gutter, 12, 2), gutter, y + 8, 16, "note")
                )
                y += 32
                continue
            seen.add(node.id)
            high = _height(node, _TALL - gutter)
            parts.append(_box(node, gutter, y, _TALL - gutter, high))
            y += high
        parts.insert(0, f'<path d="M18 {number(top)}V{number(y + 8)}" class="edge {css}"/>')
        y += 8
    high = _height(last, _TALL)
    parts.append(_box(last, 0, y, _TALL, high))
    y += high
    if omitted:
        parts.append(lines(wrap(words.omitted, _TALL, 12, 2), 0, y + 18, 16, "note"))
        y += 40
    return _svg("tall", _TALL, y, words.label, parts)


def _svg(css: str, w: float, h: float, label: str, parts: Sequence[str]) -> str:
    return (
        f'<svg class="{css}" viewBox="0 0 {number(w)} {number(h)}" width="{number(w)}" height="{number(h)}" '
        f'role="group" aria-label="{escape(label)}" xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )
