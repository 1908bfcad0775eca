"""COI-05: a relative of somebody with influence manages a bidder."""

from __future__ import annotations

from aiqyn.services.demo.plants.scene import Level, Scene
from aiqyn.services.demo.world import World

RULE = "COI-05"
_ALL = ("COI-04", "COI-05")


def _relative(world: World, level: Level, relationship: str, role: str) -> None:
    scene = Scene(world, level)
    close = relationship in ("spouse", "child")
    relative = scene.spouse() if relationship == "spouse" else scene.kin(relationship)
    company = world.company()
    world.stake(world.person(), company, 100)
    world.role(relative, company, role)
    scene.award(company)
    scene.expect(RULE, company, scene.official, relative, close=close)


def brother_manages(world: World) -> None:
    _relative(world, "I2", "sibling", "manager")


def jurors_spouse_directs(world: World) -> None:
    _relative(world, "I1", "spouse", "director")


def clerks_child_represents(world: World) -> None:
    _relative(world, "I4", "child", "representative")


def jurors_parent_founded(world: World) -> None:
    _relative(world, "I1", "parent", "founder")


def child_owns_and_directs(world: World) -> None:
    scene = Scene(world, "I2")
    child = scene.kin("child")
    company = world.company()
    world.stake(child, company, 100)
    world.role(child, company, "director")
    scene.award(company)
    scene.expect("COI-04", company, scene.official, child)
    scene.expect(RULE, company, scene.official, child)


def cousin_directs(world: World) -> None:
    scene = Scene(world, "I1")
    other = scene.kin("child", scene.kin("sibling", scene.kin("parent")))
    company = world.company()
    world.role(other, company, "director")
    scene.award(company)
    scene.miss("a first cousin directs it", company, *_ALL)


def brother_keeps_the_books(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company()
    world.role(scene.kin("sibling"), company, "accountant")
    scene.award(company)
    scene.miss("a brother keeps the books", company, *_ALL)


def sits_ex_officio(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company()
    world.role(scene.kin("sibling"), company, "director", ex_officio=True, plain=False)
    scene.award(company)
    scene.miss("a sister directs it ex officio", company, *_ALL)


def state_owned(world: World) -> None:
    scene = Scene(world, "I1")
    company = world.company(state_owned=True)
    world.role(scene.spouse(), company, "director")
    scene.award(company)
    scene.miss("the spouse directs a state-owned company", company, *_ALL)


def left_the_day_before(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company()
    world.role(scene.kin("sibling"), company, "director", end=world.opened, plain=False)
    scene.award(company)
    scene.miss("a brother left on the day before the window", company, *_ALL)


HITS = (
    brother_manages,
    child_owns_and_directs,
    jurors_spouse_directs,
    clerks_child_represents,
    jurors_parent_founded,
)
DECOYS = (cousin_directs, sits_ex_officio, brother_keeps_the_books, state_owned, left_the_day_before)
