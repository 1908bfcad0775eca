"""COI-01: somebody with influence directly owns at least 5 % of a bidder, or holds what confers control."""

from __future__ import annotations

from aiqyn.services.demo.calendar import instant
from aiqyn.services.demo.people import unnumbered
from aiqyn.services.demo.plants.scene import Level, Scene, item
from aiqyn.services.demo.procurement import Bid
from aiqyn.services.demo.statements import Band
from aiqyn.services.demo.world import OWNERS, Seat, World

RULE = "COI-01"
_ALL = ("COI-01", "COI-02", "COI-03", "COI-04", "COI-05", "COI-06")


def _owner(world: World, level: Level) -> None:
    scene = Scene(world, level)
    company = world.company()
    world.stake(scene.official, company, float(world.rng.pick((5, 7.5, 12, 24.9, 30, 60, 100))))
    scene.award(company)
    scene.expect(RULE, company, scene.official)


def head_owns_the_winner(world: World) -> None:
    _owner(world, "I2")


def juror_owns_the_winner(world: World) -> None:
    _owner(world, "I1")


def clerk_owns_the_winner(world: World) -> None:
    _owner(world, "I4")


def exactly_five(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company()
    world.stake(scene.official, company, 5)
    scene.award(company)
    scene.expect(RULE, company, scene.official)


def band_around_five(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company()
    world.stake(scene.official, company, Band(3, 8))
    scene.award(company)
    scene.expect(RULE, company, scene.official, certainty="possible")


def band_above_five(world: World) -> None:
    scene = Scene(world, "I1")
    company = world.company()
    world.stake(scene.official, company, Band(5, 10, low_open=True))
    scene.award(company)
    scene.expect(RULE, company, scene.official)


def appoints_the_board(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company()
    world.stake(scene.official, company, None, type="appointmentOfBoard")
    scene.award(company)
    scene.expect(RULE, company, scene.official)


def stake_known_after_the_award(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company()
    stake = world.stake(scene.official, company, 2, plain=False, start=world.opened - 700)
    at = instant(scene.process.signed + 40, 10)
    world.restate(stake, "updated", world.opened - 500, at, share=35, start=world.opened - 510)
    scene.award(company)
    scene.expect(RULE, company, scene.official)


def member_of_a_consortium(world: World) -> None:
    scene = Scene(world, "I2")
    leader, member = scene.rival(), world.company()
    world.stake(scene.official, member, 20)
    scene.process.bids = [Bid((leader, member), (), True), Bid((scene.rival(),))]
    scene.publish()
    scene.expect(RULE, member, scene.official)


def owner_of_the_loser(world: World) -> None:
    scene = Scene(world, "I1")
    company = world.company()
    world.stake(scene.official, company, 40)
    scene.award(scene.rival(), losers=(company,), rivals=0)
    scene.expect(RULE, company, scene.official)


def organiser_of_the_tender(world: World) -> None:
    scene = Scene(world, None)
    organiser = world.body("department", None, "regional")
    world.post(scene.official, organiser, "procurement")
    scene.process.procuring = organiser
    company = world.company()
    world.stake(scene.official, company, 15)
    scene.award(company)
    scene.level = "I2"
    scene.expect(RULE, company, scene.official)


def archived_statement(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company()
    world.stake(scene.official, company, 45, version="0.2")
    scene.award(company)
    scene.expect(RULE, company, scene.official)


def decided_to_be_the_same(world: World) -> None:
    scene = Scene(world, "I1")
    company = world.company()
    record = unnumbered(scene.official, f"{scene.official.record}-copy", with_birth=False)
    world.stake(record, company, 30)
    world.decide(f"REC:{OWNERS}:{record.record}", scene.official.id, "same")
    scene.award(company)
    scene.expect(RULE, company, scene.official, severity_is="high", identity="decided")


def declared_and_recused(world: World) -> None:
    scene = Scene(world, None)
    process = scene.process
    scene.seats = [Seat(scene.official, "member", process.opened - 2), Seat(world.person(), "chair")]
    company = world.company()
    world.stake(scene.official, company, 25)
    conflict = item("conflict", company.data, ocid=process.ocid)
    world.declare(scene.official, process.opened - 3, scene.year(), [conflict])
    scene.award(company)
    scene.expect(RULE, company, scene.official, severity_is="info")
    scene.miss("declared and recused before the process opened", company, "COI-08", "COI-09")


def ended_the_day_before(world: World) -> None:
    scene = Scene(world, "I4")
    company = world.company()
    world.stake(scene.official, company, 20, end=world.opened)
    scene.award(company)
    scene.miss("the stake ended on the day before the window", company, *_ALL)


def a_thousandth_short(world: World) -> None:
    scene = Scene(world, "I1")
    company = world.company()
    world.stake(scene.official, company, 4.999)
    scene.award(company)
    scene.miss("4.999 %", company, *_ALL)


def listed_up_to_five(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company(listed=True)
    world.stake(scene.official, company, 5)
    scene.award(company)
    scene.miss("5 % of a listed company", company, *_ALL)


def stake_retracted(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company()
    stake = world.stake(scene.official, company, 30, plain=False)
    world.retract(stake.stated)
    scene.award(company)
    scene.miss("the stake was retracted", company, *_ALL)


def stake_reduced(world: World) -> None:
    scene = Scene(world, "I4")
    company = world.company()
    stake = world.stake(scene.official, company, 40, plain=False, start=world.opened - 800)
    at = instant(scene.process.signed + 50, 10)
    world.restate(stake, "updated", world.opened - 399, at, share=2, start=world.opened - 400)
    scene.award(company)
    scene.miss("2 % since long before the window, known afterwards", company, *_ALL)


def stake_closed(world: World) -> None:
    scene = Scene(world, "I4")
    company = world.company()
    stake = world.stake(scene.official, company, 30, plain=False, start=world.opened - 800)
    world.restate(stake, "closed", world.opened - 200, world.tick())
    scene.award(company)
    scene.miss("the record was closed before the window", company, *_ALL)


def post_corrected(world: World) -> None:
    scene = Scene(world, None)
    company = world.company()
    world.stake(scene.official, company, 30)
    start = world.opened - 800
    world.post(scene.official, scene.buyer, "head", start=start, key=f"{world.name}-post")
    scene.award(company)
    at = instant(scene.process.signed + 60, 10)
    world.post(
        scene.official,
        scene.buyer,
        "head",
        start=start,
        end=world.opened - 100,
        key=f"{world.name}-post",
        at=at,
    )
    scene.miss("the post had ended before the window, known afterwards", company, *_ALL)


def post_ended_the_day_before(world: World) -> None:
    scene = Scene(world, None)
    company = world.company()
    world.stake(scene.official, company, 30)
    world.post(scene.official, scene.buyer, "head", end=world.opened, plain=False)
    scene.award(company)
    scene.miss("the post ended on the day before the window", company, *_ALL)


def name_alone(world: World) -> None:
    scene = Scene(world, "I2")
    company = world.company()
    world.stake(unnumbered(scene.official, f"{scene.official.record}-namesake", with_birth=False), company, 60)
    scene.award(company)
    scene.miss("an owner of the same name, nothing else", company, *_ALL)


def bought_the_day_after(world: World) -> None:
    scene = Scene(world, "I4")
    company = world.company()
    world.stake(scene.official, company, 20, start=scene.process.awarded + 1, plain=False)
    scene.award(company)
    scene.miss("the stake began on the day after the award", company, *_ALL)


def recused_in_silence(world: World) -> None:
    scene = Scene(world, None)
    scene.seats = [Seat(scene.official, "member", scene.process.awarded - 2), Seat(world.person(), "chair")]
    company = world.company()
    world.stake(scene.official, company, 30)
    scene.award(company)
    scene.miss("recused before the award without having declared", company, *_ALL, "COI-09")


def other_lot(world: World) -> None:
    scene = Scene(world, None, lots=2)
    company = world.company()
    world.stake(scene.official, company, 30)
    process = scene.process
    process.bids = [
        Bid((scene.rival(),), ("1",), True),
        Bid((scene.rival(),), ("1",)),
        Bid((company,), ("2",), True),
    ]
    scene.publish()
    world.committee(process, [Seat(scene.official, "evaluator")], ["1"])
    scene.miss("decides on the other lot", company, *_ALL)


def process_cancelled(world: World) -> None:
    scene = Scene(world, "I2")
    scene.process.cancelled = True
    company = world.company()
    world.stake(scene.official, company, 30)
    scene.award(company)
    scene.miss("the process was cancelled", None, *_ALL)


HITS = (
    head_owns_the_winner,
    decided_to_be_the_same,
    declared_and_recused,
    juror_owns_the_winner,
    clerk_owns_the_winner,
    exactly_five,
    band_around_five,
    band_above_five,
    appoints_the_board,
    stake_known_after_the_award,
    member_of_a_consortium,
    owner_of_the_loser,
    organiser_of_the_tender,
    archived_statement,
)
DECOYS = (
    ended_the_day_before,
    name_alone,
    stake_retracted,
    a_thousandth_short,
    recused_in_silence,
    listed_up_to_five,
    stake_reduced,
    stake_closed,
    post_corrected,
    post_ended_the_day_before,
    bought_the_day_after,
    other_lot,
    process_cancelled,
)
