"""Who owns and controls a company, as statements of the Beneficial Ownership Data Standard 0.4."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from decimal import Context, Decimal
from typing import Any

import msgspec

Document = dict[str, Any]
_PUBLISHER = "Aiqyn"
_EXACT = Context(prec=200)
_TYPES = {"person": "person", "company": "entity", "body": "entity"}


def statements(answer: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Document]:
    """The statements of one answer of `aiqyn ownership`: the company, each holder, each holder's interest.

    `names` are those that may be told. Figures are integrated over all chains, so interests are stated as of unknown
    directness.
    """
    day = answer["at"]
    yield _statement(day, answer["company"], "entity", _entity(answer["company"], names, "registeredEntity"))
    for holder in answer["holders"]:
        name, kind = holder["holder"], _TYPES[holder["kind"]]
        details = _person(name, names) if kind == "person" else _entity(name, names, _entity_type(holder["kind"]))
        yield _statement(day, name, kind, details)
        yield _statement(day, f"{name} {answer['company']}", "relationship", _relationship(answer["company"], holder))


def _statement(day: str, record: str, kind: str, details: Document) -> Document:
    return {
        "statementId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"bods {day} {kind} {record}")),
        "declarationSubject": details.get("subject", record),
        "statementDate": day,
        "recordId": record,
        "recordType": kind,
        "recordStatus": "new",
        "recordDetails": details,
        "publicationDetails": {
            "publicationDate": day,
            "bodsVersion": "0.4",
            "publisher": {"name": _PUBLISHER},
        },
        "source": {"type": ["thirdParty"]},
    }


def _entity_type(kind: str) -> str:
    return "stateBody" if kind == "body" else "registeredEntity"


def _entity(name: str, names: Mapping[str, str], type: str) -> Document:
    scheme, _, number = name.partition(":")
    details: Document = {"isComponent": False, "entityType": {"type": type}}
    if scheme not in ("REC", "AIQYN"):
        details["identifiers"] = [{"scheme": scheme, "id": number}]
    if name in names:
        details["name"] = names[name]
    return details


def _person(name: str, names: Mapping[str, str]) -> Document:
    scheme, _, number = name.partition(":")
    details: Document = {"isComponent": False, "personType": "knownPerson"}
    if scheme not in ("REC", "AIQYN"):
        details["identifiers"] = [{"scheme": scheme, "id": number}]
    if name in names:
        details["names"] = [{"type": "legal", "fullName": names[name]}]
    return details


def _relationship(company: str, holder: Mapping[str, Any]) -> Document:
    interests = [
        {"type": type, "directOrIndirect": "unknown", "share": _share(holder[member])}
        for type, member in (("shareholding", "ownership"), ("votingRights", "votes"))
        if Decimal(holder[member][1]) > 0
    ]
    if holder["control"] != "no":
        interests.append({"type": "otherInfluenceOrControl", "directOrIndirect": "unknown"})
    return {"isComponent": False, "subject": company, "interestedParty": holder["holder"], "interests": interests}


def _share(bounds: tuple[str, str]) -> Document:
    """Percent, digit for digit: the standard wants JSON numbers, which need be no floats."""
    low, high = (msgspec.Raw(_percent(bound).encode()) for bound in bounds)
    return {"exact": low} if low == high else {"minimum": low, "maximum": high}


def _percent(fraction: str) -> str:
    text = format(Decimal(fraction).scaleb(2, _EXACT), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
