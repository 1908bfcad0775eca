"""Demo countries and single scenarios, read for the tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NamedTuple

from aiqyn.services.demo import Country, Decoy, Plant, generate
from aiqyn.services.demo.calendar import day_of
from aiqyn.services.demo.plants.table import PLANTINGS
from aiqyn.services.demo.world import Room, World


@dataclass(frozen=True)
class Told:
    """A demo country with its events read."""

    country: Country
    lines: tuple[bytes, ...]
    events: tuple[dict[str, Any], ...]
    """Without the deliberate duplicates."""


class Staged(NamedTuple):
    """One scenario played alone."""

    rule: str
    is_hit: bool
    name: str
    truth: tuple[Plant, ...]
    decoys: tuple[Decoy, ...]
    events: tuple[dict[str, Any], ...]


def tell(size: int, seed: int) -> Told:
    country = generate(size, seed)
    lines = tuple(country.events)
    return Told(country, lines, tuple(json.loads(line) for line in dict.fromkeys(lines)))


def stage_all(seed: int) -> tuple[Staged, ...]:
    """Every scenario of every rule, hits and near misses."""
    staged: list[Staged] = []
    for planting in PLANTINGS:
        for is_hit, scenarios in ((True, planting.hits), (False, planting.decoys)):
            for scenario in scenarios:
                number = len(staged)
                opened = day_of(2021, 1, 5) + 5 * number
                room = Room(number * 64, number * 32, 64, 32)
                world = World(f"s{number:03d}", seed, room, opened, opened + 60)
                scenario(world)
                events = tuple(json.loads(text) for text in dict.fromkeys(line.text for line in world.lines))
                truth, decoys = tuple(world.truth), tuple(world.decoys)
                staged.append(Staged(planting.rule, is_hit, scenario.__name__, truth, decoys, events))
    return tuple(staged)
