"""One stream out of many worlds, in the order of arrival, holding only the worlds that are under way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from heapq import heappop, heappush
from typing import NamedTuple

from aiqyn.services.demo.world import Line


class Batch(NamedTuple):
    """Lines to come: none arrives before the instant `begins`."""

    begins: int
    build: Callable[[], list[Line]]


def in_order(batches: Iterable[Batch]) -> Iterator[bytes]:
    """The lines of all batches by arrival, within an instant by batch; `batches` come by `begins`."""
    waiting: list[tuple[int, int, int, list[Line]]] = []

    def until(instant: int | None) -> Iterator[bytes]:
        while waiting and (instant is None or waiting[0][0] < instant):
            _, number, position, lines = heappop(waiting)
            yield lines[position].text
            if position + 1 < len(lines):
                heappush(waiting, (lines[position + 1].arrives, number, position + 1, lines))

    for number, batch in enumerate(batches):
        yield from until(batch.begins)
        lines = sorted(batch.build(), key=_arrival)
        if lines:
            if lines[0].arrives < batch.begins:
                raise ValueError(f"batch {number} begins before it says")
            heappush(waiting, (lines[0].arrives, number, 0, lines))
    yield from until(None)


def _arrival(line: Line) -> tuple[int, int]:
    return line.arrives, line.order
