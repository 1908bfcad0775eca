"""COI-02: somebody with influence is director, manager, representative or founder of a bidder."""

from __future__ import annotations

from aiqyn.services.demo.people import unnumbered, with_phone
from aiqyn.services.demo.plants.scene import Level, Scene
from aiqyn.services.demo.world import World

RULE = "COI-02"
_ALL = ("COI-01", "COI-02", "COI-03", "COI-04", "COI-05", "COI-06")


def _manages(world: World, level: Level, role: str) -> None:
    scene = Scene(world, level)
    company = world.company()
    world.stake(world.person(), company, 100)
    world.role(scene.official, company, role)
    scene.award(company)
    scene.expect(RULE, company, scene.official)


def head_directs_the_winner(world: World) -> None:
    _manages(world, "I2", "director")


def juror_founded_the_winner(world: World) -> None:
    _manages(world, "I1", "founder")


def clerk_represents_the_winner(world: World) -> None:
    _manages(world, "I4", "representative")


def head_manages_the_winner(world: World) -> None:
    _manages(world, "I2", "manager")


def senior_managing_official(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company()
    world.stake(scene.official, company, None, type="seniorManagingOfficial")
    scene.award(company)
    scene.expect(RULE, company, scene.official)


def same_phone_and_birth(world: World) -> None:
    phone = f"+7 70{world.rng.below(10**8):08d}"
    official = with_phone(world.person(), phone)
    scene = Scene(world, "I2", official=official)
    company = world.company()
    world.role(unnumbered(official, f"{official.record}-card", True, phone), company, "director")
    scene.award(company)
    scene.expect(RULE, company, official, identity="corroborated")


def same_name_and_birth(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company()
    world.role(unnumbered(scene.official, f"{scene.official.record}-card", True), company, "director")
    scene.award(company)
    scene.expect(RULE, company, scene.official, severity_is="medium", identity="unconfirmed")


def ex_officio(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company()
    world.role(scene.official, company, "director", ex_officio=True, plain=False)
    scene.award(company)
    scene.miss("sits there ex officio", company, *_ALL)


def state_owned(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company(state_owned=True)
    world.role(scene.official, company, "director")
    scene.award(company)
    scene.miss("the company is state-owned", company, *_ALL)


def held_by_public_bodies(world: World) -> None:
    scene = Scene(world, "I1")
    company = world.company()
    world.stake(scene.department, company, 50.5)
    world.role(scene.official, company, "director")
    scene.award(company)
    scene.miss("50.5 % are held by a public body", company, *_ALL)


def board_member(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company()
    world.role(scene.official, company, "boardMember")
    scene.award(company)
    scene.miss("a seat on the board is no management", company, *_ALL)


def keeps_the_books(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company()
    world.role(scene.official, company, "accountant")
    scene.award(company)
    scene.miss("keeps the books", company, *_ALL)


def left_the_day_before(world: World) -> None:
    scene = Scene(world, "I4")
    company = world.company()
    world.role(scene.official, company, "director", end=world.opened, plain=False)
    scene.award(company)
    scene.miss("left on the day before the window", company, *_ALL)


def director_of_the_same_name(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company()
    world.role(unnumbered(scene.official, f"{scene.official.record}-namesake", False), company, "director")
    scene.award(company)
    scene.miss("a director of the same name, nothing else", company, *_ALL)


def decided_to_be_another(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company()
    record = f"{scene.official.record}-namesake"
    world.role(unnumbered(scene.official, record, True), company, "director")
    world.decide(f"REC:/demo/companies:{record}", scene.official.id, "different")
    scene.award(company)
    scene.miss("same name and birth date, decided to be another person", company, *_ALL)


HITS = (
    head_directs_the_winner,
    same_phone_and_birth,
    juror_founded_the_winner,
    clerk_represents_the_winner,
    head_manages_the_winner,
    senior_managing_official,
    same_name_and_birth,
)
DECOYS = (
    ex_officio,
    state_owned,
    held_by_public_bodies,
    board_member,
    keeps_the_books,
    left_the_day_before,
    director_of_the_same_name,
    decided_to_be_another,
)
