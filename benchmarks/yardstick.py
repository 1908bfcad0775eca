"""A fixed piece of work, done beside what is measured: on a shared machine a second of processor is not always as long.

It looks up keys of a large table in no order, as the engine does, so that it feels a cache that others fill as well.
"""

from __future__ import annotations

import time

_ENTRIES = 1 << 19
_LOOKUPS = 4_000
_STEP = 2_654_435_761  # odd, so every key comes once before one comes again


class Yardstick:
    """`measure` gives the processor seconds of the work now."""

    def __init__(self) -> None:
        self._table = {key: (key, str(key)) for key in range(_ENTRIES)}
        self._at = 0

    def measure(self) -> float:
        table, at, total = self._table, self._at, 0
        began = time.process_time()
        for _ in range(_LOOKUPS):
            at = (at + _STEP) % _ENTRIES
            number, text = table[at]
            total += number + len(text)
        spent = time.process_time() - began
        self._at = at
        return spent
