"""Days and instants as text. A day is an ordinal, an instant counts seconds since 1970 UTC."""

from __future__ import annotations

from datetime import date
from functools import cache

_EPOCH = date(1970, 1, 1).toordinal()
DAY = 86_400
"""Seconds in a day."""


@cache
def day_text(day: int) -> str:
    """`YYYY-MM-DD`."""
    return date.fromordinal(day).isoformat()


def day_of(year: int, month: int, number: int) -> int:
    return date(year, month, number).toordinal()


def year_of(day: int) -> int:
    return date.fromordinal(day).year


def instant(day: int, hour: int = 0, minute: int = 0, second: int = 0) -> int:
    return (day - _EPOCH) * DAY + hour * 3600 + minute * 60 + second


def instant_day(at: int) -> int:
    return at // DAY + _EPOCH


def instant_text(at: int) -> str:
    """RFC 3339 in UTC, whole seconds."""
    minutes, second = divmod(at % DAY, 60)
    return f"{day_text(at // DAY + _EPOCH)}T{_clock(minutes)}:{second:02d}Z"


def moment(day: int, clock: str) -> str:
    """A day and a time of day, `09:00:00`, as an RFC 3339 instant."""
    return f"{day_text(day)}T{clock}Z"


@cache
def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
