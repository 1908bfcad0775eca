"""A seeded country of N edges, as events: the ground on which engine and recomputation must agree.

Companies with owners (exact shares, bands, votes, chains of up to six levels, loops), directors,
families, posts, buyers with parent bodies, processes with one to three bidders. Facts come late, twice,
corrected, retracted and shuffled. Conflicts of COI-01 to COI-05 are planted among them, and decoys that
miss by one day, one degree or a hundredth of a percent. Everybody has a valid identifier. All people and
companies are invented.
"""

from collections import defaultdict
from datetime import date
from random import Random
from typing import NamedTuple

from tests.oracle.identifiers import company_numbers, person_numbers, word
from tests.oracle.influences import influence
from tests.oracle.interests import direct, indirect, manages
from tests.oracle.kin import relative_manages, relative_owns
from tests.oracle.planned import DAY, MANAGERS, ROLES, Planted, Process
from tests.oracle.statements import (
    CORRECTED,
    SECOND,
    Body,
    Holder,
    Json,
    Ledger,
    Person,
    line,
    party,
    reference,
    share,
)

BANDS = ("0-25", "25-50", "50-75")
LEVELS = 6


class Country(NamedTuple):
    """`lines`: the events, shuffled. `decoys`: (ocid, company, official) without any conflict."""

    lines: list[bytes]
    edges: int
    planted: frozenset[Planted]
    decoys: frozenset[tuple[str, str, str]]


def build(edges: int, seed: int, plants: int | None = None) -> Country:
    """A country of at least `edges` edges; the same arguments give the same bytes.

    `plants`: how many processes get a planted conflict or decoy, by default one for every 150 edges.
    """
    return Builder(edges, seed).build(max(edges // 150, 20) if plants is None else plants)


class Builder:
    """A country in the making."""

    def __init__(self, edges: int, seed: int) -> None:
        self.random = Random(seed)
        self.wanted = edges
        self.book = Ledger(self.random)
        self._people = person_numbers(self.random)
        self._companies = company_numbers(self.random)
        self._processes = 0
        self.doubtful_owners: set[Person] = set()
        # Who holds what, who is near whom, who serves where: to let bids meet interests more often.
        self._held: dict[Holder, list[Body]] = defaultdict(list)
        self._kin: dict[Person, list[Person]] = defaultdict(list)
        self._serving: list[tuple[Person, Body]] = []
        self.planted: set[Planted] = set()
        self.decoys: set[tuple[str, str, str]] = set()

    def build(self, plants: int) -> Country:
        self.crowd = [self.person() for _ in range(max(self.wanted * 3 // 10, 100))]
        self.buyers = self._bodies(max(self.wanted // 250, 8))
        self.companies = self._owned_companies(max(self.wanted // 5, 60))
        self._loops(max(self.wanted // 2000, 3))
        self._families()
        self._officials()
        for _ in range(plants):
            self._plant()
        while self.book.edges < self.wanted:
            self._everyday_process()
        lines = [line(event) for event in self.book.events]
        lines += self.random.choices(lines, k=len(lines) // 50)
        self.random.shuffle(lines)
        return Country(lines, self.book.edges, frozenset(self.planted), frozenset(self.decoys))

    def _everyday_process(self) -> None:
        buyer = self.random.choice(self.buyers)
        bidders: list[Holder] = list(self.random.sample(self.companies, self.random.randint(1, 3)))
        if self.chance(0.1):
            official, buyer = self.random.choice(self._serving)
            bidders.append(self._company_near(official) or bidders.pop())
            self.random.shuffle(bidders)
            run = self.process(buyer, list(dict.fromkeys(bidders)))
            if self.chance(0.3):
                lots = self.random.choice(([], ["1"], ["2"]))
                self.book.committee(run.ocid, self.random.choice(self._serving)[0], "member", None, lots)
                self.book.committee(run.ocid, official, "evaluator", None, lots)
            return
        if self.chance(0.005):
            # A natural person bids: now and then somebody who serves there.
            bidders[0] = self.random.choice(self._serving)[0]
        self.random.shuffle(bidders)
        self.process(buyer, list(dict.fromkeys(bidders)))

    def _company_near(self, official: Person) -> Body | None:
        near = [official, *self._kin[official]]
        held = [company for person in near for company in self._held[person]]
        if not held:
            return None
        company = self.random.choice(held)
        while self._held[company] and self.chance(0.6):
            company = self.random.choice(self._held[company])
        return company

    # Who and what there is

    def person(self, died: date | None = None) -> Person:
        number, born = next(self._people)
        return Person(number, f"{word(self.random)} {word(self.random)}", born, died)

    def company(self) -> Body:
        return Body(next(self._companies), f"{word(self.random)} {word(self.random)} LLP")

    def day(self, first: int, last: int) -> date:
        return date.fromordinal(self.random.randint(date(first, 1, 1).toordinal(), date(last, 12, 31).toordinal()))

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def _bodies(self, count: int) -> list[Body]:
        bodies: list[Body] = []
        for number in range(count):
            parent = bodies[number // 4] if number >= 4 else None
            bodies.append(Body(next(self._companies), f"{word(self.random)} Department {number}", True))
            self.book.registered(bodies[-1], "publicBody", parent)
        return bodies

    def _owned_companies(self, count: int) -> list[Body]:
        levels: list[list[Body]] = [[] for _ in range(LEVELS)]
        for number in range(count):
            # Few companies stand high: most are held by persons, or by a company one level up.
            level = min(int(self.random.expovariate(1.1)), LEVELS - 1)
            company = self.company()
            levels[LEVELS - 1 - level].append(company)
            above = levels[LEVELS - 2 - level] if level < LEVELS - 1 else []
            self._owners(company, above)
            if number % 20 == 0:
                self._register(company)
            self._director(company)
        return [company for level in levels for company in level]

    def _owners(self, company: Body, above: list[Body]) -> None:
        left, voting = 1000, self.chance(0.02)
        for _ in range(self.random.choice((1, 1, 1, 2, 2, 3))):
            corporate = above and self.chance(0.45)
            holder: Holder = self.random.choice(above) if corporate else self.random.choice(self.crowd)
            holder = self.random.choice(self.buyers) if self.chance(0.01) else holder
            tenths = self.random.randint(1, left) if self.chance(0.6) else left
            left -= tenths
            self._stake(holder, company, tenths / 10, voting)
            if left == 0:
                return

    def _stake(self, holder: Holder, company: Body, percent: float, voting: bool) -> None:
        start, dice = self.day(2010, 2023), self.random.random()
        self._held[holder].append(company)
        interests = [share(percent, startDate=start.isoformat())]
        if dice < 0.06:
            interests = [share(self.random.choice(BANDS), startDate=start.isoformat())]
        elif dice < 0.07:
            interests = [share(percent, startDate=start.isoformat(), directOrIndirect="indirect")]
        elif dice < 0.08:
            interests.append(share(None, type="appointmentOfBoard", startDate=start.isoformat()))
        if voting:
            interests.append(share(percent, type="votingRights", startDate=start.isoformat()))
        record = f"rel-{len(self.book.events)}"
        if self.chance(0.04):
            interests[0]["endDate"] = self.day(2023, 2025).isoformat()
        event = self.book.owns(holder, company, interests, start, record=record)
        self._afterwards(event, holder, company, record, start)
        if self.chance(0.01):
            self.book.owns(holder, company, [share(percent, startDate=start.isoformat())], start, source=SECOND)

    def _afterwards(self, event: Json, holder: Holder, company: Body, record: str, start: date) -> None:
        dice = self.random.random()
        interests = event["data"]["recordDetails"]["interests"]
        if dice < 0.01:
            self.book.retract(event)
        elif dice < 0.05:
            again = share(self.random.randint(1, 40), startDate=start.isoformat())
            self.book.owns(holder, company, [again], self.day(2024, 2024), "updated", record)
        elif dice < 0.07:
            self.book.owns(holder, company, interests, self.day(2024, 2024), "closed", record)

    def _register(self, company: Body) -> None:
        dissolved = self.day(2024, 2025) if self.chance(0.1) else None
        self.book.registered(company, dissolved=dissolved, listed=self.chance(0.1), state_owned=self.chance(0.1))
        if self.chance(0.1):
            self.book.registered(company, dissolved=dissolved, listed=False)

    def _director(self, company: Body) -> None:
        director, start = self.random.choice(self.crowd), self.day(2012, 2023)
        self._held[director].append(company)
        end = self.day(2024, 2025) if self.chance(0.1) else None
        role = self.random.choice((*MANAGERS, "accountant", "boardMember"))
        key = f"seat-{company.number}" if self.chance(0.05) else None
        event = self.book.directs(director, company, role, start, end, self.chance(0.02), key)
        if key:
            self.book.directs(director, company, role, start, self.day(2023, 2024), key=key, at=CORRECTED)
        elif self.chance(0.01):
            self.book.retract(event)

    def _loops(self, count: int) -> None:
        for _ in range(count):
            ring = [self.company() for _ in range(self.random.randint(2, 3))]
            for company, holder in zip(ring, ring[1:] + ring[:1], strict=True):
                self.book.owns(holder, company, [share(self.random.randint(20, 80))], date(2015, 3, 2))
                self.book.owns(self.random.choice(self.crowd), company, [share(20)], date(2015, 3, 2))
            self.companies.extend(ring)

    def _families(self) -> None:
        for first in range(0, len(self.crowd) - 6, 6):
            if not self.chance(0.6):
                continue
            man, wife, son, daughter, father, friend = family = self.crowd[first : first + 6]
            for member in family[:5]:
                self._kin[member] = [other for other in family[:5] if other != member]
            ended = self.day(2015, 2024) if self.chance(0.1) else None
            self.book.tie(man, wife, "spouse", self.day(1995, 2010), ended)
            event = self.book.tie(man, son, "child")
            self.book.tie(wife, daughter, "child")
            self.book.tie(man, father, "parent")
            if self.chance(0.3):
                self.book.tie(son, daughter, "sibling")
            if self.chance(0.3):
                self.book.tie(friend, self.random.choice(self.crowd), self.random.choice(("associate", "spouse")))
            if self.chance(0.02):
                self.book.retract(event)

    def _officials(self) -> None:
        for person in self.random.sample(self.crowd, max(len(self.crowd) // 50, 10)):
            key = f"post-{person.number}" if self.chance(0.05) else None
            body, start = self.random.choice(self.buyers), self.day(2015, 2023)
            self._serving.append((person, body))
            end: date | str | None = self.day(2024, 2025) if self.chance(0.2) else None
            if self.chance(0.05):
                end = self.random.choice(("2024", "2024-06", "2025"))
            role = self.random.choice((*ROLES, "councilMember"))
            event = self.book.post(person, body, role, start, end, key)
            if key:
                self.book.post(person, body, role, start, self.day(2023, 2024), key, CORRECTED)
            elif self.chance(0.02):
                self.book.retract(event)

    # Procurement

    def process(self, buyer: Body, bidders: list[Holder], planned: Process | None = None) -> Process:
        """Releases of one process; the first bidder wins. Only unplanned ones are cancelled or corrected."""
        run = planned or self.plan(buyer)
        lots = planned is None and len(bidders) > 1 and self.chance(0.05)
        parties = [
            party(buyer, "buyer", "procuringEntity"),
            *(party(bidder, "tenderer") for bidder in bidders),
        ]
        tender: Json = {
            "id": f"{run.ocid}-tender",
            "title": "Works",
            "status": "active",
            "procuringEntity": reference(buyer),
            "tenderPeriod": {
                "startDate": f"{run.first}T09:00:00Z",
                "endDate": f"{run.first + 15 * DAY}T18:00:00Z",
            },
            **({"lots": [{"id": "1", "title": "Lot 1"}, {"id": "2", "title": "Lot 2"}]} if lots else {}),
        }
        opening = {"parties": parties[:1], "buyer": reference(buyer), "tender": tender}
        self.book.release(run.ocid, "tender", run.first + self.random.randint(0, 2) * DAY, opening)
        self.book.edges += 1 + len(bidders)
        self._award(run, parties, tender, bidders, lots, planned is None)
        return run

    def plan(self, buyer: Body) -> Process:
        self._processes += 1
        # The whole window lies in 2024, so that a post "until 2024" is a doubt about all of it.
        first = date(2024, 1, 8) + self.random.randint(0, 300) * DAY
        last = first + self.random.randint(20, 40) * DAY
        return Process(f"ocds-zzq1aa-{self._processes:06}", buyer, first, last)

    def _award(
        self,
        run: Process,
        parties: list[Json],
        tender: Json,
        bidders: list[Holder],
        lots: bool,
        troubled: bool,
    ) -> None:
        bids = [
            {
                "id": f"bid-{number}",
                "date": f"{run.first + 15 * DAY}T10:00:00Z",
                "status": "valid",
                "tenderers": [reference(bidder)],
                **({"relatedLots": [str(number % 2 + 1)]} if lots else {}),
            }
            for number, bidder in enumerate(bidders)
        ]
        award: Json = {
            "id": f"{run.ocid}-award",
            "status": "active",
            "value": {"amount": 5_000_000, "currency": "KZT"},
            "suppliers": [reference(bidders[0])],
            "date": f"{run.last}T12:00:00Z",
            **({"relatedLots": ["1"]} if lots else {}),
        }
        content: Json = {
            "parties": parties,
            "bids": {"details": bids},
            "tender": {**tender, "status": "complete"},
        }
        if troubled and self.chance(0.05):
            del award["date"]
        if self.chance(0.5):
            content["tender"]["tenderers"] = [reference(bidder) for bidder in bidders]
        released = self.book.release(run.ocid, "award", run.last, {**content, "awards": [award]})
        self.book.edges += 1
        if troubled:
            self._trouble(run, award, bidders, released)
        if self.chance(0.2):
            contract = {
                "id": f"{run.ocid}-contract",
                "awardID": award["id"],
                "status": "active",
                "dateSigned": f"{run.last + 9 * DAY}T12:00:00Z",
            }
            self.book.release(run.ocid, "contract", run.last + 9 * DAY, {"contracts": [contract]})

    def _trouble(self, run: Process, award: Json, bidders: list[Holder], released: Json) -> None:
        dice, after = self.random.random(), run.last + 5 * DAY
        change: Json = {"id": award["id"]}
        if dice < 0.02:
            self.book.release(run.ocid, "awardCancellation", after, {"awards": [{**change, "status": "cancelled"}]})
        elif dice < 0.03:
            self.book.release(run.ocid, "tenderCancellation", after, {"tender": {"status": "cancelled"}})
        elif dice < 0.06:
            winner = {**change, "suppliers": [reference(bidders[-1])]}
            self.book.release(run.ocid, "awardUpdate", after, {"awards": [winner]})
        elif dice < 0.08:
            moved = {**change, "date": f"{run.last + 3 * DAY}T12:00:00Z"}
            self.book.release(run.ocid, "awardUpdate", after, {"awards": [moved]})
        elif dice < 0.09:
            self.book.retract(released)

    # Plants: an official, an interest, and at most one thing that spoils it

    def _plant(self) -> None:
        run = self.plan(self.random.choice(self.buyers))
        official, company = self.person(), self.company()
        plant = self.random.choice((direct, manages, indirect, relative_owns, relative_manages))
        spoilt_influence = self.chance(0.15)
        interest, persons = plant(self, run, official, company, spoilt_influence)
        certain = influence(self, run, official, company, spoilt_influence)
        rivals = self.random.sample(self.companies, self.random.randint(0, 2))
        bidders: list[Holder] = [company, *rivals]
        if rivals and self.chance(0.2):
            bidders.reverse()
        self.process(run.buyer, bidders, run)
        if interest is None or certain is None:
            self.decoys.add((run.ocid, company.id, official.id))
        else:
            certainty = "certain" if interest[1] and certain else "possible"
            doubtful = certainty == "possible" and official in self.doubtful_owners
            rule = "COI-01" if doubtful else interest[0]
            self.planted.add(Planted(rule, run.ocid, company.id, persons, certainty))

    def stake(self, holder: Holder, company: Body, percent: float | str | None, run: Process, spoil: bool) -> bool:
        """A stake of `percent` in force on a day of `run`, or, where spoilt (False), on none."""
        old = date(2019, 5, 2)
        if not spoil:
            return self._standing_stake(holder, company, percent, run, old)
        way = self.random.randrange(6)
        if way == 0:
            self.book.owns(holder, company, [share(percent, startDate=f"{run.last + DAY}")], run.last + DAY)
        elif way == 1:
            ended = [share(percent, startDate=f"{old}", endDate=f"{run.first}")]
            self.book.owns(holder, company, ended, old)
        elif way == 2:
            self.book.retract(self.book.owns(holder, company, [share(percent, startDate=f"{old}")], old))
        else:
            record = f"rel-{len(self.book.events)}"
            first = self.book.owns(holder, company, [share(percent, startDate=f"{old}")], old, record=record)
            interests = first["data"]["recordDetails"]["interests"]
            if way == 3:
                self.book.owns(holder, company, interests, run.first, "closed", record)
            elif way == 4:
                self.book.owns(holder, company, [share(0.5, startDate=f"{old}")], run.first, "updated", record)
            else:
                moved = [share(0.5, startDate=f"{old + DAY}")]
                self.book.owns(holder, company, moved, run.last + 90 * DAY, "updated", record)
        return False

    def _standing_stake(
        self, holder: Holder, company: Body, percent: float | str | None, run: Process, old: date
    ) -> bool:
        way = self.random.randrange(9)
        if way == 0:
            self.book.owns(holder, company, [share(percent, startDate=f"{run.last}")], run.last)
            return True
        if way == 1:
            ended = [share(percent, startDate=f"{old}", endDate=f"{run.first + DAY}")]
            self.book.owns(holder, company, ended, old)
            return True
        record = f"rel-{len(self.book.events)}"
        stated = self.book.owns(holder, company, [share(percent, startDate=f"{old}")], old, record=record)
        interests = stated["data"]["recordDetails"]["interests"]
        if way == 2:
            self.book.owns(holder, company, interests, run.first + DAY, "closed", record)
        elif way == 3:
            lowered = [share(0.5, startDate=f"{old}")]
            self.book.owns(holder, company, lowered, run.first + DAY, "updated", record)
        elif way == 4:
            # Another source cannot take this one's statement back.
            self.book.retract(stated, source=SECOND)
        elif way == 5:
            wrong = self.book.owns(holder, company, interests, run.first, "closed", record)
            self.book.retract(wrong)
        return True
