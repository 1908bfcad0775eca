"""COI-03: somebody with influence owns at least 5 % of a bidder through other companies, or controls it."""

from __future__ import annotations

from collections.abc import Sequence

from aiqyn.services.demo.entities import Entity
from aiqyn.services.demo.people import Person
from aiqyn.services.demo.plants.scene import Level, Scene
from aiqyn.services.demo.statements import Band, Share
from aiqyn.services.demo.world import World

RULE = "COI-03"
_ALL = ("COI-01", "COI-02", "COI-03", "COI-06")


def chain(world: World, holder: Person, shares: Sequence[Share]) -> list[Entity]:
    """New companies one below the other, the holder above them; the last is returned last."""
    made: list[Entity] = []
    above: Person | Entity = holder
    for share in shares:
        company = world.company()
        world.stake(above, company, share)
        made.append(company)
        above = company
    return made


def _through(world: World, level: Level, shares: Sequence[Share]) -> None:
    scene = Scene(world, level)
    company = chain(world, scene.official, shares)[-1]
    scene.award(company)
    scene.expect(RULE, company, scene.official)


def one_holding(world: World) -> None:
    _through(world, "I2", (80, 40))


def exactly_five_through_a_holding(world: World) -> None:
    _through(world, "I1", (25, 20))


def clerk_behind_a_holding(world: World) -> None:
    _through(world, "I4", (60, 30))


def four_links(world: World) -> None:
    _through(world, "I2", (90, 80, 70, 60))


def controls_through_six_links(world: World) -> None:
    _through(world, "I1", (51, 51, 51, 51, 51, 51))


def diamond(world: World) -> None:
    scene = Scene(world, "I2")
    left, right, company = world.company(), world.company(), world.company()
    world.stake(scene.official, left, 30)
    world.stake(scene.official, right, 40)
    world.stake(left, company, 10)
    world.stake(right, company, 5)
    scene.award(company)
    scene.expect(RULE, company, scene.official)


def cross_holdings(world: World) -> None:
    scene = Scene(world, "I2")
    left, right, company = world.company(), world.company(), world.company()
    world.stake(scene.official, left, 10)
    world.stake(left, right, 50)
    world.stake(right, left, 40)
    world.stake(left, company, 40)
    scene.award(company)
    scene.expect(RULE, company, scene.official)


def indirect_without_components(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company()
    world.stake(scene.official, company, 30, level="indirect")
    scene.award(company)
    scene.expect(RULE, company, scene.official)


def bands_around_five(world: World) -> None:
    scene = Scene(world, "I2")
    company = chain(world, scene.official, (Band(25, 50, low_open=True), 15))[-1]
    scene.award(company)
    scene.expect(RULE, company, scene.official, certainty="possible")


def just_short(world: World) -> None:
    scene = Scene(world, "I1")
    company = chain(world, scene.official, (24.9, 20))[-1]
    scene.award(company)
    scene.miss("24.9 % of 20 %", company, *_ALL)


def exactly_half(world: World) -> None:
    scene = Scene(world, "I2")
    company = chain(world, scene.official, (50, 50, 50, 50, 50))[-1]
    scene.award(company)
    scene.miss("halves all the way: neither control nor 5 %", company, *_ALL)


def upper_link_ended(world: World) -> None:
    scene = Scene(world, "I4")
    holding, company = world.company(), world.company()
    world.stake(scene.official, holding, 20, end=world.opened)
    world.stake(holding, company, 80)
    scene.award(company)
    scene.miss("the upper link ended on the day before the window", company, *_ALL)


def components_count_once(world: World) -> None:
    scene = Scene(world, "I2")
    holding, company = world.company(), world.company()
    start = world.past()
    upper = world.stake(scene.official, holding, 20, start=start, is_component=True)
    lower = world.stake(holding, company, 20, start=start, is_component=True)
    world.stake(scene.official, company, 4, start=start, level="indirect", components=(upper, lower))
    scene.award(company)
    scene.miss("4 % stated by its components and as a whole", company, *_ALL)


HITS = (
    one_holding,
    controls_through_six_links,
    exactly_five_through_a_holding,
    clerk_behind_a_holding,
    four_links,
    diamond,
    cross_holdings,
    indirect_without_components,
    bands_around_five,
)
DECOYS = (just_short, exactly_half, upper_link_ended, components_count_once)
