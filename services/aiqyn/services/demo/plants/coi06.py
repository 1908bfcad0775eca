"""COI-06: no member of a household alone reaches the threshold, together they do."""

from __future__ import annotations

from aiqyn.services.demo.entities import Entity
from aiqyn.services.demo.people import Person
from aiqyn.services.demo.plants.scene import Level, Scene
from aiqyn.services.demo.world import World

RULE = "COI-06"
_ALL = ("COI-01", "COI-03", "COI-04", "COI-06")


def _minor(scene: Scene) -> Person:
    child = scene.world.person((2012, 2016))
    scene.world.relation(scene.official, child, "child")
    return child


def _couple(world: World, level: Level, own: float, spouses: float) -> tuple[Scene, Person, Entity]:
    scene = Scene(world, level)
    spouse = scene.spouse()
    company = world.company()
    world.stake(scene.official, company, own)
    world.stake(spouse, company, spouses)
    scene.award(company)
    return scene, spouse, company


def three_and_three(world: World) -> None:
    scene, spouse, company = _couple(world, "I2", 3, 3)
    scene.expect(RULE, company, scene.official, spouse)


def jurors_couple_exactly_five(world: World) -> None:
    scene, spouse, company = _couple(world, "I1", 2.5, 2.5)
    scene.expect(RULE, company, scene.official, spouse)


def with_a_minor_child(world: World) -> None:
    scene = Scene(world, "I2")
    spouse, child, company = scene.spouse(), _minor(scene), world.company()
    for member in (scene.official, spouse, child):
        world.stake(member, company, 2)
    scene.award(company)
    members = sorted((spouse, child), key=lambda member: member.id)
    scene.expect(RULE, company, scene.official, *members)


def without_the_official(world: World) -> None:
    scene = Scene(world, "I2")
    spouse, child, company = scene.spouse(), _minor(scene), world.company()
    world.stake(spouse, company, 4)
    world.stake(child, company, 4)
    scene.award(company)
    members = sorted((spouse, child), key=lambda member: member.id)
    scene.expect(RULE, company, scene.official, *members)


def clerks_couple(world: World) -> None:
    scene, _, company = _couple(world, "I4", 3, 3)
    scene.miss("a clerk's household", company, *_ALL)


def couple_a_thousandth_short(world: World) -> None:
    scene, _, company = _couple(world, "I2", 2, 2.999)
    scene.miss("4.999 % together", company, *_ALL)


def grown_up_child(world: World) -> None:
    scene = Scene(world, "I2")
    child, company = scene.kin("child"), world.company()
    world.stake(scene.official, company, 3)
    world.stake(child, company, 3)
    scene.award(company)
    scene.miss("a grown-up child is no member of the household", company, *_ALL)


def brother(world: World) -> None:
    scene = Scene(world, "I1")
    sibling, company = scene.kin("sibling"), world.company()
    world.stake(scene.official, company, 3)
    world.stake(sibling, company, 3)
    scene.award(company)
    scene.miss("a brother is no member of the household", company, *_ALL)


def divorced(world: World) -> None:
    scene = Scene(world, "I2")
    former, company = scene.spouse(end=world.opened, plain=False), world.company()
    world.stake(scene.official, company, 3)
    world.stake(former, company, 3)
    scene.award(company)
    scene.miss("divorced on the day before the window", company, *_ALL)


HITS = (three_and_three, with_a_minor_child, jurors_couple_exactly_five, without_the_official)
DECOYS = (clerks_couple, couple_a_thousandth_short, grown_up_child, brother, divorced)
