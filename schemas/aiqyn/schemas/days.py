"""Days, partial dates and truth over time.

A day is an ordinal (`datetime.date.toordinal`); an interval of days is half-open, `[start, end)`.
A partial date (`2023`, `2023-03`) is an interval of uncertainty. `Days` is a three-valued truth
over time: on some days certain, on some possible, on the others no.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

BEGINNING = 0
"""Before every day: an open lower bound."""
FOREVER = date.max.toordinal() + 1
"""After every day: an open upper bound."""

Certainty = Literal["certain", "possible"]

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ].*)?)?)?\Z", re.ASCII | re.DOTALL)


class DaySpan(NamedTuple):
    """The days that a date as written may mean, both included."""

    first: int
    last: int

    @property
    def exact(self) -> bool:
        return self.first == self.last


class Interval(NamedTuple):
    """Days `[start, end)`."""

    start: int
    end: int


class Segment(NamedTuple):
    """Days `[start, end)` on which something holds, certainly or only possibly."""

    start: int
    end: int
    certain: bool


@lru_cache(maxsize=65536)
def parse_day(text: str) -> DaySpan:
    """The days that `text` may mean: `YYYY`, `YYYY-MM`, `YYYY-MM-DD` or a date-time.

    The day of a date-time is the date as written; no zone is converted.
    Raises ValueError on anything else, and on a date that no calendar has.
    """
    match = _DATE.match(text)
    if match is None:
        raise ValueError(f"not a date: {text[:40]!r}")
    year, month, day = match.groups()
    if day is not None:
        ordinal = date(int(year), int(month), int(day)).toordinal()
        return DaySpan(ordinal, ordinal)
    if month is not None:
        y, m = int(year), int(month)
        return DaySpan(date(y, m, 1).toordinal(), date(y, m, monthrange(y, m)[1]).toordinal())
    return DaySpan(date(int(year), 1, 1).toordinal(), date(int(year), 12, 31).toordinal())


@lru_cache(maxsize=65536)
def parse_optional_day(text: str | None) -> DaySpan | None:
    """As `parse_day`; None for a missing bound and for text that is no date."""
    if not text:
        return None
    try:
        return parse_day(text)
    except ValueError:
        return None


def iso(day: int) -> str:
    """The day as `YYYY-MM-DD`."""
    return date.fromordinal(day).isoformat()


def segments(start: DaySpan | None, end: DaySpan | None) -> list[Segment]:
    """How certainly something that runs from `start` to `end` is in force, over time.

    `end` is the first day not in force; a missing bound is open. Certain on the days that every
    reading of the two dates contains, possible on those that some reading contains.
    """
    from_lo, from_hi = start if start is not None else (BEGINNING, BEGINNING)
    to_lo, to_hi = end if end is not None else (FOREVER, FOREVER)
    if from_hi < to_lo:
        parts = [
            Segment(from_lo, from_hi, False),
            Segment(from_hi, to_lo, True),
            Segment(to_lo, to_hi, False),
        ]
    else:
        parts = [Segment(from_lo, to_hi, False)]
    return [part for part in parts if part.start < part.end]


def _union(intervals: Iterable[tuple[int, int]]) -> tuple[Interval, ...]:
    merged: list[list[int]] = []
    for start, end in sorted(intervals):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1][1] = end
        else:
            merged.append([start, end])
    return tuple(Interval(start, end) for start, end in merged)


def _intersect(left: tuple[Interval, ...], right: tuple[Interval, ...]) -> tuple[Interval, ...]:
    out: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start = max(left[i].start, right[j].start)
        end = min(left[i].end, right[j].end)
        if start < end:
            out.append(Interval(start, end))
        if left[i].end < right[j].end:
            i += 1
        else:
            j += 1
    return tuple(out)


def _subtract(left: tuple[Interval, ...], right: tuple[Interval, ...]) -> tuple[Interval, ...]:
    out: list[Interval] = []
    for start, end in left:
        for cut_start, cut_end in right:
            if cut_end <= start or cut_start >= end:
                continue
            if cut_start > start:
                out.append(Interval(start, cut_start))
            start = max(start, cut_end)
            if start >= end:
                break
        if start < end:
            out.append(Interval(start, end))
    return tuple(out)


@dataclass(frozen=True, slots=True)
class Days:
    """On which days something is certain, and on which at least possible (a superset of those)."""

    certain: tuple[Interval, ...] = ()
    possible: tuple[Interval, ...] = ()

    @staticmethod
    def always() -> Days:
        return ALWAYS

    @staticmethod
    def of(parts: Iterable[tuple[int, int, bool]]) -> Days:
        """From segments `(start, end, certain)` in any order, overlaps allowed."""
        parts = list(parts)
        if len(parts) == 1:
            start, end, certain = parts[0]
            only = (Interval(start, end),) if start < end else ()
            return Days(only if certain else (), only)
        return Days(
            _union((start, end) for start, end, certain in parts if certain),
            _union((start, end) for start, end, _ in parts),
        )

    @staticmethod
    def on(day: int) -> Days:
        only = (Interval(day, day + 1),)
        return Days(only, only)

    @staticmethod
    def between(start: int, end: int) -> Days:
        """Certain on `[start, end)`."""
        only = _union([(start, end)])
        return Days(only, only)

    def __bool__(self) -> bool:
        return bool(self.possible)

    @property
    def certainty(self) -> Certainty | None:
        """`certain` if on some day certain, else `possible` if on some day possible, else None."""
        if self.certain:
            return "certain"
        return "possible" if self.possible else None

    def __and__(self, other: Days) -> Days:
        if self is ALWAYS:
            return other
        if other is ALWAYS:
            return self
        return Days(_intersect(self.certain, other.certain), _intersect(self.possible, other.possible))

    def __or__(self, other: Days) -> Days:
        return Days(_union(self.certain + other.certain), _union(self.possible + other.possible))

    def minus(self, other: Days) -> Days:
        """Days on which this holds and `other` does not; what is doubtful in `other` leaves a doubt."""
        return Days(_subtract(self.certain, other.possible), _subtract(self.possible, other.certain))

    def as_possible(self) -> Days:
        """The same days, none of them certain."""
        return Days((), self.possible)


ALWAYS = Days((Interval(BEGINNING, FOREVER),), (Interval(BEGINNING, FOREVER),))
NO_DAYS = Days()
