"""SUP-01: a bidder, its controller or its director is listed between the bid and the award."""

from __future__ import annotations

from aiqyn.services.demo.plants.scene import Scene
from aiqyn.services.demo.world import World

RULE = "SUP-01"


def listed_supplier(world: World) -> None:
    scene = Scene(world)
    company = scene.rival()
    world.debar(company, world.opened - 300, None)
    scene.award(company)
    scene.expect(RULE, company, severity_is="high")


def until_the_bid(world: World) -> None:
    scene = Scene(world)
    company = scene.rival()
    world.debar(company, world.opened - 300, scene.process.bid_on + 1)
    scene.award(scene.rival(), losers=(company,), rivals=0)
    scene.expect(RULE, company, severity_is="high")


def from_the_award_day(world: World) -> None:
    scene = Scene(world)
    company = scene.rival()
    world.debar(company, scene.process.awarded, None)
    scene.award(company)
    scene.expect(RULE, company, severity_is="high")


def listed_controller(world: World) -> None:
    scene = Scene(world)
    mother, company = scene.rival(), world.company()
    world.stake(mother, company, 100)
    world.debar(mother, world.opened - 300, None)
    scene.award(company)
    scene.expect(RULE, company, severity_is="high")


def listed_head_directs(world: World) -> None:
    scene = Scene(world)
    head, company = world.person(), world.company()
    world.role(head, company, "director")
    world.debar(world.company(), world.opened - 300, None, head)
    scene.award(company)
    scene.expect(RULE, company, head, severity_is="high")


def listed_head_controls(world: World) -> None:
    scene = Scene(world)
    head, company = world.person(), world.company()
    world.stake(head, company, 60)
    world.debar(world.company(), world.opened - 200, world.opened + 400, head)
    scene.award(company)
    scene.expect(RULE, company, head, severity_is="high")


def company_and_head(world: World) -> None:
    scene = Scene(world)
    head, company = world.person(), world.company()
    world.role(head, company, "director")
    world.debar(company, world.opened - 100, None, head)
    scene.award(company)
    scene.expect(RULE, company, severity_is="high")
    scene.expect(RULE, company, head, severity_is="high")


def ended_before_the_bid(world: World) -> None:
    scene = Scene(world)
    company = scene.rival()
    world.debar(company, world.opened - 300, scene.process.bid_on)
    scene.award(company)
    scene.miss("the listing ended on the day before the bid", company, RULE)


def from_the_day_after(world: World) -> None:
    scene = Scene(world)
    company = scene.rival()
    world.debar(company, scene.process.awarded + 1, None)
    scene.award(company)
    scene.miss("listed from the day after the award", company, RULE)


def head_holds_half(world: World) -> None:
    scene = Scene(world)
    head, company = world.person(), world.company()
    world.stake(head, company, 50)
    world.debar(world.company(), world.opened - 300, None, head)
    scene.award(company)
    scene.miss("the listed head holds exactly 50 %", company, RULE)


def listing_retracted(world: World) -> None:
    scene = Scene(world)
    company = scene.rival()
    world.retract(world.debar(company, world.opened - 300, None))
    scene.award(company)
    scene.miss("the listing was retracted", company, RULE)


HITS = (
    listed_supplier,
    listed_head_directs,
    until_the_bid,
    from_the_award_day,
    listed_controller,
    listed_head_controls,
    company_and_head,
)
DECOYS = (ended_before_the_bid, from_the_day_after, head_holds_half, listing_retracted)
