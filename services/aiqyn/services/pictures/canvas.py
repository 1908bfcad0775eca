"""What a picture is drawn on, and the rules that every picture keeps: all inside, nothing over another."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Literal

from aiqyn.services.pictures.text import flat, shorten, wrap

NAME, SMALL = 13.0, 12.0
"""Sizes of text in units: names, and all else. Nothing in a picture is smaller."""
PAD, LINE, CAPTION = 11.0, 17.0, 22.0
"""Room inside a box, height of a line of a name, height of the row of its caption."""

Kind = Literal["person", "company", "body", "contract", "unknown"]
_ICONS: dict[Kind, str] = {  # 16 x 16, strokes only
    "person": '<circle cx="8" cy="5" r="3"/><path d="M2.500 14.500c.5-4 2.600-5.500 5.500-5.500s5 1.500 5.500 5.500"/>',
    "company": '<path d="M2 14.500V5.500h12v9zM6 5.500V3h4v2.500M2 9.500h12"/>',
    "body": '<path d="M2 6l6-3.500L14 6zM3.500 6v6.500M8 6v6.500M12.500 6v6.500M1.500 14h13"/>',
    "contract": '<path d="M3.500 1.500h6l3 3v10h-9zM9.500 1.500v3h3M5.500 8h5M5.500 11h5"/>',
    "unknown": '<circle cx="8" cy="8" r="6"/>'
    '<path d="M6 6.300c.2-2.600 4.200-2.500 4 0-.1 1.400-2 1.500-2 3M8 11.200v.6"/>',
}


@dataclass(frozen=True, slots=True)
class Node:
    """A box of a picture: who or what it is, in which place, and where it leads."""

    id: str
    kind: Kind
    caption: str
    name: str
    notes: tuple[str, ...] = ()
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """Where a thing lies; `kind`: node, label, pill or mark."""

    kind: str
    name: str
    x: float
    y: float
    w: float
    h: float


@dataclass(slots=True)
class Canvas:
    """Parts of an SVG in drawing order, and where things lie."""

    width: float
    height: float = 0.0
    parts: list[str] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)

    def text(self, x: float, y: float, words: str, css: str, anchor: str = "start") -> None:
        """One line: it is a paragraph of its own, so none turns the order of another."""
        at = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self.parts.append(f'<text x="{number(x)}" y="{number(y)}" class="{css}"{at}>{escape(flat(words))}</text>')

    def line(self, x1: float, y1: float, x2: float, y2: float, css: str) -> None:
        self.parts.append(f'<path d="M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}" class="{css}"/>')

    def rect(self, x: float, y: float, w: float, h: float, css: str, more: str = "") -> None:
        self.parts.append(
            f'<rect x="{number(x)}" y="{number(y)}" width="{number(w)}" height="{number(h)}" class="{css}"{more}/>'
        )

    def arrow(self, x: float, y: float, css: str, turn: Literal["right", "down", "left"] = "right") -> None:
        """A head whose point is at x, y."""
        dx, dy = {"right": (-8.0, 4.5), "left": (8.0, 4.5), "down": (4.5, -8.0)}[turn]
        if turn == "down":
            way = f"M{number(x - dx)} {number(y + dy)}L{number(x)} {number(y)}L{number(x + dx)} {number(y + dy)}z"
        else:
            way = f"M{number(x + dx)} {number(y - dy)}L{number(x)} {number(y)}L{number(x + dx)} {number(y + dy)}z"
        self.parts.append(f'<path d="{way}" class="head {css}"/>')

    def mark(self, value: int, tone: str, x: float, y: float, certain: bool = True) -> None:
        """The number of a fact, a link to its row in the table."""
        maybe = "" if certain else " maybe"
        self.parts.append(
            f'<a href="#e{value}" class="num"><circle cx="{number(x)}" cy="{number(y)}" r="10" '
            f'class="dot {tone}{maybe}"/><text x="{number(x)}" y="{number(y + 4.3)}" text-anchor="middle" '
            f'class="no {tone}">{value}</text></a>'
        )
        self.boxes.append(Box("mark", f"fact {value}", x - 10, y - 10, 20, 20))

    def node(
        self, node: Node, tone: str, x: float, y: float, w: float, h: float, lines: int = 4, key: str = ""
    ) -> None:
        """A box with its caption, name and notes, in the middle of its height."""
        rows, need = body(node, w, lines)
        captions = caption(node, w)
        top = y + max(0.0, (h - need) / 2)
        self.parts.append(f'<a href="{escape(node.href)}">' if node.href else "<g>")
        self.parts.append(f"<title>{escape(flat(node.name))}</title>{_outline(node.kind, x, y, w, h, tone)}")
        self.parts.append(
            f'<g transform="translate({number(x + PAD - 1)} {number(top + 6)})" class="icon {tone}">'
            f"{_ICONS[node.kind]}</g>"
        )
        for at, words in enumerate(captions):
            self.text(x + PAD + 20, top + 19 + 15 * at, words, f"cap {tone}")
        for at, (words, css) in enumerate(rows):
            self.text(x + PAD, top + CAPTION + 15 * len(captions) + LINE * at, words, css)
        self.parts.append("</a>" if node.href else "</g>")
        self.boxes.append(Box("node", key or node.id, x, y, w, h))

    def svg(self, css: str, label: str) -> str:
        """The whole picture."""
        return (
            f'<svg class="{css}" viewBox="0 0 {number(self.width)} {number(self.height)}" width="{number(self.width)}" '
            f'height="{number(self.height)}" role="group" aria-label="{escape(flat(label))}" '
            f'xmlns="http://www.w3.org/2000/svg">{"".join(self.parts)}</svg>'
        )


def number(value: float) -> str:
    """A coordinate with at most one decimal."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def caption(node: Node, w: float) -> list[str]:
    return wrap(node.caption, w - 2 * PAD - 14, SMALL, 2) or [""]


def body(node: Node, w: float, lines: int = 4) -> tuple[list[tuple[str, str]], float]:
    """The lines of a box below its caption with their classes, and how high the box must be."""
    room = w - 2 * PAD
    rows = [(words, "name") for words in wrap(shorten(node.name), room, NAME, lines, bold=True)]
    for note in node.notes:
        rows += [(words, "note") for words in wrap(note, room, SMALL, 2)]
    return rows, CAPTION + LINE * len(rows) + 14 + 15 * (len(caption(node, w)) - 1)


def _outline(kind: Kind, x: float, y: float, w: float, h: float, tone: str) -> str:
    if kind == "contract":
        return (
            f'<path d="M{number(x)} {number(y)}h{number(w - 16)}l16 16v{number(h - 16)}h{number(-w)}z" '
            f'class="node {tone}"/>'
        )
    return (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(w)}" height="{number(h)}" '
        f'rx="{14 if kind == "person" else 2}" class="node {tone}"/>'
    )


def faults(canvas: Canvas) -> list[str]:
    """Empty when all lies inside and no two boxes overlap."""
    slack = 0.5
    found = [
        f"outside: {box}"
        for box in canvas.boxes
        if box.x < -slack
        or box.y < -slack
        or box.x + box.w > canvas.width + slack
        or box.y + box.h > canvas.height + slack
    ]
    for at, one in enumerate(canvas.boxes):
        for other in canvas.boxes[at + 1 :]:
            apart = (
                one.x >= other.x + other.w - slack
                or other.x >= one.x + one.w - slack
                or one.y >= other.y + other.h - slack
                or other.y >= one.y + one.h - slack
            )
            if not apart:
                found.append(f"overlap: {one.kind} {one.name} / {other.kind} {other.name}")
    return found
