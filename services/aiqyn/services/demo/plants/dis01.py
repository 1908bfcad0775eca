"""DIS-01: a public asset goes to an insider; critical where it goes for less than 80 % of its value."""

from __future__ import annotations

from aiqyn.services.demo.plants.grant import Grant
from aiqyn.services.demo.plants.scene import Level
from aiqyn.services.demo.truth import Severity
from aiqyn.services.demo.world import World

RULE = "DIS-01"
_ALL = ("DIS-01", "BEN-01")


def _to_own_company(world: World, level: Level, price: float, severity: Severity) -> None:
    grant = Grant(world, level)
    company = world.company()
    world.stake(grant.official, company, 50)
    grant.make("assetDisposal", company, price=price)
    grant.expect(RULE, company, grant.official, severity_is=severity)


def cheap_to_a_deciders_company(world: World) -> None:
    _to_own_company(world, "I1", 0.5, "critical")


def to_the_heads_company(world: World) -> None:
    _to_own_company(world, "I2", 1.0, "high")


def at_exactly_eighty_per_cent(world: World) -> None:
    _to_own_company(world, "I1", 0.8, "high")


def to_the_deciders_spouse(world: World) -> None:
    grant = Grant(world, "I1")
    spouse = grant.spouse()
    grant.make("assetDisposal", spouse, price=0.6)
    grant.expect(RULE, spouse, grant.official, spouse, severity_is="critical")


def to_the_decider(world: World) -> None:
    grant = Grant(world, "I1")
    grant.make("assetDisposal", grant.official)
    grant.expect(RULE, grant.official, grant.official, severity_is="high")


def to_a_company_that_the_brother_directs(world: World) -> None:
    grant = Grant(world, "I2")
    brother, company = grant.kin("sibling"), world.company()
    world.role(brother, company, "director")
    grant.make("assetDisposal", company, price=0.7)
    grant.expect(RULE, company, grant.official, brother, severity_is="critical")


def resold_to_the_decider_of_the_sale(world: World) -> None:
    asset = f"asset-{world.name}"
    first = Grant(world, "I1")
    first.make("assetDisposal", world.company(), asset=asset)
    second = Grant(world, None)
    second.day = first.day + 200
    company = world.company()
    world.stake(first.official, company, 50)
    second.make("assetDisposal", company, asset=asset)
    second.expect(RULE, company, first.official, severity_is="high")


def to_a_cousins_company(world: World) -> None:
    grant = Grant(world, "I1")
    cousin = grant.kin("child", grant.kin("sibling", grant.kin("parent")))
    company = world.company()
    world.stake(cousin, company, 60)
    grant.make("assetDisposal", company, price=0.5)
    grant.miss("a cousin's company", *_ALL)


def to_a_clerks_company(world: World) -> None:
    grant = Grant(world, "I4")
    company = world.company()
    world.stake(grant.official, company, 60)
    grant.make("assetDisposal", company)
    grant.miss("a clerk of the grantor", *_ALL)


def sold_the_day_before(world: World) -> None:
    grant = Grant(world, "I1")
    company = world.company()
    world.stake(grant.official, company, 60, end=grant.day)
    grant.make("assetDisposal", company, price=0.5)
    grant.miss("the stake ended on the day before", *_ALL)


def a_thousandth_short(world: World) -> None:
    grant = Grant(world, "I1")
    company = world.company()
    world.stake(grant.official, company, 4.999)
    grant.make("assetDisposal", company)
    grant.miss("4.999 %", *_ALL)


HITS = (
    cheap_to_a_deciders_company,
    to_the_deciders_spouse,
    to_the_heads_company,
    at_exactly_eighty_per_cent,
    to_the_decider,
    to_a_company_that_the_brother_directs,
    resold_to_the_decider_of_the_sale,
)
DECOYS = (to_a_cousins_company, to_a_clerks_company, sold_the_day_before, a_thousandth_short)
