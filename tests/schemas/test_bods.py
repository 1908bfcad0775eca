"""The lenient reader of BODS statements of every version."""

from typing import Any

import pytest
from msgspec import Raw

from aiqyn.schemas.bods import NO_SHARE, PartyStatement, Relationship, Share, read_statement
from aiqyn.schemas.bods_codes import INTEREST_TYPES, UNSPECIFIED_REASONS, current_code
from aiqyn.schemas.errors import Rejected


def relationship(version: str, interest: dict[str, Any], **details: Any) -> tuple[Relationship, dict[str, str]]:
    data: dict[str, Any]
    if version == "0.4":
        data = {
            "statementId": "s1",
            "recordId": "r1",
            "recordType": "relationship",
            "statementDate": "2024-01-01",
        }
        data["recordDetails"] = {"subject": "e1", "interestedParty": "p1", "interests": [interest], **details}
    else:
        data = {"statementID": "s1", "statementType": "ownershipOrControlStatement", "statementDate": "2024"}
        data |= {
            "subject": {"describedByEntityStatement": "e1"},
            "interestedParty": {"describedByPersonStatement": "p1"},
            "interests": [interest],
            **details,
        }
    statement, issues = read_statement(data)
    assert isinstance(statement, Relationship)
    return statement, {issue.pointer: issue.code for issue in issues}


def share(version: str, value: object) -> tuple[Share, dict[str, str]]:
    statement, issues = relationship(version, {"type": "shareholding", "share": value})
    return statement.interests[0].share, issues


def refused(data: object) -> set[tuple[str, str]]:
    with pytest.raises(Rejected) as caught:
        read_statement(data)
    return {(problem.code, problem.pointer) for problem in caught.value.problems}


def test_both_forms_of_a_relationship_read_the_same() -> None:
    new, _ = relationship("0.4", {"type": "votingRights", "directOrIndirect": "direct"})
    old, _ = relationship("0.2", {"type": "voting-rights", "interestLevel": "direct"})
    assert (new.subject, new.party, new.interests) == (old.subject, old.party, old.interests)
    assert (new.record, old.record) == ("r1", "s1")


@pytest.mark.parametrize(
    ("version", "value", "expected"),
    [
        ("0.4", {"exact": 51}, Share("51", False, "51", False)),
        ("0.2", {"exact": "51"}, Share("51", False, "51", False)),
        ("0.4", {"exact": Raw(b"33.30")}, Share("33.30", False, "33.30", False)),
        ("0.4", {"minimum": 25, "maximum": 50}, Share("25", False, "50", False)),
        ("0.4", {"exclusiveMinimum": 25, "maximum": 50}, Share("25", True, "50", False)),
        ("0.4", {"minimum": 25, "exclusiveMinimum": 25, "maximum": 50}, Share("25", True, "50", False)),
        ("0.4", {"minimum": 30, "exclusiveMinimum": 25, "maximum": 50}, Share("30", False, "50", False)),
        ("0.4", {"minimum": 25, "exclusiveMaximum": 50}, Share("25", False, "50", True)),
        ("0.4", {"minimum": 25}, Share("25", False, "100", False)),
        ("0.4", {"exclusiveMaximum": 10}, Share("0", False, "10", True)),
        # 0.2 and 0.3 leave the upper bound out unless they say that it is in
        ("0.2", {"minimum": 25, "maximum": 50}, Share("25", False, "50", True)),
        ("0.2", {"minimum": 1, "maximum": 5, "exclusiveMaximum": False}, Share("1", False, "5", False)),
        (
            "0.2",
            {"minimum": 1, "maximum": 5, "exclusiveMinimum": True, "exclusiveMaximum": True},
            Share("1", True, "5", True),
        ),
        ("0.2", {"minimum": 75, "maximum": 100}, Share("75", False, "100", False)),
        ("0.2", {"minimum": 50, "maximum": 50}, Share("50", False, "50", False)),
        ("0.4", {}, NO_SHARE),
        ("0.4", None, NO_SHARE),
        ("0.4", {"exact": None}, NO_SHARE),
    ],
)
def test_shares_are_exact_intervals(version: str, value: object, expected: Share) -> None:
    assert share(version, value) == (expected, {})


@pytest.mark.parametrize(
    "value",
    [
        {"exact": 101},
        {"exact": -1},
        {"exact": "51 %"},
        {"exact": True},
        {"minimum": 60, "maximum": 50},
        {"exclusiveMinimum": 50, "maximum": 50},
        "half",
        {"minimum": "a"},
    ],
)
def test_shares_that_cannot_be_are_not_stated(value: object) -> None:
    found, issues = share("0.4", value)
    assert found == NO_SHARE
    assert set(issues.values()) == {"quality.shareInvalid"}


def test_old_codes_become_those_of_04() -> None:
    assert current_code("voting-rights") == "votingRights"
    assert current_code("settlor-of-trust") == "settlor"
    assert current_code("beneficiary-of-trust") == "beneficiaryOfLegalArrangement"
    assert current_code("conditional-rights-granted-by-contract") in INTEREST_TYPES
    assert current_code("interested-party-exempt-from-disclosure") in UNSPECIFIED_REASONS
    assert current_code("shareholding") == "shareholding"


def test_unspecified_parties_keep_their_reason() -> None:
    new, issues = relationship("0.4", {"type": "shareholding"}, interestedParty={"reason": "noBeneficialOwners"})
    assert (new.party, new.unspecified, issues) == ("", "noBeneficialOwners", {})
    old, issues = relationship(
        "0.2",
        {"type": "shareholding"},
        interestedParty={"unspecified": {"reason": "no-beneficial-owners"}},
        subject={"unspecified": {"reason": "unknown"}},
    )
    assert (old.subject, old.party, old.unspecified) == ("", "", "noBeneficialOwners")
    assert issues == {"/data/subject": "quality.subjectUnspecified"}


def test_what_is_required() -> None:
    assert refused({}) == {("field.missing", "/data/recordType"), ("field.missing", "/data/statementId")}
    assert refused({"statementType": "x"}) == {
        ("field.invalid", "/data/statementType"),
        ("field.missing", "/data/statementID"),
    }
    assert refused({"statementId": "s", "recordType": "relationship", "recordDetails": {}}) == {
        ("field.missing", "/data/recordDetails/subject"),
        ("field.missing", "/data/recordDetails/interestedParty"),
    }
    assert refused(
        {
            "statementID": "s",
            "statementType": "ownershipOrControlStatement",
            "subject": {"describedByEntityStatement": ""},
            "interestedParty": {"unspecified": {}},
        }
    ) == {("field.invalid", "/data/subject"), ("field.invalid", "/data/interestedParty")}


def test_a_mixed_statement_is_read() -> None:
    statement, issues = read_statement(
        {
            "statementId": "s1",
            "recordType": "entity",
            "recordStatus": "closed",
            "publicationDetails": {"publicationDate": "2024-02-01"},
            "recordDetails": {
                "entityType": "stateBody",
                "entitySubtype": {"generalCategory": "stateBody-stateAgency"},
                "name": "Oilan Agency",
                "alternateNames": ["Oilan", None],
                "incorporatedInJurisdiction": "KZ",
                "identifiers": [
                    {"scheme": "ARM-TAXID", "id": None},
                    {"scheme": "KZ-BIN", "id": "010140000014"},
                ],
                "addresses": [{"address": "Oilan street 1", "postCode": "0010", "country": "KZ"}],
                "publicListing": {"hasPublicListing": True},
                "dissolutionDate": "2020",
            },
        }
    )
    assert isinstance(statement, PartyStatement)
    assert statement.record == "s1"
    assert statement.closed
    assert statement.date == "2024-02-01"
    assert (statement.entity_type, statement.entity_subtype) == ("stateBody", "stateAgency")
    assert statement.names == ("Oilan Agency", "Oilan")
    assert statement.identifiers == ("KZ-BIN:010140000014",)
    assert (statement.jurisdiction, statement.dissolved, statement.listed) == ("KZ", "2020", True)
    assert statement.addresses == ("Oilan street 1 0010",)
    assert {issue.pointer: issue.code for issue in issues} == {
        "/data/recordId": "quality.recordIdMissing",
        "/data/recordDetails/alternateNames/1": "quality.typeDropped",
        "/data/recordDetails/identifiers/0/id": "quality.identifierIncomplete",
    }


def test_nameless_records_say_so() -> None:
    anonymous, _ = read_statement(
        {
            "statementId": "s",
            "recordId": "r",
            "recordType": "person",
            "recordDetails": {"personType": "anonymousPerson"},
        }
    )
    assert isinstance(anonymous, PartyStatement)
    assert anonymous.unspecified == "anonymousPerson"
    stated, _ = read_statement(
        {
            "statementID": "s",
            "statementType": "entityStatement",
            "entityType": "unknownEntity",
            "unspecifiedEntityDetails": {"reason": "subject-exempt-from-disclosure"},
        }
    )
    assert isinstance(stated, PartyStatement)
    assert stated.unspecified == "subjectExemptFromDisclosure"


def test_indirect_relationships_name_their_components() -> None:
    new, _ = relationship(
        "0.4",
        {"type": "shareholding", "directOrIndirect": "indirect"},
        componentRecords=["a", "b"],
        isComponent=False,
    )
    old, _ = relationship("0.3", {"type": "shareholding"}, componentStatementIDs=["a"], isComponent=True)
    assert (new.components, new.is_component, new.interests[0].level) == (("a", "b"), False, "indirect")
    assert (old.components, old.is_component, old.interests[0].level) == (("a",), True, "unknown")


def test_no_interest_is_said() -> None:
    statement, issues = read_statement(
        {
            "statementId": "s",
            "recordId": "r",
            "recordType": "relationship",
            "recordDetails": {"subject": "e", "interestedParty": "p"},
        }
    )
    assert isinstance(statement, Relationship)
    assert statement.interests == ()
    assert [issue.code for issue in issues] == ["quality.interestsMissing"]
