"""Writes the facts of the invented country as CloudEvents: OCDS 1.1, BODS 0.4 and our own types."""

import json
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

Json = dict[str, Any]
START = datetime(2023, 6, 1, 8, tzinfo=UTC)
CORRECTED = datetime(2025, 9, 1, 8, tzinfo=UTC)  # after every other event, so that a correction is the last word
OWNERS, SECOND, REGISTER, POSTS, CIVIL, TENDERS = (
    "/country/owners",
    "/country/owners-2",
    "/country/register",
    "/country/posts",
    "/country/civil",
    "/country/tenders",
)


class Person(NamedTuple):
    """Somebody invented: KZ-IIN, name, days of birth and death."""

    number: str
    name: str
    born: date
    died: date | None = None

    @property
    def id(self) -> str:
        return f"KZ-IIN:{self.number}"


class Body(NamedTuple):
    """A company or public body: KZ-BIN, name."""

    number: str
    name: str
    public: bool = False

    @property
    def id(self) -> str:
        return f"KZ-BIN:{self.number}"


Holder = Person | Body


def text(day: date | str | None) -> str | None:
    """A day as events write it; partial dates are given as text."""
    return day.isoformat() if isinstance(day, date) else day


class Ledger:
    """Collects events; `edges` counts the relationships and the bids, awards and purchases stated by them."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.events: list[Json] = []
        self.edges = 0
        self._described: set[tuple[str, str]] = set()

    def add(self, source: str, kind: str, data: Json, at: datetime | None = None) -> Json:
        """One event; `at` defaults to the next second, or for one in twenty to a late day in 2025."""
        count = len(self.events)
        late = timedelta(days=700) if self.random.random() < 0.05 else timedelta(0)
        event = {
            "specversion": "1.0",
            "id": f"c-{count:07}",
            "source": source,
            "type": f"{kind}.v1",
            "time": f"{(at or START + timedelta(seconds=count) + late).isoformat()[:19]}Z",
            "datacontenttype": "application/json",
            "data": data,
        }
        self.events.append(event)
        return event

    def retract(self, event: Json, source: str | None = None) -> None:
        target = {"source": event["source"], "id": event["id"]}
        self.add(source or event["source"], "record.retracted", {"target": target, "reason": "error"})

    # Own types

    def post(
        self,
        person: Person,
        body: Body,
        role: str,
        start: date | str | None,
        end: date | str | None = None,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Json:
        self.edges += 1
        data: Json = {
            "person": _person(person),
            "organization": _entity(body),
            "post": role,
            "role": role,
            "level": "regional",
            "exOfficio": False,
            "startDate": text(start),
            "endDate": text(end),
        }
        return self.add(POSTS, "official.occupancy", data | ({"recordKey": key} if key else {}), at)

    def directs(
        self,
        person: Person,
        company: Body,
        role: str,
        start: date | str | None,
        end: date | str | None = None,
        ex_officio: bool = False,
        key: str | None = None,
        at: datetime | None = None,
    ) -> Json:
        self.edges += 1
        data: Json = {
            "company": _entity(company),
            "person": _person(person),
            "role": role,
            "exOfficio": ex_officio,
            "startDate": text(start),
            "endDate": text(end),
        }
        return self.add(REGISTER, "registry.directorship", data | ({"recordKey": key} if key else {}), at)

    def tie(
        self,
        person: Person,
        relative: Person,
        relationship: str,
        start: date | None = None,
        end: date | None = None,
    ) -> Json:
        self.edges += 1
        return self.add(
            CIVIL,
            "official.relation",
            {
                "person": _person(person),
                "relative": _person(relative),
                "relationship": relationship,
                "startDate": text(start),
                "endDate": text(end),
            },
        )

    def registered(
        self,
        body: Body,
        kind: str = "company",
        parent: Body | None = None,
        dissolved: date | None = None,
        state_owned: bool = False,
        listed: bool = False,
    ) -> Json:
        self.edges += parent is not None
        return self.add(
            REGISTER,
            "registry.company",
            {
                "entity": _entity(body),
                "kind": kind,
                "names": [{"name": body.name, "lang": "en"}],
                "jurisdiction": "KZ",
                "status": "active",
                "incorporated": "2005-05-20",
                "dissolved": text(dissolved),
                "parentBody": _entity(parent) if parent else None,
                "budgetLevel": None,
                "stateOwned": state_owned,
                "listed": listed,
                "addresses": [],
                "phones": [],
                "emails": [],
                "bankAccounts": [],
            },
        )

    def committee(self, ocid: str, person: Person, role: str, recused: date | None, lots: list[str]) -> Json:
        self.edges += 1
        member = {
            "person": _person(person),
            "role": role,
            "from": "2023-01-09",
            "to": None,
            "recusedOn": text(recused),
        }
        return self.add(TENDERS, "procurement.committee", {"ocid": ocid, "lotIds": lots, "members": [member]})

    def declares(self, person: Person, company: Body, filed: date) -> Json:
        """A declaration of a conflict with `company`."""
        period = {"from": "2024-01-01", "to": "2025-01-01"}
        item = {
            "kind": "conflict",
            "holder": "self",
            "counterparty": _entity(company),
            "share": None,
            "ocid": None,
        }
        data = {"declarant": _person(person), "filedAt": text(filed), "period": period, "items": [item]}
        return self.add(POSTS, "official.declaration", data)

    # BODS

    def owns(
        self,
        holder: Holder,
        company: Body,
        interests: list[Json],
        stated: date,
        status: str = "new",
        record: str | None = None,
        source: str = OWNERS,
    ) -> Json:
        """One version of a relationship record; entity and person records are written when first needed."""
        self.edges += status == "new"
        subject, party = self._describe(company, source), self._describe(holder, source)
        record = record or f"rel-{len(self.events)}"
        details = {"isComponent": False, "subject": subject, "interestedParty": party, "interests": interests}
        return self.add(
            source,
            "ownership.statement",
            _statement(record, "relationship", stated, subject, details, status),
        )

    def _describe(self, holder: Holder, source: str) -> str:
        record = f"{'per' if isinstance(holder, Person) else 'ent'}-{holder.number}"
        if (source, record) not in self._described:
            self._described.add((source, record))
            if isinstance(holder, Person):
                kind, details = "person", _person_record(holder)
            else:
                kind, details = "entity", _entity_record(holder)
            stated = date(2010, 1, 4)
            self.add(source, "ownership.statement", _statement(record, kind, stated, record, details, "new"))
        return record

    # OCDS

    def release(self, ocid: str, tag: str, day: date, content: Json) -> Json:
        data = {
            "ocid": ocid,
            "id": f"{ocid}-{len(self.events)}-{tag}",
            "date": f"{day}T09:00:00Z",
            "tag": [tag],
            "initiationType": "tender",
            "language": "en",
            **content,
        }
        return self.add(TENDERS, "procurement.release", data)


def share(value: float | str | None, **more: Any) -> Json:
    """An interest: a percentage, a band `"low-high"` (low excluded, high included), or no figure."""
    interest: Json = {
        "type": "shareholding",
        "directOrIndirect": "direct",
        "beneficialOwnershipOrControl": False,
    }
    if isinstance(value, str):
        low, high = value.split("-")
        interest["share"] = {"exclusiveMinimum": int(low), "maximum": int(high)}
    elif value is not None:
        interest["share"] = {"exact": value}
    return interest | more


def party(body: Holder, *roles: str) -> Json:
    """An OCDS party."""
    scheme = body.id.split(":")[0]
    identifier = {"scheme": scheme, "id": body.number, "legalName": body.name}
    return {
        "id": f"{scheme}-{body.number}",
        "name": body.name,
        "identifier": identifier,
        "roles": list(roles),
    }


def reference(body: Holder) -> Json:
    """A reference to an OCDS party."""
    return {"id": f"{body.id.split(':')[0]}-{body.number}", "name": body.name}


def _person(person: Person) -> Json:
    return {
        "identifiers": [{"scheme": "KZ-IIN", "id": person.number}],
        "names": [{"fullName": person.name, "lang": "en"}],
        "birthDate": person.born.isoformat(),
        "deathDate": text(person.died),
    }


def _entity(body: Body) -> Json:
    return {"identifiers": [{"scheme": "KZ-BIN", "id": body.number}], "name": body.name}


def _entity_record(body: Body) -> Json:
    return {
        "isComponent": False,
        "entityType": {"type": "stateBody" if body.public else "registeredEntity"},
        "name": body.name,
        "jurisdiction": {"name": "Kazakhstan", "code": "KZ"},
        "identifiers": [{"scheme": "KZ-BIN", "id": body.number}],
    }


def _person_record(person: Person) -> Json:
    return {
        "isComponent": False,
        "personType": "knownPerson",
        "names": [{"type": "legal", "fullName": person.name}],
        "birthDate": person.born.isoformat(),
        "identifiers": [{"scheme": "KZ-IIN", "id": person.number}],
        **({"deathDate": text(person.died)} if person.died else {}),
    }


def _statement(record: str, kind: str, stated: date, subject: str, details: Json, status: str) -> Json:
    return {
        "statementId": f"statement-of-the-country-{record}-{status}-{stated}",
        "statementDate": stated.isoformat(),
        "declarationSubject": subject,
        "recordId": record,
        "recordStatus": status,
        "recordType": kind,
        "recordDetails": details,
        "source": {"type": ["officialRegister"]},
        "publicationDetails": {
            "publicationDate": stated.isoformat(),
            "bodsVersion": "0.4",
            "publisher": {"name": "Register of owners (invented)"},
        },
    }


def line(event: Json) -> bytes:
    """Compact JSON, UTF-8, without a newline."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
