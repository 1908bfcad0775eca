"""Columns a month: what stands, and above it what was withdrawn since."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from aiqyn.services.pictures.canvas import number

_HEIGHT = 142.0
_BASE = 120.0
_MOST = 86.0


def months(rows: Sequence[tuple[str, int, int]], label: str) -> str:
    """`rows`: name, standing, withdrawn since; oldest first."""
    step = 46.0
    most = max((standing + withdrawn for _, standing, withdrawn in rows), default=0) or 1
    parts = [f'<path d="M0 {number(_BASE + 0.5)}H{number(step * len(rows))}" class="base"/>']
    for at, (name, standing, withdrawn) in enumerate(rows):
        x = 10 + step * at
        high, more = _MOST * standing / most, _MOST * withdrawn / most
        parts.append(_bar(x, _BASE - high, high, "a"))
        if withdrawn:
            parts.append(_bar(x, _BASE - high - more - 2, more, "w"))
        top = _BASE - high - (more + 2 if withdrawn else 0)
        parts.append(_text(x + 13, 136, name, ""))
        if standing + withdrawn:
            parts.append(_text(x + 13, top - 4, str(standing + withdrawn), ' class="v"'))
    width = number(step * len(rows) + 4)
    return (
        f'<svg class="cols" viewBox="0 0 {width} {number(_HEIGHT)}" width="{width}" height="{number(_HEIGHT)}" '
        f'role="img" aria-label="{escape(label)}" xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def _bar(x: float, y: float, high: float, css: str) -> str:
    return f'<rect x="{number(x)}" y="{number(y)}" width="26" height="{number(high)}" class="{css}"/>'


def _text(x: float, y: float, words: str, more: str) -> str:
    return f'<text x="{number(x)}" y="{number(y)}" text-anchor="middle"{more}>{escape(words)}</text>'
