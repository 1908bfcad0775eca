"""OWN-08: a supplier whose owners the records do not show."""

from __future__ import annotations

from aiqyn.services.demo.entities import Entity
from aiqyn.services.demo.plants.scene import Scene
from aiqyn.services.demo.statements import Band, Unspecified
from aiqyn.services.demo.truth import Certainty
from aiqyn.services.demo.world import World

RULE = "OWN-08"


def _opaque(scene: Scene, company: Entity, certainty: Certainty = "certain") -> None:
    scene.award(company)
    scene.expect(RULE, company, severity_is="medium", certainty=certainty)


def most_unspecified(world: World) -> None:
    scene = Scene(world)
    company = world.company()
    world.stake(Unspecified(), company, 60)
    world.stake(world.person(), company, 40)
    _opaque(scene, company)


def exactly_a_quarter(world: World) -> None:
    scene = Scene(world)
    company = world.company()
    world.stake(Unspecified("unknown"), company, 25)
    world.stake(world.person(), company, 75)
    _opaque(scene, company)


def anonymous_person(world: World) -> None:
    scene = Scene(world)
    company = world.company()
    world.stake(f"{world.name}-anonymous", company, 40)
    _opaque(scene, company)


def behind_a_holding(world: World) -> None:
    scene = Scene(world)
    holding, company = world.company(), world.company()
    world.stake(Unspecified("subjectUnableToConfirmOrIdentifyBeneficialOwner"), holding, 80)
    world.stake(holding, company, 50)
    _opaque(scene, company)


def closed_loop(world: World) -> None:
    scene = Scene(world)
    company, other = world.company(), world.company()
    world.stake(company, other, 100)
    world.stake(other, company, 100)
    _opaque(scene, company)


def over_allocated(world: World) -> None:
    scene = Scene(world)
    company = world.company()
    world.stake(world.person(), company, 60)
    world.stake(world.person(), company, 60)
    _opaque(scene, company)


def band_around_a_quarter(world: World) -> None:
    scene = Scene(world)
    company = world.company()
    world.stake(Unspecified(), company, Band(20, 40))
    _opaque(scene, company, "possible")


def a_thousandth_short(world: World) -> None:
    scene = Scene(world)
    company = world.company()
    world.stake(Unspecified(), company, 24.999)
    world.stake(world.person(), company, 75)
    scene.award(company)
    scene.miss("24.999 %", company, RULE)


def remainder_unstated(world: World) -> None:
    scene = Scene(world)
    company = world.company()
    world.stake(world.person(), company, 30)
    scene.award(company)
    scene.miss("a remainder that nobody states", company, RULE)


def listed(world: World) -> None:
    scene = Scene(world)
    company = world.company(listed=True)
    world.stake(Unspecified(), company, 60)
    scene.award(company)
    scene.miss("listed", company, RULE)


def state_owned(world: World) -> None:
    scene = Scene(world)
    company = world.company(state_owned=True)
    world.stake(Unspecified(), company, 49)
    world.stake(scene.department, company, 51)
    scene.award(company)
    scene.miss("state-owned", company, RULE)


def loser(world: World) -> None:
    scene = Scene(world)
    company = world.company()
    world.stake(Unspecified(), company, 60)
    scene.award(scene.rival(), losers=(company,), rivals=0)
    scene.miss("a bidder that did not win", company, RULE)


def specified_before(world: World) -> None:
    scene = Scene(world)
    company = world.company()
    world.stake(Unspecified(), company, 60, end=world.opened)
    scene.award(company)
    scene.miss("ended on the day before the window", company, RULE)


def open_loop(world: World) -> None:
    scene = Scene(world)
    company, other = world.company(), world.company()
    world.stake(company, other, 100)
    world.stake(other, company, 40)
    world.stake(world.person(), company, 60)
    scene.award(company)
    scene.miss("a loop with an owner outside it", company, RULE)


HITS = (
    most_unspecified,
    closed_loop,
    exactly_a_quarter,
    anonymous_person,
    behind_a_holding,
    over_allocated,
    band_around_a_quarter,
)
DECOYS = (a_thousandth_short, remainder_unstated, listed, state_owned, loser, specified_before, open_loop)
