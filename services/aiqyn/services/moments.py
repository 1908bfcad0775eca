"""Instants and days that people write, read into microseconds since 1970 UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from time import time_ns

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY = 86_400_000_000


def now() -> int:
    """The clock, in microseconds since 1970 UTC."""
    return time_ns() // 1000


def parse(text: str) -> int:
    """An RFC 3339 instant in microseconds since 1970 UTC; one without a zone is in UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // _MICROSECOND


def parse_known_at(text: str) -> int:
    """An instant as in `parse`, or a day, which stands for its last microsecond in UTC. Raises ValueError."""
    if _is_day(text):
        return parse(text) + _DAY - 1
    return parse(text)


def parse_day(text: str) -> str:
    """A full day `YYYY-MM-DD`, given back as it is. Raises ValueError."""
    if not _is_day(text):
        raise ValueError(f"not a day (YYYY-MM-DD): {text!r}")
    return date.fromisoformat(text).isoformat()


def day_start(text: str) -> int:
    """The first microsecond of a day in UTC. Raises ValueError."""
    return parse(parse_day(text))


def day_end(text: str) -> int:
    """The first microsecond after a day in UTC. Raises ValueError."""
    return day_start(text) + _DAY


def _is_day(text: str) -> bool:
    return len(text) == 10 and text[4] == text[7] == "-" and text.replace("-", "").isascii()
