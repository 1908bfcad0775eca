"""OWN-01: two bidders of one lot have a common beneficial owner."""

from __future__ import annotations

from itertools import combinations

from aiqyn.services.demo.people import unnumbered
from aiqyn.services.demo.plants.coi03 import chain
from aiqyn.services.demo.plants.scene import Scene
from aiqyn.services.demo.procurement import Bid
from aiqyn.services.demo.statements import Band
from aiqyn.services.demo.world import World

RULE = "OWN-01"
_ALL = ("OWN-01", "OWN-02", "OWN-03", "OWN-04")


def owner_of_both(world: World) -> None:
    scene = Scene(world)
    owner, left, right = world.person(), world.company(), world.company()
    world.stake(owner, left, 40)
    world.stake(owner, right, float(world.rng.pick((30, 51, 100))))
    scene.award(left, losers=(right,))
    scene.pair(RULE, left, right, owner)


def exactly_a_quarter(world: World) -> None:
    scene = Scene(world)
    owner, left, right = world.person(), world.company(), world.company()
    world.stake(owner, left, 25)
    world.stake(owner, right, 25)
    scene.award(scene.rival(), losers=(left, right), rivals=0)
    scene.pair(RULE, left, right, owner)


def behind_a_holding(world: World) -> None:
    scene = Scene(world)
    owner, right = world.person(), world.company()
    left = chain(world, owner, (100, 40))[-1]
    world.stake(owner, right, 25)
    scene.award(right, losers=(left,))
    scene.pair(RULE, left, right, owner)


def three_bidders(world: World) -> None:
    scene = Scene(world)
    owner = world.person()
    bidders = [world.company() for _ in range(3)]
    for bidder in bidders:
        world.stake(owner, bidder, 60)
    scene.award(bidders[0], losers=(bidders[1], bidders[2]), rivals=0)
    for left, right in combinations(bidders, 2):
        scene.pair(RULE, left, right, owner)


def band_around_a_quarter(world: World) -> None:
    scene = Scene(world)
    owner, left, right = world.person(), world.company(), world.company()
    world.stake(owner, left, Band(20, 40))
    world.stake(owner, right, 45)
    scene.award(left, losers=(right,))
    scene.pair(RULE, left, right, owner, certainty="possible")
    scene.pair("OWN-02", left, right, owner, severity_is="medium")


def other_lots(world: World) -> None:
    scene = Scene(world, lots=2)
    owner, left, right = world.person(), world.company(), world.company()
    world.stake(owner, left, 60)
    world.stake(owner, right, 60)
    scene.process.bids = [
        Bid((left,), ("1",), True),
        Bid((scene.rival(),), ("1",)),
        Bid((right,), ("2",), True),
    ]
    scene.publish()
    scene.miss("they bid for different lots", None, *_ALL)


def one_consortium(world: World) -> None:
    scene = Scene(world)
    owner, left, right = world.person(), world.company(), world.company()
    world.stake(owner, left, 60)
    world.stake(owner, right, 60)
    scene.process.bids = [Bid((left, right), (), True), Bid((scene.rival(),))]
    scene.publish()
    scene.miss("members of one bid are one bidder", None, *_ALL)


def a_thousandth_short(world: World) -> None:
    scene = Scene(world)
    owner, left, right = world.person(), world.company(), world.company()
    world.stake(owner, left, 24.999)
    world.stake(owner, right, 30)
    scene.award(left, losers=(right,))
    scene.pair("OWN-02", left, right, owner, severity_is="medium")
    scene.miss("24.999 %", None, RULE)


def sold_before(world: World) -> None:
    scene = Scene(world)
    owner, left, right = world.person(), world.company(), world.company()
    world.stake(owner, left, 60)
    world.stake(owner, right, 60, end=world.opened - 200)
    scene.award(left, losers=(right,))
    scene.miss("sold one of them before the window", None, *_ALL)


def namesakes(world: World) -> None:
    scene = Scene(world)
    owner, left, right = world.person(), world.company(), world.company()
    world.stake(owner, left, 60)
    world.stake(unnumbered(owner, f"{owner.record}-namesake", with_birth=False), right, 60)
    scene.award(left, losers=(right,))
    scene.miss("owners of the same name, nothing else", None, *_ALL)


HITS = (owner_of_both, behind_a_holding, exactly_a_quarter, three_bidders, band_around_a_quarter)
DECOYS = (other_lots, a_thousandth_short, one_consortium, sold_before, namesakes)
