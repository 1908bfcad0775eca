"""The usual setting of a plant: a buyer below a department, an official with influence, a process, rivals."""

from __future__ import annotations

from typing import Literal

from aiqyn.services.demo.calendar import day_of, year_of
from aiqyn.services.demo.entities import Entity
from aiqyn.services.demo.envelope import Json
from aiqyn.services.demo.people import Person
from aiqyn.services.demo.procurement import Bid, Process
from aiqyn.services.demo.truth import Certainty, Identity, Severity
from aiqyn.services.demo.world import Role, Seat, World

Level = Literal["I1", "I2", "I3", "I4"]
DECIDING: tuple[Role, ...] = ("head", "deputyHead", "unitHead", "procurement", "boardMember", "akim")
JUDGING = ("chair", "member", "evaluator", "approver")

_SEVERITY: dict[Level, tuple[Severity, Severity]] = {
    "I1": ("critical", "high"),
    "I2": ("high", "high"),
    "I3": ("medium", "medium"),
    "I4": ("medium", "low"),
}


def severity(level: Level, close: bool) -> Severity:
    """The catalogue's table for COI-01..07; `close`: the person, a spouse or a child."""
    return _SEVERITY[level][0 if close else 1]


class Scene:
    """One process with an official of a given influence. Companies are added, then `award` publishes it."""

    def __init__(
        self, world: World, level: Level | None = "I2", *, lots: int = 0, official: Person | None = None
    ) -> None:
        self.world = world
        self.department = world.body("department", None, "regional")
        self.buyer = world.body(world.rng.pick(("school", "hospital", "akimat")), self.department, "district")
        self.process: Process = world.plan(self.buyer, lots=lots)
        self.official = official if official is not None else world.person()
        self.level: Level = level if level is not None else "I4"
        self.seats: list[Seat] = []
        if level == "I1":
            self.seats.append(Seat(self.official, world.rng.pick(JUDGING)))
        elif level == "I2":
            world.post(self.official, self.buyer, world.rng.pick(DECIDING))
        elif level == "I3":
            world.post(self.official, self.department, world.rng.pick(("head", "deputyHead", "unitHead")))
        elif level == "I4":
            world.post(self.official, self.buyer, "staff")

    def rival(self, *, listed: bool = False) -> Entity:
        """A company with an owner and a director whom nobody else knows."""
        made = self.world.company(listed=listed)
        owner = self.world.person()
        self.world.stake(owner, made, float(self.world.rng.pick((51, 60, 100))))
        self.world.role(self.world.person() if self.world.rng.random() < 0.4 else owner, made, "director")
        return made

    def award(
        self,
        *winners: Entity,
        losers: tuple[Entity, ...] = (),
        rivals: int | None = None,
        committee: bool = True,
    ) -> None:
        """Each winner and loser bids alone, `rivals` strangers beside them; winners win an award each."""
        bids = self.process.bids
        bids.extend(Bid((winner,), self.process.lots[:1], True) for winner in winners)
        bids.extend(Bid((loser,), self.process.lots[:1]) for loser in losers)
        count = rivals if rivals is not None else self.world.rng.between(1, 2)
        bids.extend(Bid((self.rival(),), self.process.lots[:1]) for _ in range(count))
        self.publish(committee)

    def publish(self, committee: bool = True) -> None:
        """Publish the bids as they stand, and the committee if anybody sits in it."""
        self.world.publish(self.process)
        if self.seats and committee:
            self.world.committee(self.process, self.seats)

    def expect(
        self,
        rule: str,
        company: Entity,
        *persons: Person,
        close: bool = True,
        severity_is: Severity | None = None,
        certainty: Certainty = "certain",
        identity: Identity = "identifier",
    ) -> None:
        """An alert on one company; severity by the table unless given."""
        stated = severity_is if severity_is is not None else severity(self.level, close)
        self.world.expect(rule, self.process, [company], persons, stated, certainty, identity)

    def pair(
        self,
        rule: str,
        left: Entity,
        right: Entity,
        *persons: Person,
        severity_is: Severity = "high",
        certainty: Certainty = "certain",
    ) -> None:
        """An alert on a pair of bidders."""
        self.world.expect(rule, self.process, [left, right], persons, severity_is, certainty)

    def miss(self, why: str, company: Entity | None, *rules: str) -> None:
        self.world.near_miss(rules, self.process, company, why)

    def spouse(self, *, end: int | None = None, start: int | None = None, plain: bool = True) -> Person:
        """The official's wife or husband."""
        other = self.world.person(female=not self.official.female)
        begin = start if start is not None else self.world.past()
        self.world.relation(self.official, other, "spouse", start=begin, end=end, plain=plain)
        return other

    def kin(self, relationship: str, of: Person | None = None) -> Person:
        """A new person who is the `relationship` of the official (or of somebody else)."""
        born = {
            "child": (1990, 2000),
            "adoptedChild": (1990, 2000),
            "grandchild": (1996, 2002),
            "parent": (1935, 1952),
            "grandparent": (1930, 1940),
        }.get(relationship, (1955, 1992))
        other = self.world.person(born)
        self.world.relation(of if of is not None else self.official, other, relationship)
        return other

    def year(self) -> tuple[int, int]:
        """The calendar year in which the process opens, half-open."""
        year = year_of(self.process.opened)
        return day_of(year, 1, 1), day_of(year + 1, 1, 1)

    def spring_after(self) -> int:
        """A day in spring of the year after the award, when declarations are filed."""
        return day_of(year_of(self.process.awarded) + 1, 3, self.world.rng.between(1, 28))


def item(kind: str, counterparty: Json | None, *, share: str | None = None, ocid: str | None = None) -> Json:
    """An item of a declaration about the declarant."""
    return {
        "kind": kind,
        "holder": "self",
        "counterparty": counterparty,
        "share": share,
        "amount": None,
        "date": None,
        "ocid": ocid,
    }
