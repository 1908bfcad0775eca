"""OWN-02: two bidders of one lot have a common shareholder."""

from __future__ import annotations

from aiqyn.services.demo.plants.scene import Scene
from aiqyn.services.demo.procurement import Bid
from aiqyn.services.demo.world import World

RULE = "OWN-02"
_ALL = ("OWN-01", "OWN-02", "OWN-03")


def person_holds_twelve(world: World) -> None:
    scene = Scene(world)
    holder, left, right = world.person(), world.company(), world.company()
    world.stake(holder, left, 12)
    world.stake(holder, right, float(world.rng.pick((10, 15, 24))))
    scene.award(left, losers=(right,))
    scene.pair(RULE, left, right, holder, severity_is="medium")


def company_holds_ten(world: World) -> None:
    scene = Scene(world)
    holder, left, right = world.company(), world.company(), world.company()
    for _ in range(3):
        world.stake(world.person(), holder, 30)
    world.stake(holder, left, 10)
    world.stake(holder, right, 20)
    scene.award(right, losers=(left,))
    scene.pair(RULE, left, right, severity_is="medium")


def company_and_its_owner(world: World) -> None:
    scene = Scene(world)
    owner, holder, left, right = world.person(), world.company(), world.company(), world.company()
    world.stake(owner, holder, 100)
    world.stake(holder, left, 12)
    world.stake(holder, right, 15)
    scene.award(left, losers=(right,))
    scene.pair(RULE, left, right, severity_is="medium")
    scene.pair(RULE, left, right, owner, severity_is="medium")


def a_thousandth_short(world: World) -> None:
    scene = Scene(world)
    holder, left, right = world.person(), world.company(), world.company()
    world.stake(holder, left, 9.999)
    world.stake(holder, right, 24)
    scene.award(left, losers=(right,))
    scene.miss("9.999 %", None, *_ALL)


def public_body(world: World) -> None:
    scene = Scene(world)
    left, right = world.company(), world.company()
    for company in (left, right):
        world.stake(scene.department, company, 20)
    scene.award(left, losers=(right,))
    scene.miss("the common holder is a public body", None, *_ALL)


def other_lots(world: World) -> None:
    scene = Scene(world, lots=2)
    holder, left, right = world.person(), world.company(), world.company()
    world.stake(holder, left, 20)
    world.stake(holder, right, 20)
    scene.process.bids = [Bid((left,), ("1",), True), Bid((right,), ("2",), True)]
    scene.publish()
    scene.miss("they bid for different lots", None, *_ALL)


def sold_the_day_before(world: World) -> None:
    scene = Scene(world)
    holder, left, right = world.person(), world.company(), world.company()
    world.stake(holder, left, 20)
    world.stake(holder, right, 20, end=world.opened)
    scene.award(left, losers=(right,))
    scene.miss("sold one of them on the day before the window", None, *_ALL)


HITS = (person_holds_twelve, company_and_its_owner, company_holds_ten)
DECOYS = (a_thousandth_short, public_body, other_lots, sold_the_day_before)
