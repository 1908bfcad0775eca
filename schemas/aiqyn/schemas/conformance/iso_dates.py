"""Dates as BODS 0.2 and 0.3 take them: ISO 8601, whole or in part, basic or extended, perhaps with a time."""

from __future__ import annotations

_YEAR = r"[+-]?[0-9]{4}"
_MONTH = r"(?:0[1-9]|1[0-2])"
_DAY = r"(?:0[1-9]|[12][0-9]|3[01])"
_WEEK = r"W(?:[0-4][0-9]|5[0-2])(?:-?[1-7])?"
_DAY_OF_YEAR = r"(?:00[1-9]|0[1-9][0-9]|[12][0-9]{2}|3(?:[0-5][0-9]|6[1-6]))"
_DATE = rf"(?:-{_MONTH}(?:-{_DAY})?|{_MONTH}{_DAY}?|-?{_WEEK}|-?{_DAY_OF_YEAR})"

_HOUR = r"(?:[01][0-9]|2[0-3])"
_SIXTY = r"[0-5][0-9]"
_FRACTION = r"(?:[.,][0-9]+)"
_EXTENDED = rf"{_HOUR}:{_SIXTY}(?:{_FRACTION}|:{_SIXTY}{_FRACTION}?)?"
_BASIC = rf"{_HOUR}{_SIXTY}{_FRACTION}?(?:{_SIXTY}{_FRACTION}?)?"
_HOURS = rf"(?:{_HOUR}|24:?00){_FRACTION}?"
_ZONE = rf"(?:[zZ]|[+-]{_HOUR}:?(?:{_SIXTY})?)"
_TIME = rf"[T\s](?:{_EXTENDED}|{_BASIC}|{_HOURS})?{_ZONE}?"

ISO_DATE = rf"{_YEAR}(?:{_DATE}(?:{_TIME})?)?"
"""A regular expression without anchors."""
