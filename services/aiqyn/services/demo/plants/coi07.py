"""COI-07: somebody whose only influence is a post at a superior body has an interest in a bidder."""

from __future__ import annotations

from aiqyn.services.demo.entities import Entity
from aiqyn.services.demo.people import Person
from aiqyn.services.demo.plants.coi03 import chain
from aiqyn.services.demo.plants.scene import Scene
from aiqyn.services.demo.world import Role, World

RULE = "COI-07"
_ALL = ("COI-01", "COI-02", "COI-03", "COI-04", "COI-05", "COI-07")


def _above(world: World, levels: int) -> tuple[Scene, Entity]:
    """A scene whose official has no post yet, and the body so many levels above the buyer."""
    scene = Scene(world, None)
    scene.level = "I3"
    top = scene.department
    below = top
    for _ in range(levels - 1):
        below = world.body("department", below, "regional")
    if levels > 1:
        scene.buyer = world.body("hospital", below, "district")
        scene.process.buyer = scene.process.procuring = scene.buyer
    return scene, top


def _owns(world: World, levels: int, role: Role) -> None:
    scene, top = _above(world, levels)
    world.post(scene.official, top, role)
    company = world.company()
    world.stake(scene.official, company, 30)
    scene.award(company)
    scene.expect(RULE, company, scene.official)


def one_level_up(world: World) -> None:
    _owns(world, 1, "head")


def two_levels_up(world: World) -> None:
    _owns(world, 2, "deputyHead")


def buyer_of_the_parent_body(world: World) -> None:
    _owns(world, 1, "procurement")


def councillor_of_the_parent_body(world: World) -> None:
    _owns(world, 1, "councilMember")


def through_a_holding(world: World) -> None:
    scene = Scene(world, "I3")
    company = chain(world, scene.official, (60, 50))[-1]
    scene.award(company)
    scene.expect(RULE, company, scene.official)


def directs_the_winner(world: World) -> None:
    scene = Scene(world, "I3")
    company = world.company()
    world.role(scene.official, company, "director")
    scene.award(company)
    scene.expect(RULE, company, scene.official)


def _relative(world: World, relationship: str) -> None:
    scene = Scene(world, "I3")
    relative: Person = scene.spouse() if relationship == "spouse" else scene.kin(relationship)
    company = world.company()
    world.stake(relative, company, 30)
    scene.award(company)
    scene.expect(RULE, company, scene.official, relative)


def spouse_owns(world: World) -> None:
    _relative(world, "spouse")


def brother_owns(world: World) -> None:
    _relative(world, "sibling")


def three_levels_up(world: World) -> None:
    scene, top = _above(world, 3)
    world.post(scene.official, top, "head")
    company = world.company()
    world.stake(scene.official, company, 30)
    scene.award(company)
    scene.miss("three levels above the buyer", company, *_ALL)


def clerk_above(world: World) -> None:
    scene, top = _above(world, 1)
    world.post(scene.official, top, "staff")
    company = world.company()
    world.stake(scene.official, company, 30)
    scene.award(company)
    scene.miss("a clerk of the parent body", company, *_ALL)


def left_the_day_before(world: World) -> None:
    scene, top = _above(world, 1)
    world.post(scene.official, top, "head", end=world.opened, plain=False)
    company = world.company()
    world.stake(scene.official, company, 30)
    scene.award(company)
    scene.miss("left the parent body on the day before the window", company, *_ALL)


def sister_body(world: World) -> None:
    scene, top = _above(world, 1)
    world.post(scene.official, world.body("hospital", top, "district"), "head")
    company = world.company()
    world.stake(scene.official, company, 30)
    scene.award(company)
    scene.miss("heads a sister body", company, *_ALL)


def a_thousandth_short(world: World) -> None:
    scene = Scene(world, "I3")
    company = world.company()
    world.stake(scene.official, company, 4.999)
    scene.award(company)
    scene.miss("4.999 %", company, *_ALL)


HITS = (
    one_level_up,
    through_a_holding,
    two_levels_up,
    buyer_of_the_parent_body,
    councillor_of_the_parent_body,
    directs_the_winner,
    spouse_owns,
    brother_owns,
)
DECOYS = (three_levels_up, clerk_above, left_the_day_before, sister_body, a_thousandth_short)
