"""PUB-01: a councillor's firm supplies a body that is paid from that council's budget.

The councillor of a council above the buyer has influence of the third level as well: COI-07 speaks beside it.
"""

from __future__ import annotations

from aiqyn.services.demo.entities import Budget
from aiqyn.services.demo.people import Person
from aiqyn.services.demo.plants.scene import Scene
from aiqyn.services.demo.world import World

RULE = "PUB-01"


def _council(world: World, *, between: int = 0, budget: Budget = "district") -> Scene:
    """A scene whose buyer is below a council, so many bodies between; its official sits in the council."""
    scene = Scene(world, None)
    scene.level = "I3"
    above = world.body("council", None, budget)
    world.post(scene.official, above, "councilMember", level="district")
    for _ in range(between):
        above = world.body("akimat", above, "district")
    scene.buyer = world.body("school", above, "district")
    scene.process.buyer = scene.process.procuring = scene.buyer
    return scene


def _owned(scene: Scene, holder: Person, share: float = 30) -> None:
    company = scene.world.company()
    scene.world.stake(holder, company, share)
    scene.award(company)
    persons = (scene.official,) if holder is scene.official else (scene.official, holder)
    scene.expect(RULE, company, *persons, severity_is="high")
    scene.expect("COI-07", company, *persons)


def councillor_owns(world: World) -> None:
    scene = _council(world)
    _owned(scene, scene.official)


def two_levels_below(world: World) -> None:
    scene = _council(world, between=1)
    _owned(scene, scene.official, 5)


def spouse_owns(world: World) -> None:
    scene = _council(world)
    _owned(scene, scene.spouse(), 60)


def minor_child_owns(world: World) -> None:
    scene = _council(world)
    child = world.person((2012, 2016))
    world.relation(scene.official, child, "child")
    _owned(scene, child, 10)


def councillor_directs(world: World) -> None:
    scene = _council(world)
    company = world.company()
    world.role(scene.official, company, "director")
    scene.award(company)
    scene.expect(RULE, company, scene.official, severity_is="high")
    scene.expect("COI-07", company, scene.official)


def another_budget(world: World) -> None:
    scene = _council(world, budget="regional")
    company = world.company()
    world.stake(scene.official, company, 30)
    scene.award(company)
    scene.expect("COI-07", company, scene.official)
    scene.miss("the body is paid from another budget", company, RULE)


def three_levels_below(world: World) -> None:
    scene = _council(world, between=2)
    company = world.company()
    world.stake(scene.official, company, 30)
    scene.award(company)
    scene.miss("three levels below the council", company, RULE, "COI-07")


def brother_owns(world: World) -> None:
    scene = _council(world)
    sibling, company = scene.kin("sibling"), world.company()
    world.stake(sibling, company, 30)
    scene.award(company)
    scene.expect("COI-07", company, scene.official, sibling)
    scene.miss("a brother is no member of the household", company, RULE)


def only_bids(world: World) -> None:
    scene = _council(world)
    company = world.company()
    world.stake(scene.official, company, 30)
    scene.award(scene.rival(), losers=(company,), rivals=0)
    scene.expect("COI-07", company, scene.official)
    scene.miss("bids and does not win", company, RULE)


HITS = (councillor_owns, spouse_owns, two_levels_below, minor_child_owns, councillor_directs)
DECOYS = (another_budget, three_levels_below, brother_owns, only_bids)
