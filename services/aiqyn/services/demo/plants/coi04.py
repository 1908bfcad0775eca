"""COI-04: a relative of somebody with influence owns or controls a bidder."""

from __future__ import annotations

from aiqyn.services.demo.people import spelled_otherwise
from aiqyn.services.demo.plants.coi03 import chain
from aiqyn.services.demo.plants.scene import Level, Scene
from aiqyn.services.demo.world import World

RULE = "COI-04"
_ALL = ("COI-04", "COI-05", "COI-06")


def _relative(world: World, level: Level, relationship: str, share: float) -> None:
    scene = Scene(world, level)
    close = relationship in ("spouse", "child", "adoptedChild")
    relative = scene.spouse() if relationship == "spouse" else scene.kin(relationship)
    company = world.company()
    world.stake(relative, company, share)
    scene.award(company)
    scene.expect(RULE, company, scene.official, relative, close=close)


def spouse_owns(world: World) -> None:
    _relative(world, "I2", "spouse", 40)


def jurors_child_owns(world: World) -> None:
    _relative(world, "I1", "child", 30)


def jurors_parent_owns(world: World) -> None:
    _relative(world, "I1", "parent", 10)


def clerks_sister_owns(world: World) -> None:
    _relative(world, "I4", "sibling", 60)


def half_sibling_owns(world: World) -> None:
    _relative(world, "I2", "halfSibling", 5)


def adopted_child_owns(world: World) -> None:
    _relative(world, "I4", "adoptedChild", 12)


def grandparent_owns(world: World) -> None:
    _relative(world, "I1", "grandparent", 100)


def siblings_spouse_owns(world: World) -> None:
    scene = Scene(world, "I2")
    sibling = scene.kin("sibling")
    in_law = world.person(female=not sibling.female)
    world.relation(sibling, in_law, "spouse", start=world.past())
    company = world.company()
    world.stake(in_law, company, 51)
    scene.award(company)
    scene.expect(RULE, company, scene.official, in_law, close=False)


def spouses_parent_owns(world: World) -> None:
    scene = Scene(world, "I1")
    in_law = scene.kin("parent", scene.spouse())
    company = world.company()
    world.stake(in_law, company, 20)
    scene.award(company)
    scene.expect(RULE, company, scene.official, in_law, close=False)


def spouse_owns_through_holdings(world: World) -> None:
    scene = Scene(world, "I2")
    spouse = scene.spouse()
    company = chain(world, spouse, (70, 60, 50))[-1]
    scene.award(company)
    scene.expect(RULE, company, scene.official, spouse)


def spouse_in_other_letters(world: World) -> None:
    scene = Scene(world, "I2")
    spouse = scene.spouse()
    company = world.company()
    world.stake(spelled_otherwise(spouse), company, 40)
    scene.award(company)
    scene.expect(RULE, company, scene.official, spouse)


def cousin(world: World) -> None:
    scene = Scene(world, "I1")
    other = scene.kin("child", scene.kin("sibling", scene.kin("parent")))
    company = world.company()
    world.stake(other, company, 60)
    scene.award(company)
    scene.miss("a first cousin", company, *_ALL)


def uncle(world: World) -> None:
    scene = Scene(world, "I2")
    other = scene.kin("sibling", scene.kin("parent"))
    company = world.company()
    world.stake(other, company, 60)
    scene.award(company)
    scene.miss("an uncle", company, *_ALL)


def divorced(world: World) -> None:
    scene = Scene(world, "I2")
    former = scene.spouse(end=world.opened, plain=False)
    company = world.company()
    world.stake(former, company, 60)
    scene.award(company)
    scene.miss("divorced on the day before the window", company, *_ALL)


def two_marriages(world: World) -> None:
    scene = Scene(world, "I2")
    sister = scene.kin("sibling", scene.spouse())
    husband = world.person(female=not sister.female)
    world.relation(sister, husband, "spouse", start=world.past())
    company = world.company()
    world.stake(husband, company, 60)
    scene.award(company)
    scene.miss("the husband of the spouse's sister", company, *_ALL)


def associate(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company()
    world.stake(scene.kin("associate"), company, 60)
    scene.award(company)
    scene.miss("an associate is no relative", company, *_ALL)


def degree_unknown(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company()
    world.stake(scene.kin("relative"), company, 60)
    scene.award(company)
    scene.miss("a relative of unknown degree", company, *_ALL)


def spouse_a_thousandth_short(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company()
    world.stake(scene.spouse(), company, 4.999)
    scene.award(company)
    scene.miss("the spouse's 4.999 %", company, *_ALL)


def marriage_retracted(world: World) -> None:
    scene = Scene(world, "I2")
    other = world.person()
    world.retract(world.relation(scene.official, other, "spouse", start=world.past(), plain=False))
    company = world.company()
    world.stake(other, company, 60)
    scene.award(company)
    scene.miss("the marriage was retracted", company, *_ALL)


def married_the_day_after(world: World) -> None:
    scene = Scene(world, "I2")
    spouse = scene.spouse(start=scene.process.awarded + 1, plain=False)
    company = world.company()
    world.stake(spouse, company, 60)
    scene.award(company)
    scene.miss("married on the day after the award", company, *_ALL)


HITS = (
    spouse_owns,
    siblings_spouse_owns,
    jurors_child_owns,
    jurors_parent_owns,
    clerks_sister_owns,
    half_sibling_owns,
    adopted_child_owns,
    grandparent_owns,
    spouses_parent_owns,
    spouse_owns_through_holdings,
    spouse_in_other_letters,
)
DECOYS = (
    cousin,
    divorced,
    two_marriages,
    uncle,
    associate,
    degree_unknown,
    spouse_a_thousandth_short,
    marriage_retracted,
    married_the_day_after,
)
