"""The demo country: an invented republic of any size, told as events, with the truth about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from random import Random

from aiqyn.services.demo import background, bodies
from aiqyn.services.demo.arrival import Batch, in_order
from aiqyn.services.demo.calendar import day_of, instant
from aiqyn.services.demo.entities import Entity
from aiqyn.services.demo.plants.table import PLANTINGS, Planting, Scenario
from aiqyn.services.demo.truth import Decoy, Plant
from aiqyn.services.demo.world import Line, Room, World

DEFAULT_SIZE = 2_000
SMALLEST_SIZE = 300
_LEAD = 60
"""Days before a world's first process in which the registers publish about it."""
_COHORT = 240
_PLANTED_PERSONS, _PLANTED_ENTITIES = 64, 32
_COHORT_PERSONS, _COHORT_ENTITIES = 2_048, 320
_STATE = Room(0, 0, 128, 16)
_MINISTRIES = 5
_FIRST, _LAST = day_of(2018, 3, 10), day_of(2025, 9, 1)
"""Days on which the first and the last process of the background may open."""
_PLANTED_FIRST, _PLANTED_LAST = day_of(2020, 9, 1), day_of(2024, 9, 30)
"""The same of the planted worlds: what they rest on began in 2018 or later, what follows ends before 2026."""


@dataclass(frozen=True, slots=True)
class Country:
    """A demo country. `events` can be read once; each is a CloudEvent in JSON without a line end."""

    size: int
    seed: int
    events: Iterator[bytes]
    truth: tuple[Plant, ...]
    decoys: tuple[Decoy, ...]


@dataclass(frozen=True, slots=True)
class _Planted:
    """A planted world before it is made."""

    name: str
    scenario: Scenario
    room: Room
    opened: int

    def world(self, seed: int, dry: bool) -> World:
        world = World(self.name, seed, self.room, self.opened, self.opened + 60, lead=_LEAD, dry=dry)
        self.scenario(world)
        return world


@dataclass(frozen=True, slots=True)
class _Cohort:
    """A district of the background before it is made."""

    number: int
    companies: int
    room: Room
    opened: int
    days: int

    def world(self, seed: int, ministries: list[Entity]) -> World:
        facts = self.companies * 20 + 2_500
        late = self.opened + self.days + 20
        world = World(f"d{self.number:04d}", seed, self.room, self.opened, late, lead=_LEAD, facts=facts)
        ministry = ministries[self.number % len(ministries)]
        background.populate(world, ministry, self.companies, self.days, self.number % 8 == 0)
        return world


def generate(size: int = DEFAULT_SIZE, seed: int = 1) -> Country:
    """A country of `size` companies; the same size and seed give the same bytes.

    Events come in the order of arrival, made as they are read. About `size / 50` worlds hold planted hits and
    as many near misses, at least one of each for every rule. Raises ValueError below `SMALLEST_SIZE`.
    """
    if size < SMALLEST_SIZE:
        raise ValueError(f"a demo country has at least {SMALLEST_SIZE} companies, not {size}")
    planted = _planted(size, seed)
    truth: list[Plant] = []
    decoys: list[Decoy] = []
    taken = 0
    for plan in planted:
        world = plan.world(seed, dry=True)
        truth.extend(world.truth)
        decoys.extend(world.decoys)
        taken += world.companies
    cohorts = _cohorts(max(30, size - taken), len(planted))
    return Country(size, seed, _events(seed, planted, cohorts), tuple(truth), tuple(decoys))


def districts(size: int, seed: int = 1) -> Iterator[bytes]:
    """The events of a background of `size` companies, one district after the other, each from its registers to its last
    process: so that any stretch of some districts is of the same mix, however many came before. Made as they are read;
    nothing is planted."""
    state, ministries = _state(seed)
    yield from (line.text for line in state.lines)
    for cohort in _cohorts(size, 0):
        yield from (line.text for line in sorted(cohort.world(seed, ministries).lines))


def _planted(size: int, seed: int) -> list[_Planted]:
    """Scenarios by turns over the rules, over the years in an order that the seed decides.

    No name in the events tells a planted world's rule, or a hit from a near miss.
    """
    rng = Random(f"{seed}/plants")
    count = max(len(PLANTINGS), size // 50)
    scenarios = [planting.hits[turn % len(planting.hits)] for turn, planting in _turns(count)]
    scenarios += [planting.decoys[turn % len(planting.decoys)] for turn, planting in _turns(count)]
    rng.shuffle(scenarios)
    span = _PLANTED_LAST - _PLANTED_FIRST
    out = []
    for number, scenario in enumerate(scenarios):
        room = Room(
            _STATE.persons + number * _PLANTED_PERSONS,
            _STATE.entities + number * _PLANTED_ENTITIES,
            _PLANTED_PERSONS,
            _PLANTED_ENTITIES,
        )
        opened = _PLANTED_FIRST + span * number // len(scenarios)
        out.append(_Planted(f"p{number:05d}", scenario, room, opened))
    return out


def _turns(count: int) -> Iterator[tuple[int, Planting]]:
    """The rules in turns, so many in all, each with the number of its turn."""
    for number in range(count):
        turn, which = divmod(number, len(PLANTINGS))
        yield turn, PLANTINGS[which]


def _cohorts(companies: int, planted: int) -> list[_Cohort]:
    """The background in districts of about equal size, beginning one after the other over the years."""
    count = -(-companies // _COHORT)
    span = _LAST - _FIRST
    days = min(span, max(330, 2 * span // count))
    first = Room(_STATE.persons + planted * _PLANTED_PERSONS, _STATE.entities + planted * _PLANTED_ENTITIES, 0, 0)
    out = []
    for number in range(count):
        share = companies * (number + 1) // count - companies * number // count
        room = Room(
            first.person + number * _COHORT_PERSONS,
            first.entity + number * _COHORT_ENTITIES,
            _COHORT_PERSONS,
            _COHORT_ENTITIES,
        )
        opened = _FIRST + ((span - days) * number // (count - 1) if count > 1 else 0)
        out.append(_Cohort(number, share, room, opened, days))
    return out


def _state(seed: int) -> tuple[World, list[Entity]]:
    state = World("state", seed, _STATE, _FIRST, _FIRST + 60, lead=_LEAD)
    return state, bodies.ministries(state, _MINISTRIES)


def _events(seed: int, planted: list[_Planted], cohorts: list[_Cohort]) -> Iterator[bytes]:
    state, ministries = _state(seed)

    def plant_lines(plan: _Planted) -> list[Line]:
        return plan.world(seed, dry=False).lines

    def cohort_lines(cohort: _Cohort) -> list[Line]:
        return cohort.world(seed, ministries).lines

    batches = [Batch(instant(_FIRST - _LEAD), lambda: state.lines)]
    batches += [Batch(instant(plan.opened - _LEAD), partial(plant_lines, plan)) for plan in planted]
    batches += [Batch(instant(cohort.opened - _LEAD), partial(cohort_lines, cohort)) for cohort in cohorts]
    batches.sort(key=lambda batch: batch.begins)
    return in_order(batches)
