"""COI-09: somebody declared the conflict and yet stayed in the committee."""

from __future__ import annotations

from aiqyn.services.demo.plants.scene import Scene, item
from aiqyn.services.demo.procurement import Bid
from aiqyn.services.demo.world import Seat, World

RULE = "COI-09"


def stayed_with_a_stake(world: World) -> None:
    scene = Scene(world, "I1")
    company = world.company()
    world.stake(scene.official, company, 30)
    conflict = item("conflict", company.data, ocid=scene.process.ocid)
    world.declare(scene.official, scene.process.opened + 4, scene.year(), [conflict])
    scene.award(company)
    scene.expect("COI-01", company, scene.official)
    scene.expect(RULE, company, scene.official, severity_is="high")


def stayed_with_a_friend(world: World) -> None:
    scene = Scene(world, "I1")
    company = scene.rival()
    world.declare(scene.official, scene.process.opened + 4, scene.year(), [item("conflict", company.data)])
    scene.award(company)
    scene.expect(RULE, company, scene.official, severity_is="high")


def secretary_of_the_process(world: World) -> None:
    scene = Scene(world, None)
    scene.seats = [Seat(scene.official, "secretary")]
    company = scene.rival()
    world.declare(scene.official, scene.process.awarded, scene.year(), [item("conflict", company.data)])
    scene.award(company)
    scene.expect(RULE, company, scene.official, severity_is="high")


def every_bidder_of_the_lot(world: World) -> None:
    scene = Scene(world, None, lots=2)
    process = scene.process
    first, second, other = scene.rival(), scene.rival(), scene.rival()
    process.bids = [Bid((first,), ("1",), True), Bid((second,), ("1",)), Bid((other,), ("2",), True)]
    conflict = item("conflict", None, ocid=process.ocid)
    world.declare(scene.official, process.opened + 1, scene.year(), [conflict])
    scene.publish()
    world.committee(process, [Seat(scene.official, "member")], ["1"])
    for company in (first, second):
        scene.expect(RULE, company, scene.official, severity_is="high")
    scene.miss("bids on the other lot", other, RULE)


def recused_in_time(world: World) -> None:
    scene = Scene(world, None)
    process = scene.process
    scene.seats = [Seat(scene.official, "chair", process.opened - 1), Seat(world.person(), "member")]
    company = scene.rival()
    conflict = item("conflict", company.data, ocid=process.ocid)
    world.declare(scene.official, process.opened - 2, scene.year(), [conflict])
    scene.award(company)
    scene.miss("recused before the process opened", company, RULE)


def with_somebody_else(world: World) -> None:
    scene = Scene(world, "I1")
    company = scene.rival()
    world.declare(scene.official, scene.process.opened + 4, scene.year(), [item("conflict", world.company().data)])
    scene.award(company)
    scene.miss("declared a conflict with a company that does not bid", None, RULE)


def declared_too_late(world: World) -> None:
    scene = Scene(world, "I1")
    company = scene.rival()
    world.declare(scene.official, scene.process.awarded + 1, scene.year(), [item("conflict", company.data)])
    scene.award(company)
    scene.miss("declared on the day after the window", company, RULE)


def watches_only(world: World) -> None:
    scene = Scene(world, None)
    scene.seats = [Seat(scene.official, "auditor"), Seat(world.person(), "member")]
    company = scene.rival()
    world.declare(scene.official, scene.process.opened + 4, scene.year(), [item("conflict", company.data)])
    scene.award(company)
    scene.miss("an auditor decides nothing", company, RULE)


HITS = (stayed_with_a_stake, stayed_with_a_friend, every_bidder_of_the_lot, secretary_of_the_process)
DECOYS = (recused_in_time, with_somebody_else, declared_too_late, watches_only)
