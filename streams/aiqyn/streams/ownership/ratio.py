"""Ratios of whole numbers that need no lowest terms, and may be infinite."""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm

Ratio = tuple[int, int]
"""Numerator >= 0 and denominator; a denominator of 0 is infinity."""

NONE: Ratio = (0, 1)
ONE: Ratio = (1, 1)
INFINITE: Ratio = (1, 0)


def plus(left: Ratio, right: Ratio) -> Ratio:
    """The sum; infinite where a part is."""
    (n, d), (m, e) = left, right
    if d == e:
        return (n + m, d) if d else INFINITE
    if not d or not e:
        return INFINITE
    common = lcm(d, e)
    return n * (common // d) + m * (common // e), common


def lowest_terms(ratio: Ratio) -> Ratio:
    """The same ratio with numerator and denominator coprime."""
    n, d = ratio
    divisor = gcd(n, d)
    return (n, d) if divisor == 1 else (n // divisor, d // divisor)


def at_most_one(ratio: Ratio) -> Fraction:
    """The ratio as a fraction, cut at 1."""
    n, d = ratio
    return Fraction(n, d) if n < d else _WHOLE


_WHOLE = Fraction(1)
