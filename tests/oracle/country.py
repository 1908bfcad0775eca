"""A seeded country of N edges, as events: the ground on which engine and recomputation must agree.

Companies with owners (exact shares, bands, votes, chains of up to six levels, loops), directors,
families, posts, buyers with parent bodies, processes with one to three bidders. Facts come late, twice,
corrected, retracted and shuffled. Conflicts of COI-01 to COI-05 are planted among them, and decoys that
miss by one day, one degree or a hundredth of a percent. Everybody has a valid identifier. All people and
companies are invented.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from tests.oracle.identifiers import company_numbers, person_numbers, word
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

DAY = timedelta(days=1)
ROLES = ("head", "deputyHead", "unitHead", "procurement", "minister", "akim", "boardMember", "staff")
MANAGERS = ("director", "manager", "representative", "founder")
BANDS = ("0-25", "25-50", "50-75")
LEVELS = 6


class Planted(NamedTuple):
    """A conflict that must be found; `certainty` as by construction."""

    rule: str
    ocid: str
    company: str
    persons: tuple[str, ...]
    certainty: str


class Country(NamedTuple):
    """`lines`: the events, shuffled. `decoys`: (ocid, company, official) without any conflict."""

    lines: list[bytes]
    edges: int
    planted: frozenset[Planted]
    decoys: frozenset[tuple[str, str, str]]


class Process(NamedTuple):
    """A procurement process: its buyer, the first and the last day of the window of all its bidders."""

    ocid: str
    buyer: Body
    first: date
    last: date


def build(edges: int, seed: int, plants: int | None = None) -> Country:
    """A country of at least `edges` edges; the same arguments give the same bytes.

    `plants`: how many processes get a planted conflict or decoy, by default one for every 150 edges.
    """
    return _Builder(edges, seed).build(max(edges // 150, 20) if plants is None else plants)


class _Builder:
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
        plant = self.random.choice((_direct, _manages, _indirect, _relative_owns, _relative_manages))
        spoilt_influence = self.chance(0.15)
        interest, persons = plant(self, run, official, company, spoilt_influence)
        certain = _influence(self, run, official, company, spoilt_influence)
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


Interest = tuple[str, bool] | None
Plant = tuple[Interest, tuple[str, ...]]


def _influence(b: _Builder, run: Process, official: Person, company: Body, spoil: bool) -> bool | None:
    """Give the official a say in `run`: True certainly, False possibly, None not at all."""
    if spoil:
        b.random.choice(SPOILT_INFLUENCES)(b, run, official, company)
        return None
    return b.random.choice(INFLUENCES)(b, run, official, company)


# Influence and interest share a day where either is in force throughout, so these stay for the whole window.
def _plain_post(b: _Builder, run: Process, official: Person, company: Body) -> bool:
    b.book.post(official, run.buyer, b.random.choice(ROLES), date(2021, 1, 11))
    return True


def _perhaps_post(b: _Builder, run: Process, official: Person, company: Body) -> bool:
    b.book.post(official, run.buyer, b.random.choice(ROLES), date(2021, 1, 11), f"{run.first.year}")
    return False


def _seat(b: _Builder, run: Process, official: Person, company: Body) -> bool:
    role = b.random.choice(("chair", "member", "evaluator", "specAuthor", "approver", "secretary"))
    b.book.committee(run.ocid, official, role, None, [])
    return True


def _late_recusal(b: _Builder, run: Process, official: Person, company: Body) -> bool:
    b.book.committee(run.ocid, official, "member", run.last, [])
    return True


def _corrected_post(b: _Builder, run: Process, official: Person, company: Body) -> bool:
    key = f"post-{official.number}"
    b.book.post(official, run.buyer, "head", date(2021, 1, 11), date(2023, 9, 1), key)
    b.book.post(official, run.buyer, "head", date(2021, 1, 11), None, key, CORRECTED)
    return True


def _correction_taken_back(b: _Builder, run: Process, official: Person, company: Body) -> bool:
    key = f"post-{official.number}"
    b.book.post(official, run.buyer, "head", date(2021, 1, 11), None, key)
    b.book.retract(b.book.post(official, run.buyer, "head", date(2021, 1, 11), date(2023, 9, 1), key, CORRECTED))
    return True


def _managed(b: _Builder, run: Process, official: Person, company: Body) -> bool:
    b.book.committee(run.ocid, official, "chair", run.last - DAY, [])
    b.book.declares(official, company, run.last - DAY)
    return True


def _declared_too_late(b: _Builder, run: Process, official: Person, company: Body) -> None:
    b.book.committee(run.ocid, official, "chair", run.last - DAY, [])
    b.book.declares(official, company, run.last)


def _ended_post(b: _Builder, run: Process, official: Person, company: Body) -> None:
    b.book.post(official, run.buyer, "head", date(2021, 1, 11), run.first)


def _future_post(b: _Builder, run: Process, official: Person, company: Body) -> None:
    b.book.post(official, run.buyer, "procurement", run.last + DAY)


def _council_post(b: _Builder, run: Process, official: Person, company: Body) -> None:
    b.book.post(official, run.buyer, "councilMember", date(2021, 1, 11))


def _recused(b: _Builder, run: Process, official: Person, company: Body) -> None:
    b.book.committee(run.ocid, official, "member", run.last - DAY, [])


def _wrong_post(b: _Builder, run: Process, official: Person, company: Body) -> None:
    b.book.retract(b.book.post(official, run.buyer, "head", date(2021, 1, 11)))


def _post_corrected_away(b: _Builder, run: Process, official: Person, company: Body) -> None:
    key = f"post-{official.number}"
    b.book.post(official, run.buyer, "head", date(2021, 1, 11), None, key)
    b.book.post(official, run.buyer, "head", date(2021, 1, 11), date(2023, 9, 1), key, CORRECTED)


def _overseer(b: _Builder, run: Process, official: Person, company: Body) -> None:
    b.book.committee(run.ocid, official, "reviewer", None, [])


Say = Callable[[_Builder, Process, Person, Body], bool]
NoSay = Callable[[_Builder, Process, Person, Body], None]
INFLUENCES: tuple[Say, ...] = (
    _plain_post,
    _plain_post,
    _plain_post,
    _seat,
    _late_recusal,
    _corrected_post,
    _perhaps_post,
    _correction_taken_back,
    _managed,
)
SPOILT_INFLUENCES: tuple[NoSay, ...] = (
    _ended_post,
    _future_post,
    _council_post,
    _recused,
    _wrong_post,
    _post_corrected_away,
    _overseer,
    _declared_too_late,
)


def _spoils(b: _Builder, already: bool) -> bool:
    return not already and b.chance(0.35)


def _direct(b: _Builder, run: Process, official: Person, company: Body, spoilt: bool) -> Plant:
    persons, old = (official.id,), date(2019, 5, 2)
    way = b.random.randrange(12)
    if way == 0:
        small = [share(3, startDate=f"{old}"), share(6, type="votingRights", startDate=f"{old}")]
        b.book.owns(official, company, small, old)
        return ("COI-01", True), persons
    if way == 1:
        b.book.owns(official, company, [share(None, type="otherInfluenceOrControl", startDate=f"{old}")], old)
        return ("COI-01", True), persons
    if way == 4:
        # The votes and the capital do not add up.
        small = [share(3, startDate=f"{old}"), share(4, type="votingRights", startDate=f"{old}")]
        b.book.owns(official, company, small, old)
        return None, persons
    if way == 5:
        # Over-allocated: each stake may be nothing.
        b.book.owns(official, company, [share(30, startDate=f"{old}")], old)
        b.book.owns(b.person(), company, [share(80, startDate=f"{old}")], old)
        return ("COI-01", False), persons
    if way == 6:
        # The others leave at most 4 % of the band.
        b.book.owns(official, company, [share("0-25", startDate=f"{old}")], old)
        b.book.owns(b.person(), company, [share(96, startDate=f"{old}")], old)
        return None, persons
    if way == 2:
        b.book.owns(official, company, [share(4.99, startDate=f"{old}")], old)
        return None, persons
    if way == 3:
        b.book.registered(company, listed=True)
        b.book.owns(official, company, [share(5, startDate=f"{old}")], old)
        return None, persons
    percent, certain = b.random.choice(((5, True), (40, True), ("25-50", True), ("0-25", False), (None, False)))
    standing = b.stake(official, company, percent, run, _spoils(b, spoilt))
    return (("COI-01", certain) if standing else None), persons


def _post_in_company(b: _Builder, run: Process, who: Person, company: Body, spoil: bool) -> bool:
    """`who` manages `company` in the window, or, where spoilt, never does."""
    start, way = date(2018, 3, 1), b.random.randrange(7)
    role = b.random.choice(MANAGERS)
    if way == 5:
        # Held by public bodies: half is not over half.
        b.book.owns(b.random.choice(b.buyers), company, [share(50.01 if spoil else 50)], start)
        b.book.directs(who, company, role, start)
        return not spoil
    if not spoil:
        end = run.first + DAY if way == 0 else None
        if way == 1:
            b.book.owns(who, company, [share(None, type="seniorManagingOfficial", startDate=f"{start}")], start)
        else:
            b.book.directs(who, company, role, start, end)
        return True
    if way == 0:
        b.book.directs(who, company, role, start, ex_officio=True)
    elif way == 1:
        b.book.registered(company, state_owned=True)
        b.book.directs(who, company, role, start)
    elif way == 2:
        b.book.directs(who, company, role, start, run.first)
    elif way == 3:
        b.book.directs(who, company, role, run.last + DAY)
    else:
        b.book.directs(who, company, "boardMember", start)
    return False


def _manages(b: _Builder, run: Process, official: Person, company: Body, spoilt: bool) -> Plant:
    stands = _post_in_company(b, run, official, company, _spoils(b, spoilt))
    return (("COI-02", True) if stands else None), (official.id,)


def _indirect(b: _Builder, run: Process, official: Person, company: Body, spoilt: bool) -> Plant:
    persons = (official.id,)
    if b.chance(0.1):
        # A doubtful stake of one's own does not hide a sure one through another company, only a doubtful one.
        b.doubtful_owners.add(official)
        b.book.owns(official, company, [share("0-25")], date(2016, 2, 1))
        other = b.company()
        b.book.owns(official, other, [share(60)], date(2016, 2, 1))
        b.book.owns(other, company, [share(60)], date(2016, 2, 1))
        return ("COI-03", True), persons
    return _through_others(b, run, official, company, _spoils(b, spoilt), "COI-03"), persons


def _through_others(b: _Builder, run: Process, who: Person, company: Body, spoil: bool, rule: str) -> Interest:
    way, old = b.random.randrange(8), date(2016, 2, 1)
    if way == 0:
        # A loop: x / (1 - 0.2) of the company, 5 % exactly where x is 4 %.
        other = b.company()
        b.book.owns(who, company, [share(3.99 if spoil else 4)], old)
        b.book.owns(other, company, [share(20)], old)
        b.book.owns(company, other, [share(100)], old)
        return None if spoil else (rule, True)
    if way == 1:
        # Two ways up: 4 % of 35 % and 3.6 % are 5 % exactly.
        other = b.company()
        b.book.owns(who, other, [share(4)], old)
        b.book.owns(other, company, [share(35)], old)
        b.book.owns(who, company, [share(3.59 if spoil else 3.6)], old)
        return None if spoil else (rule, True)
    if way == 3:
        # Over a half of over a half ...: control, though the lower bound of the share is 2 ** -5.
        rungs = [company, *(b.company() for _ in range(4))]
        holders: list[Holder] = [*rungs[1:], who]
        for held, holder in zip(rungs, holders, strict=True):
            b.book.owns(holder, held, [share(50 if spoil else "50-75")], old)
        return None if spoil else (rule, True)
    if way == 4:
        # An over-allocated loop: nothing for sure, without limit at most; spoilt, somebody else's.
        other = b.company()
        b.book.owns(other, company, [share(100)], old)
        b.book.owns(company, other, [share(100)], old)
        b.book.owns(b.person() if spoil else who, other, [share(0.5)], old)
        return None if spoil else (rule, False)
    chain = [b.company() for _ in range(b.random.randint(1, 5))]
    for held, holder in zip([company, *chain[:-1]], chain, strict=True):
        b.book.owns(holder, held, [share(50 if way == 2 else 90)], old)
    if way == 2:
        # Half of a half ...: 2 ** -n of the company, without control.
        b.book.owns(who, chain[-1], [share(50 if not spoil else 0.5)], old)
        return (rule, True) if not spoil and len(chain) < 4 else None
    percent, certain = b.random.choice(((30, True), (60, True), ("50-75", True), ("0-25", False)))
    return (rule, certain) if b.stake(who, chain[-1], percent, run, spoil) else None


# Relatives

Kin = Callable[[_Builder, Process, Person, Person], None]


def _chain(*links: str, died: date | None = None) -> Kin:
    """Ties from the official to the relative; those between died on `died`."""

    def tie(b: _Builder, run: Process, official: Person, relative: Person) -> None:
        people = [official, *(b.person(died) for _ in links[1:]), relative]
        for person, link, other in zip(people, links, people[1:], strict=False):
            b.book.tie(person, other, link)

    return tie


def _divorced_before(b: _Builder, run: Process, official: Person, relative: Person) -> None:
    b.book.tie(official, relative, "spouse", date(2005, 6, 4), run.first)


def _married_after(b: _Builder, run: Process, official: Person, relative: Person) -> None:
    b.book.tie(official, relative, "spouse", run.last + DAY)


def _wrong_tie(b: _Builder, run: Process, official: Person, relative: Person) -> None:
    b.book.retract(b.book.tie(official, relative, "sibling"))


RELATED: tuple[Kin, ...] = (
    _chain("spouse"),
    _chain("partner"),
    _chain("parent"),
    _chain("child"),
    _chain("sibling"),
    _chain("grandparent"),
    _chain("parent", "parent"),
    _chain("parent", "child"),
    _chain("child", "child"),
    _chain("sibling", "parent"),
    _chain("spouse", "parent"),
    _chain("spouse", "sibling"),
    _chain("spouse", "parent", "parent"),
    _chain("sibling", "spouse"),
    _chain("parent", "spouse"),
    _chain("child", "spouse"),
    _chain("adoptedChild"),
    _chain("parent", "child", died=date(2020, 2, 2)),
)
UNRELATED: tuple[Kin, ...] = (
    _chain("associate"),
    _chain("relative"),
    _chain("parent", "sibling", "child"),
    _chain("grandparent", "parent"),
    _chain("spouse", "sibling", "spouse"),
    _chain("grandparent", "spouse", "child"),
    _chain("parent", "parent", "child"),
    _chain("spouse", "parent", died=date(2020, 2, 2)),
    _divorced_before,
    _married_after,
    _wrong_tie,
)


def _relative(b: _Builder, run: Process, official: Person, spoil: bool) -> Person:
    if spoil and b.chance(0.1):
        late = b.person(run.first)
        b.book.tie(official, late, "sibling")
        return late
    relative = b.person()
    b.random.choice(UNRELATED if spoil else RELATED)(b, run, official, relative)
    return relative


def _relative_owns(b: _Builder, run: Process, official: Person, company: Body, spoilt: bool) -> Plant:
    spoil_kin = _spoils(b, spoilt)
    relative = _relative(b, run, official, spoil_kin)
    spoil = _spoils(b, spoilt or spoil_kin)
    if b.chance(0.5):
        interest: Interest = ("COI-04", True) if b.stake(relative, company, 30, run, spoil) else None
    else:
        interest = _through_others(b, run, relative, company, spoil, "COI-04")
    return (None if spoil_kin else interest), (official.id, relative.id)


def _relative_manages(b: _Builder, run: Process, official: Person, company: Body, spoilt: bool) -> Plant:
    spoil_kin = _spoils(b, spoilt)
    relative = _relative(b, run, official, spoil_kin)
    stands = _post_in_company(b, run, relative, company, _spoils(b, spoilt or spoil_kin))
    return (("COI-05", True) if stands and not spoil_kin else None), (official.id, relative.id)
