"""Text in pictures: bounded widths, wrapped lines, escaped; characters that hide or turn text become visible marks."""

from __future__ import annotations

import unicodedata
from html import escape

_NARROW = frozenset("iljIt.,:;!|'’()[]{}/\\ «»-fr")
_WIDE = frozenset("mwMWШЩЖЮФЫДшщжюфымМ@%₸—")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str) -> str:
    """The text with control, bidirectional and zero-width characters written out, as in `[U+202E]`."""
    return "".join(f"[U+{ord(c):04X}]" if unicodedata.category(c) in _HIDDEN else c for c in text)


def width(text: str, size: float, bold: bool = False) -> float:
    """An upper bound of the width in units, whatever common interface face is installed."""
    ems = sum(0.42 if c in _NARROW else 1.0 if c in _WIDE else 0.76 if c.isupper() else 0.66 for c in text)
    return ems * size * (1.08 if bold else 1.0)


def wrap(text: str, room: float, size: float, most: int, bold: bool = False) -> list[str]:
    """At most `most` lines that fit into `room`; what is left over ends in an ellipsis."""
    lines: list[str] = []
    line = ""
    for word in visible(text).split():
        for piece in _pieces(word, room, size, bold):
            joined = f"{line} {piece}" if line else piece
            if line and width(joined, size, bold) > room:
                lines.append(line)
                line = piece
            else:
                line = joined
    if line:
        lines.append(line)
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and width(last + "…", size, bold) > room:
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip() + "…"]


def _pieces(word: str, room: float, size: float, bold: bool) -> list[str]:
    """A word in pieces that each fit into a line."""
    pieces: list[str] = []
    while width(word, size, bold) > room and len(word) > 1:
        end = len(word) - 1
        while end > 1 and width(word[:end] + "-", size, bold) > room:
            end -= 1
        pieces.append(word[:end] + "-")
        word = word[end:]
    return [*pieces, word]


def lines(texts: list[str], x: float, y: float, step: float, css: str, anchor: str = "") -> str:
    """One `<text>` a line: each is a paragraph of its own, so no line turns the order of another."""
    at = f' text-anchor="{anchor}"' if anchor else ""
    return "".join(
        f'<text x="{number(x)}" y="{number(y + step * index)}" class="{css}"{at}>{escape(text)}</text>'
        for index, text in enumerate(texts)
    )


def number(value: float) -> str:
    """A coordinate with at most one decimal."""
    return f"{value:.1f}".rstrip("0").rstrip(".")
