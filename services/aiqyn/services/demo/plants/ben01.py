"""BEN-01: a public benefit goes to an insider, judged by COI-01..07 as an award is."""

from __future__ import annotations

from aiqyn.services.demo.plants.coi03 import chain
from aiqyn.services.demo.plants.grant import Grant
from aiqyn.services.demo.plants.scene import Level, severity
from aiqyn.services.demo.world import World

RULE = "BEN-01"
_ALL = ("BEN-01", "DIS-01")
KINDS = ("subsidy", "taxPreference", "guarantee", "investment", "concession", "lease")


def _own(world: World, level: Level) -> None:
    grant = Grant(world, level)
    company = world.company()
    world.stake(grant.official, company, 10)
    grant.make(world.rng.pick(KINDS), company)
    grant.expect(RULE, company, grant.official, severity_is=severity(level, True))


def deciders_company(world: World) -> None:
    _own(world, "I1")


def heads_company(world: World) -> None:
    _own(world, "I2")


def clerks_company(world: World) -> None:
    _own(world, "I4")


def superiors_company(world: World) -> None:
    _own(world, "I3")


def deciders_spouse_directs(world: World) -> None:
    grant = Grant(world, "I1")
    spouse, company = grant.spouse(), world.company()
    world.role(spouse, company, "director")
    grant.make("subsidy", company)
    grant.expect(RULE, company, grant.official, spouse, severity_is="critical")


def brother_owns_and_directs(world: World) -> None:
    grant = Grant(world, "I1")
    brother, company = grant.kin("sibling"), world.company()
    world.stake(brother, company, 100)
    world.role(brother, company, "director")
    grant.make("concession", company)
    grant.expect(RULE, company, grant.official, brother, severity_is="high")


def household_adds_up(world: World) -> None:
    grant = Grant(world, "I2")
    spouse, company = grant.spouse(), world.company()
    world.stake(grant.official, company, 3)
    world.stake(spouse, company, 3)
    grant.make("guarantee", company)
    grant.expect(RULE, company, grant.official, spouse, severity_is="high")


def through_holdings(world: World) -> None:
    grant = Grant(world, "I1")
    company = chain(world, grant.official, (80, 60, 40))[-1]
    grant.make("investment", company)
    grant.expect(RULE, company, grant.official, severity_is="critical")


def cousins_company(world: World) -> None:
    grant = Grant(world, "I1")
    cousin = grant.kin("child", grant.kin("sibling", grant.kin("parent")))
    company = world.company()
    world.stake(cousin, company, 60)
    grant.make("subsidy", company)
    grant.miss("a cousin's company", *_ALL)


def a_thousandth_short(world: World) -> None:
    grant = Grant(world, "I2")
    company = world.company()
    world.stake(grant.official, company, 4.999)
    grant.make("lease", company)
    grant.miss("4.999 %", *_ALL)


def directs_ex_officio(world: World) -> None:
    grant = Grant(world, "I1")
    company = world.company()
    world.role(grant.official, company, "director", ex_officio=True, plain=False)
    grant.make("investment", company)
    grant.miss("directs it ex officio", *_ALL)


def listed_up_to_five(world: World) -> None:
    grant = Grant(world, "I2")
    company = world.company(listed=True)
    world.stake(grant.official, company, 5)
    grant.make("taxPreference", company)
    grant.miss("5 % of a listed company", *_ALL)


HITS = (
    deciders_company,
    deciders_spouse_directs,
    heads_company,
    brother_owns_and_directs,
    superiors_company,
    clerks_company,
    household_adds_up,
    through_holdings,
)
DECOYS = (cousins_company, a_thousandth_short, directs_ex_officio, listed_up_to_five)
