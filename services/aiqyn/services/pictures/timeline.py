"""The timeline: when each fact was in force, beside the days on which the contract was decided; one exact scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from aiqyn.services.pictures.canvas import NAME, SMALL, Canvas, number
from aiqyn.services.pictures.scale import Scale, span
from aiqyn.services.pictures.text import width, wrap

Side = Literal["duty", "interest"]
_TONE = {"duty": "duty", "interest": "private"}
_HEAD = 66.0
_BAR = 12.0
_LABELS, _RECORDED = 340.0, 150.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A fact. `start`: earliest and latest reading of its first day; `end`: of the first day not in force; None: open.
    `recorded_text` is empty where there is nothing to say; `late`: it came on record behind the window."""

    number: int
    side: Side
    label: str
    dates: str
    start: tuple[date, date] | None
    end: tuple[date, date] | None
    recorded: date
    recorded_text: str
    late: bool


@dataclass(frozen=True, slots=True)
class Words:
    """What the picture itself says; `overlap` may be empty."""

    label: str
    window: str
    overlap: str
    award: str
    recorded: str


def sure(bars: Sequence[Bar], window: tuple[date, date]) -> tuple[date, date] | None:
    """The days `[first, behind the last)` of the window on which everything holds for every reading; None: there are
    none. `window` is half open."""
    first = max([window[0], *(bar.start[1] for bar in bars if bar.start)])
    last = min([window[1], *(bar.end[0] for bar in bars if bar.end)])
    return (first, last) if first < last else None


def perhaps(bars: Sequence[Bar], window: tuple[date, date]) -> tuple[date, date] | None:
    """The same for some reading."""
    first = max([window[0], *(bar.start[0] for bar in bars if bar.start)])
    last = min([window[1], *(bar.end[1] for bar in bars if bar.end)])
    return (first, last) if first < last else None


def wide(bars: Sequence[Bar], window: tuple[date, date], months: Sequence[str], words: Words) -> Canvas:
    """For wide screens; `window` is half open, `months` the twelve short names."""
    return _Drawing(bars, window, months, words, 1200.0, False).whole()


def tall(bars: Sequence[Bar], window: tuple[date, date], months: Sequence[str], words: Words) -> Canvas:
    """For narrow screens and print: labels above the bars."""
    return _Drawing(bars, window, months, words, 358.0, True).whole()


class _Drawing:
    def __init__(
        self,
        bars: Sequence[Bar],
        window: tuple[date, date],
        months: Sequence[str],
        words: Words,
        w: float,
        narrow: bool,
    ) -> None:
        self.bars, self.window, self.words, self.narrow = bars, window, words, narrow
        self.prefix = "tn" if narrow else "tw"
        self.canvas = Canvas(w)
        left, self.right = (0.0, 0.0) if narrow else (_LABELS, _RECORDED)
        days = [day for bar in bars for pair in (bar.start, bar.end, (bar.recorded,)) if pair for day in pair]
        self.scale = Scale(*span(days, window), left + 10, w - self.right - 10)
        self.months = months
        room = w if narrow else left - 12
        self.names = [wrap(bar.label, room - 34, NAME, 2, True) for bar in bars]
        self.notes = [self._dates(bar, room - 32) for bar in bars]
        lead = 24.0 if narrow else 14.0
        self.records = [[] if narrow else wrap(bar.recorded_text, self.right - 10, SMALL, 5, bar.late) for bar in bars]
        self.heights = [
            lead + 16 * max(len(name) + len(note), len(record))
            for name, note, record in zip(self.names, self.notes, self.records, strict=True)
        ]
        self.tops = [_HEAD + sum(self.heights[:at]) for at in range(len(bars))]
        self.bottom = _HEAD + sum(self.heights) + 6

    def _dates(self, bar: Bar, room: float) -> list[str]:
        said = f"{bar.dates} · ◆ {bar.recorded_text}" if self.narrow and bar.recorded_text else bar.dates
        return wrap(said, room, SMALL, 3 if self.narrow else 2, self.narrow and bar.late)

    def whole(self) -> Canvas:
        self._overlap()
        self._ticks()
        for at, bar in enumerate(self.bars):
            self._row(at, bar)
        self._award()
        self._window()
        hatches = "".join(
            f'<pattern id="{self.prefix}{tone}" width="6" height="6" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate(45)"><path d="M0 0V6" class="hatch {tone}"/></pattern>'
            for tone in ("duty", "private", "both")
        )
        self.canvas.parts.insert(0, f"<defs>{hatches}</defs>")
        return self.canvas

    def _strips(self) -> list[tuple[float, float]]:
        """Where upright bands and lines may go; on narrow screens never across the labels."""
        if not self.narrow:
            return [(_HEAD - 6, self.bottom)]
        return [(y + high - 22, y + high - 2) for y, high in zip(self.tops, self.heights, strict=True)]

    def _overlap(self) -> None:
        certain, possible = sure(self.bars, self.window), perhaps(self.bars, self.window)
        for days, css, more in (
            (possible if possible != certain else None, "may", f' fill="url(#{self.prefix}both)"'),
            (certain, "sure", ""),
        ):
            if days is None:
                continue
            x, until = self.scale.x(days[0]), self.scale.x(days[1])
            for top, bottom in self._strips():
                self.canvas.rect(x, top, until - x, bottom - top, css, more)

    def _ticks(self) -> None:
        year = None
        step, firsts = self.scale.ticks(44.0 if self.narrow else 56.0)
        strips = [(_HEAD - 14, _HEAD - 8)] if self.narrow else self._strips()
        for first in firsts:
            x = self.scale.x(first)
            for top, bottom in strips:
                self.canvas.line(x, top, x, bottom, "grid")
            named = self.months[first.month - 1] + (f" {first.year}" if first.year != year else "")
            said = str(first.year) if step >= 12 else named
            if x + width(said, SMALL) + 4 <= self.scale.last_x + self.right:
                self.canvas.text(x + 4, _HEAD - 14, said, "tick")
                year = first.year
        if not self.narrow:
            self.canvas.text(self.canvas.width, _HEAD - 14, self.words.recorded, "tick", "end")

    def _row(self, at: int, bar: Bar) -> None:
        top, high, tone = self.tops[at], self.heights[at], _TONE[bar.side]
        if at and not self.narrow:
            self.canvas.line(0, top, self.canvas.width, top, "grid")
        self.canvas.mark(bar.number, tone, 11, top + (14 if self.narrow else high / 2))
        y = top + (14 if self.narrow else 20)
        late = "late" if bar.late and self.narrow else "note"
        for place, line in enumerate(self.names[at]):
            self.canvas.text(30, y + 16 * place, line, "name")
        for place, line in enumerate(self.notes[at], len(self.names[at])):
            self.canvas.text(30, y + 16 * place, line, late)
        rows = self.records[at]
        for place, line in enumerate(rows):
            middle = top + high / 2 + 4 + 16 * (place - (len(rows) - 1) / 2)
            self.canvas.text(self.canvas.width, middle, line, "late" if bar.late else "note", "end")
        self._bar(bar, tone, top + (high - 18 if self.narrow else high / 2 - _BAR / 2))

    def _bar(self, bar: Bar, tone: str, y: float) -> None:
        scale = self.scale
        start = bar.start or (date.min, date.min)
        end = bar.end or (date.max, date.max)
        early, since, until, late = (scale.x(scale.within(day)) for day in (*start, *end))
        if since < until:
            self.canvas.rect(since, y, max(2.0, until - since), _BAR, f"bar {tone}")
        for x, behind in ((early, since), (until, late)):
            if x < behind:
                self.canvas.rect(x, y, behind - x, _BAR, f"bar maybe {tone}", f' fill="url(#{self.prefix}{tone})"')
        if start[0] < scale.first:
            self.canvas.arrow(scale.first_x - 10, y + _BAR / 2, tone, "left")
        if end[1] > scale.last:
            self.canvas.arrow(scale.last_x + 10, y + _BAR / 2, tone, "right")
        if scale.first <= bar.recorded <= scale.last:
            x = scale.middle(bar.recorded)
            self.canvas.parts.append(f'<path d="M{number(x)} {number(y + _BAR / 2 - 7)}l7 7-7 7-7-7z" class="rec"/>')

    def _award(self) -> None:
        """A line at the middle of the last day of the window, named on that side where there is room."""
        x = self.scale.middle(date.fromordinal(self.window[1].toordinal() - 1))
        wide = width(self.words.award, SMALL, True)
        flip = x + 6 + wide > self.canvas.width and x - 6 - wide > 0
        strips = [(_HEAD - 44, _HEAD - 8), *self._strips()] if self.narrow else [(_HEAD - 44, self.bottom)]
        for top, bottom in strips:
            self.canvas.line(x, top, x, bottom, "award")
        self.canvas.text(x - 6 if flip else x + 6, _HEAD - 34, self.words.award, "what", "end" if flip else "start")

    def _window(self) -> None:
        first, last = (self.scale.x(day) for day in self.window)
        self.canvas.line(first, self.bottom + 8, last, self.bottom + 8, "brace")
        for x in (first, last):
            self.canvas.line(x, self.bottom + 3, x, self.bottom + 13, "brace")
        rows = [(line, "note") for line in wrap(self.words.window, self.canvas.width, SMALL, 2)]
        if self.words.overlap:
            rows += [(line, "what both") for line in wrap(self.words.overlap, self.canvas.width, SMALL, 2, True)]
        for at, (line, css) in enumerate(rows):
            half = width(line, SMALL, True) / 2
            x = min(max((first + last) / 2, half), self.canvas.width - half)
            self.canvas.text(x, self.bottom + 26 + 16 * at, line, css, "middle")
        self.canvas.height = self.bottom + 18 + 16 * len(rows)
