"""Shares as intervals of exact fractions of 1, with exclusive bounds kept."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, NamedTuple

Operator = Literal[">", ">="]


class Threshold(NamedTuple):
    """A limit and how it is compared: `> 1/2`, `>= 1/20`."""

    value: Fraction
    operator: Operator = ">="


class Share(NamedTuple):
    """A share between `low` and `high` (fractions of 1); an open bound is not itself a value."""

    low: Fraction
    high: Fraction
    low_open: bool = False
    high_open: bool = False

    def surely(self, threshold: Threshold) -> bool:
        """Whether every value in the interval reaches the threshold. Exact."""
        if threshold.operator == ">":
            return self.low > threshold.value or (self.low == threshold.value and self.low_open)
        return self.low >= threshold.value

    def perhaps(self, threshold: Threshold) -> bool:
        """Whether some value in the interval reaches the threshold. Exact."""
        if threshold.operator == ">":
            return self.high > threshold.value
        return self.high > threshold.value or (self.high == threshold.value and not self.high_open)


def hull(left: Share, right: Share) -> Share:
    """The least interval that holds both."""
    low, low_open = min((left.low, left.low_open), (right.low, right.low_open))
    if left.high == right.high:
        high, high_open = left.high, left.high_open and right.high_open
    else:
        high, high_open = max((left.high, left.high_open), (right.high, right.high_open))
    return Share(low, high, low_open, high_open)


def add(left: Share, right: Share) -> Share:
    """The sum of two independent shares, not cut at 1."""
    return Share(
        left.low + right.low,
        left.high + right.high,
        left.low_open or right.low_open,
        left.high_open or right.high_open,
    )


def greatest(left: Share, right: Share) -> Share:
    """The greater of two independent shares: bounds of `max(x, y)`."""
    low, low_open = max((left.low, left.low_open), (right.low, right.low_open))
    high, high_closed = max((left.high, not left.high_open), (right.high, not right.high_open))
    return Share(low, high, low_open, not high_closed)


def cut_at_one(share: Share) -> Share:
    """Bounds of `min(x, 1)`: nobody holds more than the whole."""
    if share.high <= 1:
        return share
    if share.low >= 1:
        return WHOLE
    return Share(share.low, WHOLE.high, share.low_open)


NOTHING = Share(Fraction(0), Fraction(0))
WHOLE = Share(Fraction(1), Fraction(1))
UNKNOWN = Share(Fraction(0), Fraction(1))
