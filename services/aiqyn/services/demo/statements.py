"""Statements of beneficial ownership as BODS 0.4 and BODS 0.2 spell them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from aiqyn.services.demo.calendar import day_text
from aiqyn.services.demo.entities import Entity
from aiqyn.services.demo.envelope import Json
from aiqyn.services.demo.people import Person

Version = Literal["0.4", "0.2"]
Status = Literal["new", "updated", "closed"]
COUNTRY: Json = {"name": "The invented republic", "code": "KZ"}
_REGISTER: Json = {"type": ["officialRegister"]}

_OLD_INTERESTS = {"votingRights": "voting-rights", "appointmentOfBoard": "appointment-of-board"}


@dataclass(frozen=True, slots=True)
class Band:
    """A share in per cent between two bounds; an open bound is not itself a value."""

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False


Share = float | Band | None
"""Per cent: exact, a band, or not stated."""


@dataclass(frozen=True, slots=True)
class Unspecified:
    """The register states that there is a holder, and why it cannot name one."""

    reason: str = "interestedPartyHasNotProvidedInformation"


@dataclass(frozen=True, slots=True)
class Interest:
    """What a holder has in a company from the day `start` on; `end` is the first day not in force."""

    type: str
    share: Share
    start: int | None
    end: int | None = None
    level: Literal["direct", "indirect", "unknown"] = "direct"
    details: str | None = None


def entity_04(who: Entity, statement: str, subject: str, day: int, published: int) -> Json:
    kind = "stateBody" if who.kind == "publicBody" else "registeredEntity"
    details: Json = {
        "isComponent": False,
        "entityType": {"type": kind},
        "name": who.name,
        "jurisdiction": COUNTRY,
        "identifiers": [{"scheme": "KZ-BIN", "id": who.number}],
    }
    if who.listed:
        details["publicListing"] = {"hasPublicListing": True}
    return _statement_04("entity", statement, subject, who.record, "new", day, published, details)


def person_04(who: Person, statement: str, subject: str, day: int, published: int) -> Json:
    details: Json = {
        "isComponent": False,
        "personType": "knownPerson",
        "names": [{"type": "legal", "fullName": who.name}],
    }
    if who.birth:
        details["birthDate"] = who.birth
    if who.iin:
        details["identifiers"] = [{"scheme": "KZ-IIN", "id": who.iin}]
    return _statement_04("person", statement, subject, who.record, "new", day, published, details)


def anonymous_04(record: str, statement: str, subject: str, day: int, published: int) -> Json:
    """A person who exists but may not be named."""
    details: Json = {
        "isComponent": False,
        "personType": "anonymousPerson",
        "unspecifiedPersonDetails": {"reason": "interestedPartyExemptFromDisclosure"},
    }
    return _statement_04("person", statement, subject, record, "new", day, published, details)


def relationship_04(
    record: str,
    statement: str,
    company: Entity,
    holder: str | Unspecified,
    natural: bool,
    interests: Sequence[Interest],
    day: int,
    published: int,
    status: Status = "new",
    is_component: bool = False,
    components: Sequence[str] = (),
) -> Json:
    """`holder` is a record id; `natural` says whether it is a natural person's."""
    details: Json = {"isComponent": is_component}
    if components:
        details["componentRecords"] = list(components)
    details["subject"] = company.record
    details["interestedParty"] = {"reason": holder.reason} if isinstance(holder, Unspecified) else holder
    details["interests"] = [_interest_04(interest, natural) for interest in interests]
    return _statement_04("relationship", statement, company.record, record, status, day, published, details)


def _statement_04(
    kind: str,
    statement: str,
    subject: str,
    record: str,
    status: Status,
    day: int,
    published: int,
    details: Json,
) -> Json:
    return {
        "statementId": statement,
        "statementDate": day_text(day),
        "declarationSubject": subject,
        "recordId": record,
        "recordStatus": status,
        "recordType": kind,
        "recordDetails": details,
        "source": _REGISTER,
        "publicationDetails": _publication("0.4", published),
    }


def _interest_04(interest: Interest, natural: bool) -> Json:
    out: Json = {
        "type": interest.type,
        "directOrIndirect": interest.level,
        "beneficialOwnershipOrControl": natural,
    }
    if interest.details is not None:
        out["details"] = interest.details
    share = interest.share
    if isinstance(share, Band):
        out["share"] = {
            "exclusiveMinimum" if share.low_open else "minimum": share.low,
            "exclusiveMaximum" if share.high_open else "maximum": share.high,
        }
    elif share is not None:
        out["share"] = {"exact": share}
    return out | _dates(interest)


def entity_02(who: Entity, statement: str, day: int, published: int) -> Json:
    return {
        "statementID": statement,
        "statementType": "entityStatement",
        "statementDate": day_text(day),
        "isComponent": False,
        "entityType": "registeredEntity",
        "name": who.name,
        "incorporatedInJurisdiction": COUNTRY,
        "identifiers": [{"scheme": "KZ-BIN", "id": who.number}],
        "publicationDetails": _publication("0.2", published),
        "source": _REGISTER,
    }


def person_02(who: Person, statement: str, day: int, published: int) -> Json:
    return {
        "statementID": statement,
        "statementType": "personStatement",
        "statementDate": day_text(day),
        "isComponent": False,
        "personType": "knownPerson",
        "names": [{"type": "individual", "fullName": who.name}],
        "identifiers": [{"scheme": "KZ-IIN", "id": who.iin}],
        "birthDate": who.birth,
        "publicationDetails": _publication("0.2", published),
        "source": _REGISTER,
    }


def relationship_02(
    statement: str, company: str, holder: str, natural: bool, interest: Interest, day: int, published: int
) -> Json:
    """`company` and `holder` are the ids of the statements that describe them."""
    stated: Json = {
        "type": _OLD_INTERESTS.get(interest.type, interest.type),
        "interestLevel": interest.level,
        "beneficialOwnershipOrControl": natural,
    }
    share = interest.share
    if isinstance(share, Band):
        stated["share"] = {
            "minimum": share.low,
            "maximum": share.high,
            "exclusiveMinimum": share.low_open,
            "exclusiveMaximum": share.high_open,
        }
    elif share is not None:
        stated["share"] = {"exact": share}
    described = "describedByPersonStatement" if natural else "describedByEntityStatement"
    return {
        "statementID": statement,
        "statementType": "ownershipOrControlStatement",
        "statementDate": day_text(day),
        "isComponent": False,
        "subject": {"describedByEntityStatement": company},
        "interestedParty": {described: holder},
        "interests": [stated | _dates(interest)],
        "publicationDetails": _publication("0.2", published),
        "source": _REGISTER,
    }


def _dates(interest: Interest) -> Json:
    out: Json = {}
    if interest.start is not None:
        out["startDate"] = day_text(interest.start)
    if interest.end is not None:
        out["endDate"] = day_text(interest.end)
    return out


def _publication(version: Version, published: int) -> Json:
    return {
        "publicationDate": day_text(published),
        "bodsVersion": version,
        "publisher": {"name": "Register of owners (invented)"},
    }
