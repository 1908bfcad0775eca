"""An exact scale of days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 600)
"""Months between ticks."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Days from `first` to `last` on `first_x` to `last_x`."""

    first: date
    last: date
    first_x: float
    last_x: float

    def x(self, day: date) -> float:
        """Where a day begins."""
        return self.first_x + (day - self.first).days * self._each

    def middle(self, day: date) -> float:
        return self.x(day) + self._each / 2

    def within(self, day: date) -> date:
        """The day, or that end of the scale behind which it lies."""
        return min(max(day, self.first), self.last)

    def ticks(self, least: float) -> tuple[int, list[date]]:
        """Months between ticks, and first days of months that are at least so many units apart."""
        step = next((s for s in _STEPS if s * 30.4 * self._each >= least), _STEPS[-1])
        month = self.first.year * 12 + self.first.month - 1
        month -= month % step
        found = []
        while month // 12 <= self.last.year:
            day = date(max(month // 12, 1), month % 12 + 1, 1)
            if self.first <= day <= self.last:
                found.append(day)
            month += step
        return step, found

    @property
    def _each(self) -> float:
        return (self.last_x - self.first_x) / max((self.last - self.first).days, 1)


def span(days: Iterable[date], window: tuple[date, date]) -> tuple[date, date]:
    """First and last day shown: the window (half open), and what lies near it; a marriage of long ago and a tender of
    forty days share one exact scale."""
    reach = timedelta(days=max(60, 2 * (window[1] - window[0]).days))
    near = [day for day in days if _back(window[0], reach) <= day <= _on(window[1], reach)]
    first, last = min([window[0], *near]), max([window[1], *near])
    pad = timedelta(days=max(7, round((last - first).days * 0.08)))
    return _back(first, pad), _on(last, pad)


def _back(day: date, by: timedelta) -> date:
    return date.min if day.toordinal() <= by.days else day - by


def _on(day: date, by: timedelta) -> date:
    return date.max if day.toordinal() + by.days >= date.max.toordinal() else day + by
