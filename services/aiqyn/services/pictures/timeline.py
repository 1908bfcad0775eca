"""The timeline: when each fact was in force, beside the days on which the contract was decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import Literal

from aiqyn.services.pictures.text import lines, number, wrap

_WIDTH, _LEFT, _RIGHT = 1200.0, 340.0, 1040.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One fact: `start` its first day, `end` the first day not in force (None: open); `recorded` when it came."""

    number: int
    side: Literal["duty", "interest"]
    what: str
    when: str
    start: date | None
    end: date | None
    certain: bool
    recorded: date
    late: str
    """When it was recorded, in words."""
    is_late: bool


@dataclass(frozen=True, slots=True)
class Words:
    label: str
    window: str
    award: str
    recorded: str


def draw(bars: Sequence[Bar], window: tuple[date, date], months: Sequence[str], words: Words) -> str:
    """The picture; `window` is first and last day, both included; `months` the twelve short names."""
    first, last = _span(bars, window)
    days = max((last - first).days, 1)

    def x(day: date) -> float:
        return _LEFT + (day - first).days * (_RIGHT - _LEFT) / days

    top = 48.0
    heights = [max(40.0, 14 + 16 * (len(wrap(bar.what, _LEFT - 60, 13, 2, True)) + 1)) for bar in bars]
    bottom = top + sum(heights)
    parts = [_months(first, last, x, top, bottom, months)]
    left, right = x(window[0]), x(window[1] + timedelta(days=1))
    parts.append(
        f'<rect x="{number(left)}" y="{number(top)}" width="{number(max(right - left, 1))}" '
        f'height="{number(bottom - top)}" class="sure"/>'
    )
    y = top
    for bar, height in zip(bars, heights, strict=True):
        parts.append(_row(bar, y, height, first, last, x))
        y += height
    centre = (x(window[1]) + right) / 2
    parts.append(f'<path d="M{number(centre)} 30V{number(bottom)}" class="aw"/>')
    anchor = "end" if centre > 700 else "start"
    parts.append(lines([words.award], centre + (-6 if anchor == "end" else 6), 18, 16, "what", anchor))
    parts.append(f'<path d="M{number(left)} {number(bottom + 4)}v6H{number(right)}v-6" class="brace" fill="none"/>')
    middle = min(max((left + right) / 2, _LEFT + 80), _RIGHT - 80)
    parts.append(lines([words.window], middle, bottom + 28, 16, "note", "middle"))
    parts.append(lines([words.recorded], _WIDTH, 38, 16, "note", "end"))
    return (
        f'<svg class="time" viewBox="0 0 {number(_WIDTH)} {number(bottom + 40)}" width="1200" '
        f'height="{number(bottom + 40)}" role="group" aria-label="{escape(words.label)}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def _span(bars: Sequence[Bar], window: tuple[date, date]) -> tuple[date, date]:
    """The days shown: the window and what starts, ends or is recorded near it."""
    reach = timedelta(days=max(60, 2 * ((window[1] - window[0]).days + 1)))
    near = [
        day
        for bar in bars
        for day in (bar.start, bar.end, bar.recorded)
        if day is not None and _within(day, window, reach)
    ]
    first, last = min([window[0], *near]), max([window[1], *near])
    pad = timedelta(days=max(7, (last - first).days * 8 // 100))
    return first - pad, last + pad


def _within(day: date, window: tuple[date, date], reach: timedelta) -> bool:
    return abs(day - window[0]) <= reach or abs(day - window[1]) <= reach


def _months(first: date, last: date, x: object, top: float, bottom: float, names: Sequence[str]) -> str:
    assert callable(x)
    step = next(s for s in (1, 2, 3, 6, 12, 24, 60, 120, 600) if (last - first).days / (30.4 * s) <= 12 or s == 600)
    parts = []
    told = False
    for index in range(first.year * 12 + first.month, last.year * 12 + last.month):
        if index % step:
            continue
        day = date(index // 12, index % 12 + 1, 1)
        at = x(day)
        name = f"{names[day.month - 1]} {day.year}" if not told or day.month == 1 else names[day.month - 1]
        told = True
        parts.append(f'<path d="M{number(at)} {number(top)}V{number(bottom)}" class="tick"/>')
        parts.append(lines([name], at + 3, 42, 16, "note"))
    return "".join(parts)


def _row(bar: Bar, y: float, height: float, first: date, last: date, x: object) -> str:
    assert callable(x)
    css = "duty" if bar.side == "duty" else "private"
    start = max(bar.start or first, first)
    end = min(bar.end or last, last)
    middle = y + height / 2
    parts = [f'<path d="M0 {number(y + height)}H{number(_WIDTH)}" class="hair"/>']
    parts.append(
        f'<a href="#e{bar.number}" class="num"><circle cx="12" cy="{number(middle)}" r="10" class="dot {css}"/>'
        f'<text x="12" y="{number(middle + 4.3)}" text-anchor="middle" class="no {css}">{bar.number}</text></a>'
    )
    what = wrap(bar.what, _LEFT - 60, 13, 2, True)
    parts.append(lines(what, 34, y + 18, 16, "name"))
    parts.append(lines(wrap(bar.when, _LEFT - 60, 12, 1), 34, y + 18 + 16 * len(what), 16, "note"))
    if start < end:
        kind = "bar" if bar.certain else "bar may"
        parts.append(
            f'<rect x="{number(x(start))}" y="{number(middle - 6)}" width="{number(max(x(end) - x(start), 1.5))}" '
            f'height="12" class="{kind} {css}"/>'
        )
    if bar.start is None or bar.start < first:
        parts.append(_arrow(x(first), middle, -8, css))
    if bar.end is None or bar.end > last:
        parts.append(_arrow(x(last), middle, 8, css))
    if first <= bar.recorded <= last:
        at = x(bar.recorded)
        parts.append(f'<path d="M{number(at)} {number(middle - 6)}l6 6-6 6-6-6z" class="rec"/>')
    parts.append(lines(wrap(bar.late, 150, 12, 2), _WIDTH, y + 20, 16, "what late" if bar.is_late else "note", "end"))
    return "".join(parts)


def _arrow(x: float, y: float, by: float, css: str) -> str:
    return f'<path d="M{number(x)} {number(y - 6)}l{number(by)} 6 {number(-by)} 6z" class="head {css}"/>'
