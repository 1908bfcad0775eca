"""Events of every type with a value that nobody else has in each restricted or secret field. Everybody is invented."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aiqyn.schemas.json_schemas import build

Json = dict[str, Any]
TIME = "2024-05-01T00:00:00Z"
CANARIES: set[str] = {"Jul 1999", "7 Aug 2998"}
"""Every value that only those with the right may see."""


def canary(text: str) -> str:
    CANARIES.add(text)
    return text


def person(number: int, *, public: bool = False) -> Json:
    """Somebody of whom all is known. `public`: names of office holders and deciders are."""
    name = f"Qupiya Zhasyrynova{number:02}"
    return {
        "identifiers": [{"scheme": "XX-PER", "id": canary(f"qpx{number:02}personal")}],
        "recordId": canary(f"qpx{number:02}record"),
        "names": [{"fullName": name if public else canary(name), "lang": "kk"}],
        "birthDate": canary(f"1911-02-{number + 1:02}"), "deathDate": canary(f"2999-03-{number + 1:02}"),
        "gender": "female", "phones": [canary(f"+7 700 111 {number:02} 99")],
        "emails": [canary(f"qpx{number:02}@hidden.example")], "addresses": [canary(f"Hidden street {number:02}")],
        "bankAccounts": [canary(f"KZ00QPX{number:02}ACCOUNT")],
    }  # fmt: skip


def body(id: str, name: str) -> Json:
    return {"identifiers": [{"scheme": "XX-REG", "id": id}], "recordId": f"body-{id}", "name": name}


def events() -> Iterator[Json]:
    """At least one of each type; the first make an alert: the spouse of an official directs the supplier."""
    school, firm = body("b1", "A school"), body("s1", "Oidan LLP")
    official, spouse = person(1, public=True), person(2)
    money = {"amount": "987654321.12", "currency": "KZT"}
    yield event("official.occupancy", "post", {
        "person": official, "organization": school, "post": "Head", "role": "head", "level": "district",
        "startDate": "2021-01-01"})  # fmt: skip
    yield event("official.relation", "tie", {
        "person": official, "relative": spouse, "relationship": "spouse", "startDate": canary("1999-07-07"),
        "endDate": canary("2998-08-08")})  # fmt: skip
    yield event("registry.directorship", "seat", {
        "company": firm, "person": spouse, "role": "director", "startDate": "2020-01-01"})  # fmt: skip
    contact = {"name": canary("Contact Qupiya"), "telephone": canary("+7 700 222 00 99"),
               "email": canary("contact@hidden.example")}  # fmt: skip
    parties = [
        {"id": "b1", "name": "A school", "identifier": {"scheme": "XX-REG", "id": "b1"}, "roles": ["buyer"],
         "contactPoint": contact},
        {"id": "s1", "name": "Oidan LLP", "identifier": {"scheme": "XX-REG", "id": "s1"}, "roles": ["supplier"]},
    ]  # fmt: skip
    award = {"id": "a", "status": "active", "date": "2024-04-10", "suppliers": [{"id": "s1", "name": "Oidan LLP"}]}
    yield event("procurement.release", "release", {
        "ocid": "ocds-x1y2z3-1", "id": "1", "date": "2024-04-10T00:00:00Z", "tag": ["award"],
        "initiationType": "tender", "parties": parties, "buyer": {"id": "b1", "name": "A school"}, "awards": [award],
        "unknownToUs": canary("a word outside the standard")})  # fmt: skip
    yield event("procurement.committee", "committee", {
        "ocid": "ocds-x1y2z3-1", "members": [{"person": person(3, public=True), "role": "chair"}]})  # fmt: skip
    yield event("registry.company", "company", {
        "entity": firm, "kind": "company", "bankAccounts": [canary("KZ00QPXCOMPANY")]})  # fmt: skip
    yield event("registry.debarment", "debarment", {
        "supplier": firm, "head": person(4), "register": "List", "reason": "Late.", "startDate": "2023-01-01"},
    )  # fmt: skip
    yield event("official.declaration", "declaration", {
        "declarant": official, "filedAt": "2024-04-01", "period": {"from": "2023-01-01", "to": "2024-01-01"},
        "items": [{"kind": "loan", "holder": "spouse", "counterparty": person(5), "share": canary("12.34567"),
                   "amount": {**money, "amount": canary("11223344.55")}, "date": canary("1998-09-09")}]},
    )  # fmt: skip
    yield event("allocation.made", "allocation", {
        "id": "subsidy-1", "kind": "subsidy", "grantor": school, "recipient": person(6), "method": "direct",
        "deciders": [person(7, public=True)], "date": "2024-02-01", "amount": money, "valuation": money})  # fmt: skip
    yield event("political.donation", "donation", {
        "donor": person(8), "recipient": body("p1", "A party"), "amount": money, "date": "2024-02-01"})  # fmt: skip
    details = {
        "personType": "knownPerson", "names": [{
            "type": "legal", "fullName": canary("Bods Qupiya"), "familyName": canary("Qupiyabodsova"),
            "givenName": canary("Bodsgul"), "patronymicName": canary("Bodsqyzy")}],
        "identifiers": [{"scheme": "XX-PER", "id": canary("qpxbodspersonal")}], "birthDate": canary("1911-12-12"),
        "deathDate": canary("2997-12-12"),
        "addresses": [{"type": "residence", "address": canary("Bods hidden street")}],
        "placeOfResidence": {"type": "residence", "address": canary("Bods hidden residence")},
    }  # fmt: skip
    yield event("ownership.statement", "statement", {
        "statementId": "statement-0000000000000000000000000001", "declarationSubject": "firm", "recordId": "somebody",
        "recordType": "person", "recordStatus": "new", "statementDate": "2024-01-01",
        "publicationDetails": {"publicationDate": "2024-01-02", "bodsVersion": "0.4",
                               "publisher": {"name": "A register"}},
        "recordDetails": {"isComponent": False, **details}})  # fmt: skip
    yield event("ownership.statement", "older", {
        "statementID": "statement-0000000000000000000000000002", "statementType": "personStatement",
        "statementDate": "2024-01-01", "publicationDetails": {"publicationDate": "2024-01-02", "bodsVersion": "0.2",
                                                              "publisher": {"name": "A register"}},
        "isComponent": False, **details})  # fmt: skip
    yield event("identity.decision", "decision", {
        "left": "XX-PER:qpx04personal", "right": "XX-PER:qpx08personal", "verdict": "unsure", "decidedBy": "a clerk",
        "reason": canary("Because of the hidden reason.")})  # fmt: skip
    yield event("record.retracted", "retraction", {
        "target": {"source": "/registers", "id": "nothing-of-ours"}, "reason": "error"})  # fmt: skip


def event(kind: str, id: str, data: Json) -> Json:
    return {"specversion": "1.0", "id": id, "source": "/registers", "type": f"{kind}.v1", "time": TIME, "data": data}


def closed_fields(type: str) -> set[str]:
    """The names of all fields of a type that its schema calls restricted or secret."""
    found: set[str] = set()

    def look(value: Any) -> None:
        if isinstance(value, Mapping):
            for name, field in (value.get("properties") or {}).items():
                if isinstance(field, Mapping) and field.get("x-class") in ("restricted", "secret"):
                    found.add(name)
            for each in value.values():
                look(each)
        elif isinstance(value, list):
            for each in value:
                look(each)

    look(build()[type])
    return found


def fields_of(value: Any) -> set[str]:
    """The names of all members of a JSON value that hold something."""
    if isinstance(value, Mapping):
        own = {name for name, each in value.items() if each not in (None, [], {})}
        return own.union(*(fields_of(each) for each in value.values()))
    return set().union(*(fields_of(each) for each in value)) if isinstance(value, list) else set()
