"""Seeded chance with few calls an outcome: a demo country is made of millions of small choices."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Chance(Random):
    """A `Random` whose simple draws cost one call of `random()`: fair enough for a story."""

    def below(self, limit: int) -> int:
        """A whole number in `[0, limit)`."""
        return int(self.random() * limit)

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.random() * (high - low + 1))

    def pick(self, choices: Sequence[T]) -> T:
        return choices[int(self.random() * len(choices))]
