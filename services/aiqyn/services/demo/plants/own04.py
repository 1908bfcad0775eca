"""OWN-04: two bidders of one lot have a common manager."""

from __future__ import annotations

from aiqyn.services.demo.plants.scene import Scene
from aiqyn.services.demo.procurement import Bid
from aiqyn.services.demo.world import World

RULE = "OWN-04"
_ALL = ("OWN-01", "OWN-04")


def _common(world: World, role: str, people: int = 1) -> None:
    scene = Scene(world)
    left, right = world.company(), world.company()
    for company in (left, right):
        world.stake(world.person(), company, 100)
    scene.award(left, losers=(right,))
    for _ in range(people):
        manager = world.person()
        for company in (left, right):
            world.role(manager, company, role)
        scene.pair(RULE, left, right, manager)


def common_director(world: World) -> None:
    _common(world, "director")


def common_accountant(world: World) -> None:
    _common(world, "accountant")


def common_manager(world: World) -> None:
    _common(world, "manager")


def two_common_representatives(world: World) -> None:
    _common(world, "representative", 2)


def common_board_member(world: World) -> None:
    scene = Scene(world)
    person, left, right = world.person(), world.company(), world.company()
    for company in (left, right):
        world.role(person, company, "boardMember")
    scene.award(left, losers=(right,))
    scene.miss("sits on both boards", None, *_ALL)


def left_the_day_before(world: World) -> None:
    scene = Scene(world)
    person, left, right = world.person(), world.company(), world.company()
    world.role(person, left, "director")
    world.role(person, right, "director", end=world.opened, plain=False)
    scene.award(left, losers=(right,))
    scene.miss("left one of them on the day before the window", None, *_ALL)


def other_lots(world: World) -> None:
    scene = Scene(world, lots=2)
    person, left, right = world.person(), world.company(), world.company()
    for company in (left, right):
        world.role(person, company, "director")
    scene.process.bids = [Bid((left,), ("1",), True), Bid((right,), ("2",), True)]
    scene.publish()
    scene.miss("they bid for different lots", None, *_ALL)


def one_consortium(world: World) -> None:
    scene = Scene(world)
    person, left, right = world.person(), world.company(), world.company()
    for company in (left, right):
        world.role(person, company, "director")
    scene.process.bids = [Bid((left, right), (), True), Bid((scene.rival(),))]
    scene.publish()
    scene.miss("members of one bid are one bidder", None, *_ALL)


HITS = (common_director, common_accountant, common_manager, two_common_representatives)
DECOYS = (common_board_member, left_the_day_before, other_lots, one_consortium)
