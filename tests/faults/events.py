"""The events of a run: planted conflicts from the beginning to the end, however few there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aiqyn.services.demo import country


def events(number: int | None, seed: int, size: int = country.SMALLEST_SIZE) -> list[bytes]:
    """So many events of the demo country, all where None: its planted worlds first, one after the other, and then its
    background; in their own order each, and evenly mixed. The smallest has some 2,900 events, of which 680 are planted.
    """
    planted = list(dict.fromkeys(_planted(seed, size)))[:number]
    known = set(planted)
    others = [line for line in dict.fromkeys(country.generate(size, seed).events) if line not in known]
    return list(_mixed(planted, others[: None if number is None else number - len(planted)]))


def _planted(seed: int, size: int) -> Iterator[bytes]:
    for plan in country._planted(size, seed):
        yield from (line.text for line in sorted(plan.world(seed, dry=False).lines, key=lambda line: line.arrives))


def _mixed(some: Sequence[bytes], more: Sequence[bytes]) -> Iterator[bytes]:
    """Both, each in its order, in equal shares at every place."""
    total, taken = len(some) + len(more), 0
    for place in range(total):
        if taken * total <= place * len(some) and taken < len(some):
            yield some[taken]
            taken += 1
        else:
            yield more[place - taken]
