"""COI-08: a filed declaration omits an interest that the records show."""

from __future__ import annotations

from aiqyn.services.demo.plants.coi03 import chain
from aiqyn.services.demo.plants.scene import Scene, item
from aiqyn.services.demo.world import World

RULE = "COI-08"


def head_left_it_out(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company()
    world.stake(scene.official, company, 30)
    scene.award(company)
    world.declare(scene.official, scene.spring_after(), scene.year(), [])
    scene.expect("COI-01", company, scene.official)
    scene.expect(RULE, company, scene.official, severity_is="high")


def named_another_company(world: World) -> None:
    scene = Scene(world, "I2")
    company, other = world.company(), world.company()
    world.role(scene.official, company, "director")
    world.stake(scene.official, other, 3)
    scene.award(company)
    items = [item("shareholding", other.data, share="3")]
    world.declare(scene.official, scene.spring_after(), scene.year(), items)
    scene.expect("COI-02", company, scene.official)
    scene.expect(RULE, company, scene.official, severity_is="high")


def spouses_company_left_out(world: World) -> None:
    scene = Scene(world, "I2")
    spouse, company = scene.spouse(), world.company()
    world.stake(spouse, company, 40)
    scene.award(company)
    world.declare(scene.official, scene.spring_after(), scene.year(), [item("income", scene.buyer.data)])
    scene.expect("COI-04", company, scene.official, spouse)
    scene.expect(RULE, company, scene.official, spouse, severity_is="high")


def holding_left_out(world: World) -> None:
    scene = Scene(world, "I4")
    company = chain(world, scene.official, (60, 30))[-1]
    scene.award(company)
    world.declare(scene.official, scene.spring_after(), scene.year(), [])
    scene.expect("COI-03", company, scene.official)
    scene.expect(RULE, company, scene.official, severity_is="high")


def declared(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company()
    world.stake(scene.official, company, 30)
    scene.award(company)
    items = [item("shareholding", company.data, share="30")]
    world.declare(scene.official, scene.spring_after(), scene.year(), items)
    scene.expect("COI-01", company, scene.official)
    scene.miss("the stake is declared", company, RULE)


def holding_declared(world: World) -> None:
    scene = Scene(world, "I2")
    holding, company = chain(world, scene.official, (60, 50))
    scene.award(company)
    items = [item("shareholding", holding.data, share="60")]
    world.declare(scene.official, scene.spring_after(), scene.year(), items)
    scene.expect("COI-03", company, scene.official)
    scene.miss("the holding between them is declared", company, RULE)


def within_the_grace(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company()
    start = world.opened - 60
    world.stake(scene.official, company, 15, start=start, plain=False)
    scene.award(company)
    world.declare(scene.official, start + 30, (start - 30, start + 335), [])
    scene.expect("COI-01", company, scene.official)
    scene.miss("the stake began 30 days before the filing", company, RULE)


def another_year(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company()
    world.stake(scene.official, company, 30)
    scene.award(company)
    first, _ = scene.year()
    world.declare(scene.official, scene.spring_after(), (first - 365, first), [])
    scene.expect("COI-01", company, scene.official)
    scene.miss("the declaration is about the year before", company, RULE)


HITS = (head_left_it_out, spouses_company_left_out, named_another_company, holding_left_out)
DECOYS = (declared, holding_declared, within_the_grace, another_year)
