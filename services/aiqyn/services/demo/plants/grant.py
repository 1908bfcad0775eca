"""The usual setting of an allocation: a grantor, somebody who decides or serves there, a recipient."""

from __future__ import annotations

from aiqyn.services.demo.entities import Entity
from aiqyn.services.demo.people import Person
from aiqyn.services.demo.plants.scene import DECIDING, Level
from aiqyn.services.demo.truth import Severity
from aiqyn.services.demo.world import World


class Grant:
    """One allocation; `official` decides it (I1), serves at the grantor (I2, I4) or above it (I3)."""

    def __init__(self, world: World, level: Level | None) -> None:
        self.world = world
        self.above = world.body("ministry", None, "regional")
        self.grantor = world.body("department", self.above, "regional")
        self.official = world.person()
        self.deciders = [self.official if level == "I1" else world.person()]
        if level == "I2":
            world.post(self.official, self.grantor, world.rng.pick(DECIDING))
        elif level == "I3":
            world.post(self.official, self.above, "deputyHead")
        elif level == "I4":
            world.post(self.official, self.grantor, "staff")
        self.day = world.opened + world.rng.between(5, 30)
        self.id = ""

    def make(self, kind: str, recipient: Entity | Person, *, price: float = 1.0, asset: str | None = None) -> None:
        self.id = self.world.allocate(kind, self.grantor, recipient, self.deciders, self.day, price=price, asset=asset)

    def expect(self, rule: str, recipient: Entity | Person, *persons: Person, severity_is: Severity) -> None:
        self.world.expect(rule, self.id, [recipient], persons, severity_is)

    def miss(self, why: str, *rules: str) -> None:
        self.world.near_miss(rules, self.id, None, why)

    def spouse(self) -> Person:
        other = self.world.person(female=not self.official.female)
        self.world.relation(self.official, other, "spouse", start=self.world.past())
        return other

    def kin(self, relationship: str, of: Person | None = None) -> Person:
        other = self.world.person((1935, 1952) if relationship == "parent" else (1955, 1992))
        self.world.relation(of if of is not None else self.official, other, relationship)
        return other
