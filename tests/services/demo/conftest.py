from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from aiqyn.services.demo import Country, generate


@dataclass(frozen=True)
class Told:
    """A demo country with its events read."""

    country: Country
    lines: tuple[bytes, ...]
    events: tuple[dict[str, Any], ...]
    """Without the deliberate duplicates."""


def tell(size: int, seed: int) -> Told:
    country = generate(size, seed)
    lines = tuple(country.events)
    return Told(country, lines, tuple(json.loads(line) for line in dict.fromkeys(lines)))


@pytest.fixture(scope="session")
def small() -> Told:
    return tell(300, 1)


@pytest.fixture(scope="session")
def medium() -> Told:
    """Large enough for every scenario of every rule."""
    return tell(13_000, 3)
