"""Invented people of an invented city: a spouse with a stake in the winner, owners in a circle, two records that may
be one person. Days are counted from today, so that nothing grows old."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Json = dict[str, Any]
COMPANIES = {
    "s1": "Qiyal Jol Qurylys LLP",
    "e1": "Ertegi Holding LLP",
    "i1": "Bulyngyr Invest LLP",
    "k1": "Kolenke Trade LLP",
    "s2": "Saghym Trade LLP",
    "s3": "Kokjiek Service LLP",
}
BODIES = {
    "b0": "Akimat of the City of Altynqiyal",
    "b1": "Road Department of the City of Altynqiyal",
    "b2": "Akimat of Sarmagan District",
    "f1": "Altynqiyal Development Fund",
}
PEOPLE = {
    "o1": ("Aigerim Bolatqyzy Sadyrova", "1979-08-17"),
    "r1": ("Yerzhan Maratuly Koishybayev", "1977-02-03"),
    "d1": ("Dinara Omarova", "1980-11-30"),
    "t1": ("Talgat Zhunusov", "1969-05-09"),
    "a1": ("Saule Abdrakhmanova", "1983-07-21"),
    "m1": ("Marat Omarov", "1975-03-14"),
    "g1": ("Gulnar Seitova", "1971-01-26"),
}


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event and the day, counted from today, on which it comes on record."""

    day: int
    event: Json


class Story:
    """The events of one telling; `mark` keeps the ids of several tellings apart."""

    def __init__(self, today: date, mark: str = "") -> None:
        self.today = today
        self.mark = mark
        self.told: list[Arrival] = []

    def day(self, days: int) -> str:
        return (self.today + timedelta(days=days)).isoformat()

    def entity(self, id: str) -> Json:
        return {
            "identifiers": [{"scheme": "XM-REG", "id": f"{id}{self.mark}"}],
            "name": (COMPANIES | BODIES)[id],
        }

    def person(self, id: str) -> Json:
        name, born = PEOPLE[id]
        return {
            "identifiers": [{"scheme": "XM-PID", "id": f"{id}{self.mark}"}],
            "names": [{"fullName": name}],
            "birthDate": born,
        }

    def tell(self, day: int, register: str, kind: str, data: Json) -> None:
        """An event of a register that comes on record on that day."""
        number = len(self.told) + 1
        event = {
            "specversion": "1.0",
            "source": f"https://registers.example/{register}",
            "id": f"{kind.split('.')[1]}-{number}{self.mark}",
            "type": f"{kind}.v1",
            "time": f"{self.day(day)}T06:{number % 60:02}:00Z",
            "data": data,
        }
        self.told.append(Arrival(day, event))

    def registers(self) -> None:
        for id in BODIES:
            above = {"parentBody": self.entity("b0")} if id in ("b1", "f1") else {}
            self.tell(-900, "companies", "registry.company", {
                "entity": self.entity(id), "kind": "publicBody", "jurisdiction": "KZ", "status": "active", **above,
            })  # fmt: skip
        for id in COMPANIES:
            self.tell(-900, "companies", "registry.company", {
                "entity": self.entity(id), "kind": "company", "jurisdiction": "KZ", "status": "active",
                "incorporated": self.day(-1500),
            })  # fmt: skip
        self.post("o1", "b1", "Head of procurement", "procurement")
        self.post("m1", "b2", "Head of the district", "head")
        self.post("g1", "b0", "Deputy head of the city", "deputyHead")
        unsure = {"recordId": f"saghym-director{self.mark}", "names": [{"fullName": "Marat Omarov"}],
                  "birthDate": "1975-03-14"}  # fmt: skip
        self.tell(-880, "companies", "registry.directorship", {
            "company": self.entity("s2"), "person": unsure, "role": "director", "startDate": self.day(-700),
        })  # fmt: skip
        self.tell(-880, "companies", "registry.directorship", {
            "company": self.entity("s3"), "person": self.person("g1"), "role": "director", "startDate": self.day(-650),
        })  # fmt: skip

    def post(self, who: str, where: str, post: str, role: str) -> None:
        self.tell(-890, "offices", "official.occupancy", {
            "person": self.person(who), "organization": self.entity(where), "post": post, "role": role,
            "level": "district", "startDate": self.day(-1100),
        })  # fmt: skip

    def owners(self) -> None:
        """A spouse above the winner, and two companies that own each other."""
        self.statements([*COMPANIES, *BODIES], [*PEOPLE], [
            ("e1", "r1", {"exact": 80}), ("e1", "d1", {"exact": 20}), ("s1", "e1", {"exact": 50}),
            ("s1", "i1", {"minimum": 25, "maximum": 50}), ("s1", "f1", {"exact": 5}),
            ("i1", "k1", {"exact": 40}), ("i1", "t1", {"exact": 35}), ("k1", "i1", {"exact": 30}),
            ("k1", "t1", {"exact": 60}), ("s1", "a1", None),
        ])  # fmt: skip

    def statements(self, companies: list[str], people: list[str], stakes: list[tuple[str, str, Json | None]]) -> None:
        """Statements of ownership; a stake without a share appoints the board."""
        for id in companies:
            self._statement(id, "entity", {
                "isComponent": False, "name": (COMPANIES | BODIES)[id],
                "jurisdiction": {"name": "Kazakhstan", "code": "KZ"},
                "entityType": {"type": "stateBody" if id in BODIES else "registeredEntity"},
                "identifiers": [{"scheme": "XM-REG", "schemeName": "Invented register", "id": f"{id}{self.mark}"}],
            })  # fmt: skip
        for id in people:
            name, born = PEOPLE[id]
            self._statement(id, "person", {
                "isComponent": False, "personType": "knownPerson", "birthDate": born,
                "names": [{"type": "legal", "fullName": name}],
                "identifiers": [{"scheme": "XM-PID", "schemeName": "Invented number", "id": f"{id}{self.mark}"}],
            })  # fmt: skip
        for company, holder, share in stakes:
            kind = "shareholding" if share else "appointmentOfBoard"
            interest = {"type": kind, "directOrIndirect": "direct", "startDate": self.day(-800)}
            self._statement(f"{company}-{holder}", "relationship", {
                "isComponent": False, "subject": f"{company}{self.mark}", "interestedParty": f"{holder}{self.mark}",
                "interests": [interest | ({"share": share} if share else {})],
            })  # fmt: skip

    def _statement(self, id: str, kind: str, details: Json) -> None:
        subject = f"{id.split('-')[0]}{self.mark}"
        statement = f"statement-{id}-{kind}{self.mark}"
        self.tell(-700, "owners", "ownership.statement", {
            "statementId": statement, "statementDate": self.day(-700), "declarationSubject": subject,
            "publicationDetails": {"publicationDate": self.day(-700), "bodsVersion": "0.4",
                                   "publisher": {"name": "Invented register of owners"}},
            "recordId": f"{id}{self.mark}", "recordStatus": "new", "recordType": kind, "recordDetails": details,
        })  # fmt: skip

    def tender(self, at: int, number: str, title: str, buyer: str, supplier: str, amount: int, open: int = 40) -> str:
        """A tender that was open for `open` days and awarded on the day `at`."""
        ocid = f"ocds-q1yal0-{number}{self.mark}"
        money = {"amount": amount, "currency": "KZT"}
        parties = [
            {"id": f"{id}{self.mark}", "name": (COMPANIES | BODIES)[id], "roles": [role],
             "identifier": {"scheme": "XM-REG", "id": f"{id}{self.mark}", "legalName": (COMPANIES | BODIES)[id]}}
            for id, role in ((buyer, "buyer"), (supplier, "supplier"))
        ]  # fmt: skip
        tender = {
            "id": number, "title": title, "status": "complete", "value": money,
            "tenderPeriod": {
                "startDate": f"{self.day(at - open)}T04:00:00Z", "endDate": f"{self.day(at - 5)}T04:00:00Z",
            },
        }  # fmt: skip
        award = {
            "id": f"{number}-1", "title": title, "status": "active", "date": f"{self.day(at)}T04:30:00Z",
            "value": money, "suppliers": [{"id": f"{supplier}{self.mark}", "name": COMPANIES[supplier]}],
        }  # fmt: skip
        self.tell(at, "procurement", "procurement.release", {
            "ocid": ocid, "id": f"{ocid}-r2", "date": f"{self.day(at)}T05:00:00Z", "tag": ["award"],
            "initiationType": "tender", "language": "en", "parties": parties,
            "buyer": {"id": f"{buyer}{self.mark}", "name": BODIES[buyer]}, "tender": tender, "awards": [award],
        })  # fmt: skip
        return ocid

    def marriage(self, day: int) -> None:
        self.tell(day, "civil", "official.relation", {
            "person": self.person("o1"), "relative": self.person("r1"), "relationship": "spouse",
            "startDate": "2014-06-21",
        })  # fmt: skip

    def whole(self) -> list[Arrival]:
        """All of it, in the order in which it comes on record."""
        self.registers()
        self.owners()
        self.tender(-34, "000412", "Resurfacing of Arman Street, lot 2", "b1", "s1", 412_600_000)
        self.tender(-30, "000415", "Repair of the Samal bridge", "b1", "s1", 96_400_000, open=25)
        self.tender(-12, "000420", "School meals in Sarmagan", "b2", "s2", 64_020_000, open=20)
        self.tender(-6, "000431", "Street lamps", "b0", "s3", 31_500_000, open=15)
        self.marriage(-4)
        return sorted(self.told, key=lambda arrival: arrival.day)


def encoded(event: Json) -> bytes:
    return json.dumps(event, ensure_ascii=False).encode()
