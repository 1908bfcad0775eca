"""Days, moments, spans and shares as a language writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from aiqyn.rules import messages
from aiqyn.schemas.days import iso, parse_optional_day
from aiqyn.schemas.shares import UNKNOWN, Share
from aiqyn.streams.detection.alerts import exact

_DECIMALS = 6
"""Digits after the point of a percentage whose decimals do not end."""


class Wording:
    """The messages of one language. Raises UnknownMessage where its catalogue lacks one."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def say(self, key: str, /, **parameters: object) -> str:
        said = messages.text(key, self.lang, **parameters)
        # a date or name may end in a full stop of its own
        return said[:-1] if said.endswith("..") and not said.endswith("...") else said

    def word(self, table: str, code: str) -> str:
        """A code in words; one that the table lacks stands as it is."""
        return messages.word(table, code, self.lang)

    def day(self, written: str) -> str:
        """A date as written in a source: a day, a month or a year; the day of a date-time."""
        year, *rest = written[:10].split("-")
        if not rest:
            return self.say("date.year", year=year)
        if len(rest) == 1:
            return self.say("date.month", month=self.say(f"month_alone.{int(rest[0])}"), year=year)
        month = self.say(f"month.{int(rest[0])}")
        return self.say("date.day", day=int(rest[1]), month=month, year=year)

    def days(self, first: str, last: str) -> str:
        """A span of whole days, both included (ISO 8601)."""
        if first == last:
            return self.say("span.one_day", day=self.day(first))
        return self.say("span.days", first=self.day(first), last=self.day(last))

    def span(self, start: str | None, end: str | None) -> str:
        """When something is in force, as written; `end` is the first day on which it is not any more."""
        if start is None and end is None:
            return self.say("span.always")
        if end is None:
            return self.say("span.open", first=self.day(start or ""))
        last = self.day(_day_before(end))
        if start is None:
            return self.say("span.until", last=last)
        return self.say("span.closed", first=self.day(start), last=last)

    def moment(self, recorded: str) -> str:
        """A moment in RFC 3339, UTC, to the minute."""
        return self.say("date.moment", day=self.day(recorded), time=recorded[11:16])

    def share(self, share: Share) -> str:
        """A share in percent: exact, or the band with its open bounds."""
        if share.low == share.high:
            return self._percent(share.low)
        if share == UNKNOWN:
            return self.say("share.unknown")
        over = "over_band" if share.low_open else "band"
        key = f"share.{over}_under" if share.high_open else f"share.{over}"
        return self.say(key, low=self._figure(share.low)[0], high=self._figure(share.high)[0])

    def _percent(self, value: Fraction) -> str:
        text, ends = self._figure(value)
        return self.say("share.exact" if ends else "share.about", value=text)

    def _figure(self, value: Fraction) -> tuple[str, bool]:
        """As `_percent_text`, with the language's decimal point."""
        text, ends = _percent_text(value)
        return text.replace(".", self.say("number.point")), ends

    def listed(self, items: Sequence[str], most: int = 12) -> str:
        """Items with commas between; those beyond `most` are counted."""
        shown = ", ".join(items[:most])
        rest = len(items) - most
        return self.say("label.and_more", list=shown, count=rest) if rest > 0 else shown

    def together(self, items: Sequence[str]) -> str:
        """As `listed`, two items as a pair."""
        return self.say("label.pair", left=items[0], right=items[1]) if len(items) == 2 else self.listed(items)


def share_of(written: Mapping[str, Any]) -> Share:
    """A share as an alert's document writes it. Exact."""
    return Share(Fraction(written["min"]), Fraction(written["max"]), written["minExclusive"], written["maxExclusive"])


def _percent_text(value: Fraction) -> tuple[str, bool]:
    """A fraction of 1 in percent, and whether its decimals end so soon that nothing is left out."""
    text = exact(value * 100)
    _, point, decimals = text.partition(".")
    if len(decimals) <= 2 * _DECIMALS:
        return text, True
    return text[: len(text) - len(decimals) + _DECIMALS].rstrip("0").rstrip(point), False


def _day_before(end: str) -> str:
    """The last day in force, for people; a partial date stays as written."""
    span = parse_optional_day(end)
    if span is None or not span.exact or span.first <= 1:
        return end
    return iso(span.first - 1)


def days_between(first: str, later: str) -> int:
    """Whole days from one ISO date to another; negative where the second is earlier."""
    return (date.fromisoformat(later[:10]) - date.fromisoformat(first[:10])) // timedelta(days=1)
