"""OWN-03: one bidder controls another, or one company controls both."""

from __future__ import annotations

from aiqyn.services.demo.entities import Entity
from aiqyn.services.demo.plants.scene import Scene
from aiqyn.services.demo.procurement import Bid
from aiqyn.services.demo.statements import Band
from aiqyn.services.demo.world import World

RULE = "OWN-03"
_ALL = ("OWN-01", "OWN-02", "OWN-03")


def _dispersed(world: World, share: float) -> Entity:
    """A company of three owners with so much each."""
    made = world.company()
    for _ in range(3):
        world.stake(world.person(), made, share)
    return made


def mother_and_daughter(world: World) -> None:
    scene = Scene(world)
    mother, daughter = _dispersed(world, 20), world.company()
    world.stake(mother, daughter, float(world.rng.pick((51, 75, 100))))
    scene.award(mother, losers=(daughter,))
    scene.pair(RULE, mother, daughter)


def one_holding_above_both(world: World) -> None:
    scene = Scene(world)
    holding, left, right = _dispersed(world, 20), world.company(), world.company()
    world.stake(holding, left, 60)
    world.stake(holding, right, 70)
    scene.award(left, losers=(right,))
    scene.pair(RULE, left, right)


def holding_of_one_person(world: World) -> None:
    scene = Scene(world)
    owner, holding, left, right = world.person(), world.company(), world.company(), world.company()
    world.stake(owner, holding, 100)
    world.stake(holding, left, 60)
    world.stake(holding, right, 70)
    scene.award(right, losers=(left,))
    scene.pair(RULE, left, right)
    scene.pair("OWN-01", left, right, owner)


def public_body_above_both(world: World) -> None:
    scene = Scene(world)
    left, right = world.company(state_owned=True), world.company(state_owned=True)
    for company in (left, right):
        world.stake(scene.department, company, 100)
    scene.award(left, losers=(right,))
    scene.pair(RULE, left, right, severity_is="info")


def band_around_a_half(world: World) -> None:
    scene = Scene(world)
    holding, left, right = _dispersed(world, 15), world.company(), world.company()
    world.stake(holding, left, Band(45, 55))
    world.stake(holding, right, 80)
    scene.award(left, losers=(right,))
    scene.pair(RULE, left, right, certainty="possible")
    scene.pair("OWN-02", left, right, severity_is="medium")


def exactly_half(world: World) -> None:
    scene = Scene(world)
    mother, daughter = _dispersed(world, 15), world.company()
    world.stake(mother, daughter, 50)
    scene.award(mother, losers=(daughter,))
    scene.miss("exactly 50 % of the other", None, *_ALL)


def exactly_half_of_both(world: World) -> None:
    scene = Scene(world)
    holding, left, right = _dispersed(world, 15), world.company(), world.company()
    world.stake(holding, left, 50)
    world.stake(holding, right, 50)
    scene.award(left, losers=(right,))
    scene.pair("OWN-02", left, right, severity_is="medium")
    scene.miss("one company holds exactly 50 % of both", None, "OWN-01", RULE)


def other_lots(world: World) -> None:
    scene = Scene(world, lots=2)
    mother, daughter = _dispersed(world, 20), world.company()
    world.stake(mother, daughter, 100)
    scene.process.bids = [Bid((mother,), ("1",), True), Bid((daughter,), ("2",), True)]
    scene.publish()
    scene.miss("they bid for different lots", None, *_ALL)


def sold_the_day_before(world: World) -> None:
    scene = Scene(world)
    mother, daughter = _dispersed(world, 15), world.company()
    world.stake(mother, daughter, 100, end=world.opened)
    scene.award(mother, losers=(daughter,))
    scene.miss("sold on the day before the window", None, *_ALL)


HITS = (
    mother_and_daughter,
    one_holding_above_both,
    holding_of_one_person,
    public_body_above_both,
    band_around_a_half,
)
DECOYS = (exactly_half, exactly_half_of_both, other_lots, sold_the_day_before)
