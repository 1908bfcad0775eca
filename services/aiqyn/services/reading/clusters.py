"""Who is who: all names that the records of one person or entity have."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from aiqyn.streams.engine import Engine


class Joined(IntEnum):
    """How surely records must be joined to count as one."""

    BY_IDENTIFIER = 1
    BY_LIKENESS = 3


def names_of_one(name: str, joined: Joined) -> Callable[[Engine], list[str]]:
    """A question to the engine: all names of whoever has this one, sorted; empty: it knows none."""

    def ask(engine: Engine) -> list[str]:
        world = engine.world
        number = world.atoms.find(name)
        if number is None:
            return []
        root = world.clusters.root(number, joined)
        return sorted(world.atoms.names[each] for each in world.clusters.members(root, joined))

    return ask
