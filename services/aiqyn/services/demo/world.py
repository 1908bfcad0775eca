"""A closed part of the demo country: its own bodies, people, companies and processes, told as events.

A world never names anybody of another world but the bodies that it is given. What it states is a function of
its name and the seed alone, so worlds can be made in any order, and again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal, NamedTuple

from aiqyn.services.demo import entities, people, statements
from aiqyn.services.demo.calendar import DAY, day_text, instant, instant_day
from aiqyn.services.demo.chance import Chance
from aiqyn.services.demo.entities import BodyForm, Budget, Entity
from aiqyn.services.demo.envelope import Json, line
from aiqyn.services.demo.people import Person
from aiqyn.services.demo.procurement import SUBJECTS, Bid, Process, releases
from aiqyn.services.demo.statements import Interest, Share, Status, Unspecified, Version
from aiqyn.services.demo.truth import Certainty, Decoy, Identity, Plant, Severity

COMPANIES = "/demo/companies"
OWNERS = "/demo/owners"
OLD_OWNERS = "/demo/owners-archive"
OFFICES = "/demo/offices"
FAMILIES = "/demo/civil-registry"
DECLARATIONS = "/demo/declarations"
TENDERS = "/demo/procurement"
COMMITTEES = "/demo/committees"
DEBARMENTS = "/demo/unfair-suppliers"
ASSETS = "/demo/state-assets"
IDENTITIES = "/demo/identity-review"

LATE, CORRECTED, RETRACTED, TWICE = 0.05, 0.02, 0.01, 0.01
"""Shares of the facts about relationships that arrive after the awards, are corrected, are stated wrongly and
retracted, and arrive twice byte for byte."""

Role = Literal[
    "head",
    "deputyHead",
    "unitHead",
    "procurement",
    "staff",
    "councilMember",
    "boardMember",
    "minister",
    "akim",
]


class Line(NamedTuple):
    """An event and when it arrives; `order` breaks ties within its world."""

    arrives: int
    order: int
    text: bytes


class Reference(NamedTuple):
    """What names an event for ever."""

    source: str
    id: str


class Seat(NamedTuple):
    """A person in a committee."""

    person: Person
    role: str
    recused_on: int | None = None


class Room(NamedTuple):
    """The serials that a world may use for its people and entities."""

    person: int
    entity: int
    persons: int
    entities: int


@dataclass(frozen=True, slots=True)
class Stake:
    """A relationship record as it was first stated."""

    record: str
    company: Entity
    holder: Person | Entity | Unspecified | str
    interest: Interest
    stated: Reference


class World:
    """States facts; keeps them as lines in the order of arrival, with the truth about them.

    `opened` is the day its first process opens; registers publish in the `lead` days before it and late facts
    arrive from the day `late` on. A dry world keeps no lines.
    """

    def __init__(
        self,
        name: str,
        seed: int,
        room: Room,
        opened: int,
        late: int,
        *,
        lead: int = 60,
        facts: int = 100,
        dry: bool = False,
    ) -> None:
        self.name = name
        self.rng = Chance(f"{seed}/{name}")
        self.opened = opened
        self.lines: list[Line] = []
        self.truth: list[Plant] = []
        self.decoys: list[Decoy] = []
        self.companies = 0
        self._seed = seed
        self._room = room
        self._dry = dry
        self._late = instant(late, 6)
        self._clock = instant(opened - lead, 6)
        self._step = max(2, (lead - 5) * DAY // facts)
        self._persons = self._entities = self._events = self._records = self._processes = 0
        self._described: dict[tuple[str, str], str] = {}

    # --- who there is ---

    def person(self, born: tuple[int, int] = (1955, 1992), female: bool | None = None) -> Person:
        if self._persons >= self._room.persons:
            raise ValueError(f"{self.name}: no room for more than {self._room.persons} persons")
        self._persons += 1
        serial = self._room.person + self._persons - 1
        return people.person(serial, f"{self.name}-person-{self._persons}", self.rng, born, female)

    def company(self, *, listed: bool = False, state_owned: bool = False, address: str | None = None) -> Entity:
        serial = self._serial()
        self.companies += 1
        made = entities.company(
            serial,
            f"{self.name}-entity-{self._entities}",
            self.rng,
            listed=listed,
            state_owned=state_owned,
            address=address,
        )
        self._register(made)
        return made

    def body(self, form: BodyForm, parent: Entity | None = None, budget: Budget | None = None) -> Entity:
        serial = self._serial()
        made = entities.body(serial, f"{self.name}-entity-{self._entities}", self.rng, form, parent, budget)
        self._register(made)
        return made

    def _serial(self) -> int:
        if self._entities >= self._room.entities:
            raise ValueError(f"{self.name}: no room for more than {self._room.entities} entities")
        self._entities += 1
        return self._room.entity + self._entities - 1

    def _register(self, made: Entity) -> None:
        self._state("registry.company", COMPANIES, made.register, self.tick())

    def register_again(self, known: Entity) -> Reference:
        """The register of companies sends an entity once more, with a new e-mail address."""
        data = known.register | {"emails": [f"new.{known.register['emails'][0]}"]}
        return self._state("registry.company", COMPANIES, data, self._late_instant())

    # --- what officials are and say ---

    def post(
        self,
        person: Person,
        organization: Entity,
        role: Role,
        *,
        start: int | None = None,
        end: int | None = None,
        level: Budget = "regional",
        plain: bool = True,
        key: str | None = None,
        at: int | None = None,
    ) -> Reference:
        """A term of office; a later event (`at`) with the same `key` replaces an earlier one wholly."""
        data: Json = {
            "person": person.data,
            "organization": organization.data,
            "post": _POSTS[role],
            "role": role,
            "level": level,
            "party": None,
            "exOfficio": False,
            "startDate": day_text(start if start is not None else self.past()),
            "endDate": _day(end),
        }
        wrong = {"post": "исполняющий обязанности"}
        return self._fact("official.occupancy", OFFICES, data, wrong if plain else None, key, at)

    def relation(
        self,
        person: Person,
        relative: Person,
        relationship: str,
        *,
        start: int | None = None,
        end: int | None = None,
        plain: bool = True,
    ) -> Reference:
        """`relative` is the `relationship` of `person`."""
        data: Json = {
            "person": person.data,
            "relative": relative.data,
            "relationship": relationship,
            "startDate": _day(start),
            "endDate": _day(end),
        }
        wrong = {"relationship": "relative"}
        return self._fact("official.relation", FAMILIES, data, wrong if plain else None)

    def declare(self, declarant: Person, filed: int, period: tuple[int, int], items: Sequence[Json]) -> Reference:
        data: Json = {
            "declarant": declarant.data,
            "filedAt": day_text(filed),
            "period": {"from": day_text(period[0]), "to": day_text(period[1])},
            "items": list(items),
        }
        return self._state("official.declaration", DECLARATIONS, data, instant(filed, 15, self.rng.below(60)))

    def committee(self, process: Process, seats: Iterable[Seat], lots: Sequence[str] = ()) -> Reference:
        """Published on the day after the notice, or after the last recusal if that is later."""
        members = list(seats)
        known = max([process.opened, *(seat.recused_on for seat in members if seat.recused_on is not None)]) + 1
        data: Json = {
            "ocid": process.ocid,
            "lotIds": list(lots),
            "members": [
                {
                    "person": seat.person.data,
                    "role": seat.role,
                    "from": day_text(process.opened - 9),
                    "to": None,
                    "recusedOn": _day(seat.recused_on),
                }
                for seat in members
            ],
        }
        return self._fact("procurement.committee", COMMITTEES, data, None, at=instant(known, 11))

    # --- who owns and runs what ---

    def stake(
        self,
        holder: Person | Entity | Unspecified | str,
        company: Entity,
        share: Share,
        *,
        type: str = "shareholding",
        start: int | None = None,
        end: int | None = None,
        level: Literal["direct", "indirect", "unknown"] = "direct",
        version: Version = "0.4",
        is_component: bool = False,
        components: Sequence[Stake] = (),
        plain: bool = True,
    ) -> Stake:
        """A holder's interest; a holder that is text is the record id of an anonymous person.

        An ordinary stake (`plain`, open-ended) may be stated late, wrongly at first, or be confirmed later.
        """
        day = start if start is not None else self.past()
        interest = Interest(type, share, day, end, level)
        self._records += 1
        record = f"{self.name}-stake-{self._records}"
        ordinary = plain and end is None and not components and not is_component
        if version == "0.2":
            return self._old_stake(record, holder, company, interest, day)
        self._describe(company, company.record, day)
        if not isinstance(holder, Unspecified):
            self._describe(holder, company.record, day)

        def data(stated: Interest, statement_day: int, status: Status, number: int) -> Json:
            natural = isinstance(holder, Person | str)
            named = holder if isinstance(holder, Unspecified | str) else holder.record
            components_named = [component.record for component in components]
            return statements.relationship_04(
                record,
                self._statement_id(f"{record}/{number}"),
                company,
                named,
                natural,
                [stated],
                statement_day,
                max(statement_day, instant_day(self._clock)),
                status,
                is_component,
                components_named,
            )

        chance = self.rng.random() if ordinary else 1.0
        if chance < RETRACTED:
            wrong = data(Interest(type, 1, day, None, level), day, "new", 0)
            mistaken = self._state("ownership.statement", OWNERS, wrong, self.tick())
            self.retract(mistaken)
        at = self._late_instant() if RETRACTED <= chance < RETRACTED + LATE else self.tick()
        first = self._state("ownership.statement", OWNERS, data(interest, day, "new", 1), at)
        if RETRACTED + LATE <= chance < RETRACTED + LATE + CORRECTED and day < self.opened - 400:
            confirmed = Interest(type, share, day, None, level, "по выписке")
            self._state("ownership.statement", OWNERS, data(confirmed, self.opened - 250, "updated", 2), self.tick())
        elif chance > 1 - TWICE and ordinary:
            self._again()
        return Stake(record, company, holder, interest, first)

    def restate(
        self,
        stake: Stake,
        status: Status,
        statement_day: int,
        at: int,
        *,
        share: Share = None,
        start: int | None = None,
    ) -> Reference:
        """A later version of a BODS 0.4 record: updated to another share, or closed without an end date."""
        old = stake.interest
        interest = old if status == "closed" else Interest(old.type, share, start or old.start, None, old.level)
        named = stake.holder.record if isinstance(stake.holder, Person | Entity) else stake.holder
        data = statements.relationship_04(
            stake.record,
            self._statement_id(f"{stake.record}/{status}"),
            stake.company,
            named,
            isinstance(stake.holder, Person | str),
            [interest],
            statement_day,
            max(statement_day, instant_day(at)),
            status,
        )
        return self._state("ownership.statement", OWNERS, data, at)

    def _old_stake(
        self,
        record: str,
        holder: Person | Entity | Unspecified | str,
        company: Entity,
        interest: Interest,
        day: int,
    ) -> Stake:
        if not isinstance(holder, Person | Entity):
            raise ValueError("the archive of BODS 0.2 names every holder")
        described = self._describe_old(company, day)
        by = self._describe_old(holder, day)
        published = instant_day(self._clock)
        data = statements.relationship_02(
            self._statement_id(record), described, by, isinstance(holder, Person), interest, day, published
        )
        return Stake(record, company, holder, interest, self._fact("ownership.statement", OLD_OWNERS, data, None))

    def _describe(self, who: Person | Entity | str, subject: str, day: int) -> None:
        record = who if isinstance(who, str) else who.record
        if ("0.4", record) in self._described:
            return
        statement = self._described[("0.4", record)] = self._statement_id(record)
        published = instant_day(self._clock)
        if isinstance(who, str):
            data = statements.anonymous_04(who, statement, subject, day, published)
        elif isinstance(who, Person):
            data = statements.person_04(who, statement, subject, day, published)
        else:
            data = statements.entity_04(who, statement, subject, day, published)
        self._state("ownership.statement", OWNERS, data, self.tick())

    def _describe_old(self, who: Person | Entity, day: int) -> str:
        known = self._described.get(("0.2", who.record))
        if known is not None:
            return known
        statement = self._described[("0.2", who.record)] = self._statement_id(f"{who.record}/0.2")
        published = instant_day(self._clock)
        if isinstance(who, Person):
            data = statements.person_02(who, statement, day, published)
        else:
            data = statements.entity_02(who, statement, day, published)
        self._state("ownership.statement", OLD_OWNERS, data, self.tick())
        return statement

    def _statement_id(self, record: str) -> str:
        return blake2b(f"{self._seed}/{record}".encode(), digest_size=20).hexdigest()

    def role(
        self,
        person: Person,
        company: Entity,
        role: str,
        *,
        start: int | None = None,
        end: int | None = None,
        ex_officio: bool = False,
        plain: bool = True,
    ) -> Reference:
        """A person's role: director, manager, representative, accountant, founder, boardMember."""
        data: Json = {
            "company": company.data,
            "person": person.data,
            "role": role,
            "exOfficio": ex_officio,
            "startDate": day_text(start if start is not None else self.past()),
            "endDate": _day(end),
        }
        wrong = {"endDate": day_text(self.opened - 300)}
        return self._fact("registry.directorship", COMPANIES, data, wrong if plain else None)

    def debar(self, supplier: Entity, start: int, end: int | None, head: Person | None = None) -> Reference:
        data: Json = {
            "supplier": supplier.data,
            "head": head.data if head is not None else None,
            "register": "реестр недобросовестных участников",
            "reason": "уклонение от подписания договора",
            "startDate": day_text(start),
            "endDate": _day(end),
        }
        at = max(self.tick(), instant(start, 12))
        return self._state("registry.debarment", DEBARMENTS, data, at)

    # --- where public money goes ---

    def plan(
        self, buyer: Entity, *, lots: int = 0, procuring: Entity | None = None, opened: int | None = None
    ) -> Process:
        """A process that opens on `opened` (default: the world's day), not yet published."""
        rng = self.rng
        self._processes += 1
        first = opened if opened is not None else self.opened
        closes = first + rng.between(10, 20)
        awarded = closes + rng.between(3, 20)
        return Process(
            ocid=f"ocds-a1qd3m-{self.name}-{self._processes}",
            buyer=buyer,
            procuring=procuring if procuring is not None else buyer,
            opened=first,
            closes=closes,
            bid_on=closes - rng.between(0, 5),
            awarded=awarded,
            signed=awarded + rng.between(5, 15),
            amount=rng.between(15, 9_000) * 100_000,
            subject=rng.below(len(SUBJECTS)),
            lots=tuple(str(number) for number in range(1, lots + 1)),
        )

    def publish(self, process: Process) -> None:
        minute = self.rng.below(60)
        for day, release in releases(process):
            self._state("procurement.release", TENDERS, release, instant(day, 9, minute, 30))

    def allocate(
        self,
        kind: str,
        grantor: Entity,
        recipient: Entity | Person,
        deciders: Sequence[Person],
        day: int,
        *,
        price: float = 1.0,
        asset: str | None = None,
    ) -> str:
        """An allocation of one day; `price` is the amount as a part of the valuation. Gives its id."""
        self._processes += 1
        name = f"alloc-{self.name}-{self._processes}"
        valuation = self.rng.between(20, 900) * 1_000_000
        data: Json = {
            "id": name,
            "kind": kind,
            "grantor": grantor.data,
            "recipient": recipient.data,
            "deciders": [decider.data for decider in deciders],
            "method": "direct" if price < 1 else "auction",
            "date": day_text(day),
            "amount": {"amount": str(round(valuation * price)), "currency": "KZT"},
            "valuation": {"amount": str(valuation), "currency": "KZT"} if kind == "assetDisposal" else None,
            "assetId": asset,
        }
        self._state("allocation.made", ASSETS, data, instant(day, 16, self.rng.below(60)))
        return name

    # --- second thoughts ---

    def retract(self, target: Reference, at: int | None = None) -> Reference:
        data: Json = {"target": {"source": target.source, "id": target.id}, "reason": "error"}
        return self._state("record.retracted", target.source, data, at if at is not None else self._late_instant())

    def decide(self, left: str, right: str, verdict: str) -> Reference:
        data: Json = {
            "left": left,
            "right": right,
            "verdict": verdict,
            "decidedBy": "reviewer-2",
            "reason": "сверка с бумажными делами",
        }
        return self._state("identity.decision", IDENTITIES, data, self._late_instant())

    # --- truth ---

    def expect(
        self,
        rule: str,
        where: Process | str,
        companies: Sequence[Entity | Person],
        persons: Sequence[Person],
        severity: Severity,
        certainty: Certainty = "certain",
        identity: Identity = "identifier",
    ) -> None:
        ocid, allocation = (where.ocid, None) if isinstance(where, Process) else (None, where)
        named = tuple(sorted(company.id for company in companies))
        self.truth.append(
            Plant(rule, ocid, allocation, named, tuple(p.id for p in persons), certainty, severity, identity)
        )

    def near_miss(self, rules: Sequence[str], where: Process | str, company: Entity | None, why: str) -> None:
        ocid, allocation = (where.ocid, None) if isinstance(where, Process) else (None, where)
        self.decoys.append(Decoy(tuple(rules), ocid, allocation, company.id if company else None, why))

    # --- chance and time ---

    def past(self) -> int:
        """A day long enough before the first process that nothing is new about what began on it."""
        return self.opened - self.rng.between(420, 880)

    def tick(self) -> int:
        """The next instant at which a register publishes, before the first process opens."""
        self._clock += self.rng.between(1, self._step)
        return self._clock

    def _late_instant(self) -> int:
        return self._late + self.rng.below(45 * DAY)

    def _fact(
        self,
        kind: str,
        source: str,
        data: Json,
        wrong: Json | None,
        key: str | None = None,
        at: int | None = None,
    ) -> Reference:
        """State a relationship; by chance late, twice, or (where `wrong` says how) wrongly at first."""
        when = at if at is not None else self.tick()
        chance = self.rng.random() if key is None else 1.0
        if key is not None:
            data = data | {"recordKey": key}
        elif chance < LATE:
            when = max(when, self._late_instant())
        elif wrong is not None and chance < LATE + CORRECTED:
            self._records += 1
            data = data | {"recordKey": f"{self.name}-key-{self._records}"}
            self._state(kind, source, data | wrong, when)
            when = self.tick() if self.rng.random() < 0.5 else self._late_instant()
        elif wrong is not None and chance < LATE + CORRECTED + RETRACTED:
            self.retract(self._state(kind, source, data | wrong, when))
            when = self.tick()
        stated = self._state(kind, source, data, when)
        if key is None and chance > 1 - TWICE:
            self._again()
        return stated

    def _state(self, kind: str, source: str, data: Json, at: int) -> Reference:
        self._events += 1
        name = f"{self.name}-{self._events:05d}"
        if not self._dry:
            self.lines.append(Line(at, self._events, line(source, name, kind, at, data)))
        return Reference(source, name)

    def _again(self) -> None:
        if not self._dry:
            last = self.lines[-1]
            self._events += 1
            self.lines.append(Line(last.arrives + 7 * DAY, self._events, last.text))
        else:
            self._events += 1


_POSTS: dict[Role, str] = {
    "head": "руководитель",
    "deputyHead": "заместитель руководителя",
    "unitHead": "руководитель отдела",
    "procurement": "специалист по закупкам",
    "staff": "специалист",
    "councilMember": "депутат совета",
    "boardMember": "член наблюдательного совета",
    "minister": "министр",
    "akim": "аким",
}


def _day(day: int | None) -> str | None:
    return day_text(day) if day is not None else None


def consortium(*companies: Entity, lots: tuple[str, ...] = (), wins: bool = False) -> Bid:
    """One bid of all of them together."""
    return Bid(companies, lots, wins)
