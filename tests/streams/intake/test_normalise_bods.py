"""BODS statements as facts."""

from typing import Any

import pytest

from aiqyn.schemas.canonical import content
from aiqyn.streams import facts
from aiqyn.streams.intake.normalise_bods import statement

SOURCE = "/test/bods"
TIME = "2024-06-01T08:00:00Z"


def normal(data: dict[str, Any], time: str = TIME) -> tuple[Any, dict[str, str]]:
    text = content(SOURCE, "e-1", "ownership.statement.v1", time, data)
    fact, doubts = statement(data, text, SOURCE, time)
    return fact, {issue.pointer: issue.code for issue in doubts.issues}


def relationship(**members: Any) -> dict[str, Any]:
    interest = {
        "type": "shareholding",
        "directOrIndirect": "direct",
        "share": {"exact": 40},
        "startDate": "2020-01-01",
    }
    return {
        "statementId": "s-1",
        "statementDate": "2024-05-01",
        "recordId": "r-1",
        "recordType": "relationship",
        "recordDetails": {"subject": "c", "interestedParty": "p", "interests": [interest], **members},
    }


def test_a_relationship() -> None:
    fact, issues = normal(relationship())
    assert issues == {}
    assert fact == facts.OwnershipRecord(
        "REC:/test/bods:r-1",
        (),
        False,
        "2024-05-01",
        "REC:/test/bods:c",
        "REC:/test/bods:p",
        "",
        False,
        (),
        (facts.Interest("shareholding", "direct", "40", False, "40", False, "2020-01-01", ""),),
    )


def test_an_old_statement_is_its_own_record_and_replaces_others() -> None:
    fact, issues = normal(
        {
            "statementID": "s-2",
            "statementType": "ownershipOrControlStatement",
            "replacesStatements": ["s-1"],
            "subject": {"describedByEntityStatement": "c"},
            "interestedParty": {"unspecified": {"reason": "no-beneficial-owners"}},
            "componentStatementIDs": ["s-0"],
            "interests": [{"type": "voting-rights", "share": {"minimum": 1, "maximum": 5}}],
        }
    )
    assert issues == {}
    assert (fact.record, fact.replaces) == ("REC:/test/bods:s-2", ("REC:/test/bods:s-1",))
    assert (fact.party, fact.unspecified) == ("", "noBeneficialOwners")
    assert fact.components == ("REC:/test/bods:s-0",)
    assert fact.statement_date == TIME
    assert fact.interests == (facts.Interest("votingRights", "unknown", "1", False, "5", True, "", ""),)


def test_a_person_keeps_its_record_behind_its_identifiers() -> None:
    fact, issues = normal(
        {
            "statementId": "s-3",
            "statementDate": "2024-05-01",
            "recordId": "p",
            "recordType": "person",
            "recordStatus": "closed",
            "recordDetails": {
                "personType": "knownPerson",
                "names": [{"fullName": "Zhanarbek Oilanov"}],
                "birthDate": "1970-02",
                "identifiers": [{"scheme": "KZ-IIN", "id": "700101300015"}],
                "addresses": [
                    {"type": "placeOfBirth", "address": "Old town 1"},
                    {"address": "Oilan street 1", "postCode": "0010"},
                ],
            },
        }
    )
    assert fact.mention == facts.Mention(
        ("KZ-IIN:700101300015", "REC:/test/bods:p"),
        True,
        ("Zhanarbek Oilanov",),
        "1970-02",
        "",
        ("address:oilan street 1 0010",),
    )
    assert fact.closed
    assert fact.statement == "REC:/test/bods:s-3"
    assert issues == {"/data/recordDetails/birthDate": "quality.birthDateConflict"}


@pytest.mark.parametrize("extra", [{}, {"directOrIndirect": None, "interestLevel": "direct"}])
def test_doubtful_dates_are_used_as_stated(extra: dict[str, Any]) -> None:
    interest = {"type": "shareholding", "startDate": "2024-07-01", "endDate": "2024-06-30", **extra}
    fact, issues = normal(relationship(interests=[interest]))
    at = "/data/recordDetails/interests/0"
    assert issues[f"{at}/startDate"] == "quality.dateFuture"
    assert issues[f"{at}/endDate"] in ("quality.dateFuture", "quality.endBeforeStart")
    assert (fact.interests[0].start, fact.interests[0].end) == ("2024-07-01", "2024-06-30")


def test_an_entity() -> None:
    fact, issues = normal(
        {
            "statementId": "e",
            "statementDate": "2024-05-01",
            "recordId": "e",
            "recordType": "entity",
            "recordDetails": {
                "entityType": {"type": "stateBody", "subtype": "stateAgency"},
                "name": "Oilan Agency",
                "jurisdiction": {"name": "Kazakhstan", "code": "KZ"},
                "publicListing": {"hasPublicListing": True},
                "dissolutionDate": "2024",
            },
        }
    )
    assert issues == {}
    assert fact == facts.PartyRecord(
        "REC:/test/bods:e",
        (),
        False,
        "2024-05-01",
        facts.Mention(("REC:/test/bods:e",), False, ("Oilan Agency",)),
        "stateBody",
        "stateAgency",
        "KZ",
        "2024",
        True,
        "",
    )
