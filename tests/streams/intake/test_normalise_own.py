"""Our own types as facts."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from aiqyn.schemas.canonical import content, content_hash
from aiqyn.schemas.envelope import Event
from aiqyn.schemas.errors import Rejected
from aiqyn.schemas.own.read import OWN_TYPES
from aiqyn.schemas.quality import QUALITY
from aiqyn.streams import facts
from aiqyn.streams.intake.normalise import Normalised, normalise

SOURCE = "/test/register"
TIME = "2024-06-01T08:00:00Z"
IIN = "700101300015"
BIN = "010140000014"


def event(event_type: str, data: object, time: str = TIME) -> Event:
    text = content(SOURCE, "e-1", event_type, time, data)
    return Event(SOURCE, "e-1", event_type, time, data, text, content_hash(text), None)


def normal(event_type: str, data: object, time: str = TIME) -> tuple[Any, dict[str, str]]:
    found: Normalised = normalise(event(event_type, data, time))
    assert {issue.code for issue in found.issues} <= QUALITY.keys()
    return found.fact, {issue.pointer: issue.code for issue in found.issues}


def occupancy(**members: Any) -> dict[str, Any]:
    return {
        "person": {
            "identifiers": [{"scheme": "KZ-IIN", "id": IIN}],
            "names": [{"fullName": "Zhanarbek Oilanov"}],
            "birthDate": "1970-01",
        },
        "organization": {"identifiers": [{"scheme": "KZ-BIN", "id": BIN}], "name": "Oilan Department"},
        "role": "head",
        **members,
    }


SAMPLES: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "schemas" / "own" / "invented_samples.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("event_type", sorted(OWN_TYPES))
def test_every_type_gives_a_fact_that_survives_storage(event_type: str) -> None:
    found = normalise(event(event_type, SAMPLES[event_type]))
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(found.fact), type=facts.ArrayFact)
    assert again == found.fact
    assert found == normalise(event(event_type, SAMPLES[event_type]))


def test_a_post() -> None:
    fact, issues = normal("official.occupancy.v1", occupancy(startDate="2021-01-11"))
    assert issues == {}
    assert fact == facts.Post(
        facts.Mention((f"KZ-IIN:{IIN}",), True, ("Zhanarbek Oilanov",), "1970-01"),
        facts.Mention((f"KZ-BIN:{BIN}",), False, ("Oilan Department",)),
        "",
        "head",
        "",
        None,
        False,
        "2021-01-11",
        "",
    )


def test_the_record_key_is_given_beside_the_fact() -> None:
    data = occupancy(recordKey="k")
    assert normalise(event("official.occupancy.v1", data)).record_key == "k"
    assert normalise(event("official.occupancy.v1", occupancy())).record_key == ""


def test_atoms_are_sorted_and_end_with_the_record() -> None:
    person = {
        "identifiers": [
            {"scheme": "KZ-PASSPORT", "id": "N1234567"},
            {"scheme": "KZ-IIN", "id": IIN},
            {"scheme": "kaz-iin", "id": IIN},
        ],
        "recordId": "p-1",
    }
    fact, issues = normal("official.occupancy.v1", occupancy(person=person))
    assert fact.person.atoms == ("KAZ-PASSPORT:N1234567", f"KZ-IIN:{IIN}", "REC:/test/register:p-1")
    assert issues == {}


def test_an_invalid_identifier_is_left_out_and_leaves_the_person_alone() -> None:
    person = {"identifiers": [{"scheme": "KZ-IIN", "id": "1"}]}
    found = normalise(event("official.occupancy.v1", occupancy(person=person)))
    assert isinstance(found.fact, facts.Post)
    assert found.fact.person.atoms == ("REC:/test/register:e-1/data/person",)
    assert [(issue.code, issue.pointer) for issue in found.issues] == [
        ("quality.identifierInvalid", "/data/person/identifiers/0/id"),
        ("quality.unidentified", "/data/person"),
    ]


def test_lost_leading_zeros_are_told() -> None:
    organization = {"identifiers": [{"scheme": "KZ-BIN", "id": BIN.lstrip("0")}], "recordId": "o-1"}
    found = normalise(event("official.occupancy.v1", occupancy(organization=organization)))
    (issue,) = found.issues
    assert issue.pointer == "/data/organization/identifiers/0/id"
    assert "leading zeros" in issue.detail


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"startDate": "2024-06-02"}, {"/data/startDate": "quality.dateFuture"}),
        ({"startDate": "2024-06-01T23:00:00Z"}, {}),
        ({"startDate": "2024"}, {}),
        ({"startDate": "2025"}, {"/data/startDate": "quality.dateFuture"}),
        ({"startDate": "2021-05-02", "endDate": "2021-05-01"}, {"/data/endDate": "quality.endBeforeStart"}),
        ({"startDate": "2021-05-02", "endDate": "2021-05-02"}, {}),
        ({"startDate": "2021-05-02", "endDate": "2021"}, {}),
        ({"startDate": "2021-05-02", "endDate": "2021-04"}, {"/data/endDate": "quality.endBeforeStart"}),
    ],
)
def test_doubtful_dates_are_used_as_stated(members: dict[str, str], expected: dict[str, str]) -> None:
    fact, issues = normal("official.occupancy.v1", occupancy(**members))
    assert issues == expected
    assert (fact.start, fact.end) == (members.get("startDate", ""), members.get("endDate", ""))


@pytest.mark.parametrize(
    ("birth", "agrees"), [("1970", True), ("1970-01-01", True), ("1970-02", False), ("1971-01-01", False)]
)
def test_a_birth_date_is_held_against_the_iin(birth: str, agrees: bool) -> None:
    person = {"identifiers": [{"scheme": "KZ-IIN", "id": IIN}], "birthDate": birth}
    _, issues = normal("official.occupancy.v1", occupancy(person=person))
    assert issues == ({} if agrees else {"/data/person/birthDate": "quality.birthDateConflict"})


def test_contacts_of_persons_and_companies_are_kept() -> None:
    fact, _ = normal(
        "registry.company.v1",
        {
            "entity": {"identifiers": [{"scheme": "KZ-BIN", "id": BIN}], "name": "Oilan"},
            "kind": "company",
            "names": [{"name": "Oilan"}, {"name": "Ойлан"}],
            "phones": ["8 701 000 00 01"],
            "bankAccounts": ["KZ00 1"],
            "addresses": ["Oilan street 1"],
        },
    )
    assert fact.entity.labels == ("Oilan", "Ойлан")
    assert fact.entity.contacts == ("account:KZ001", "address:oilan street 1", "phone:77010000001")


@pytest.mark.parametrize(
    ("party", "person"),
    [
        ({"recordId": "x", "name": "Oilan LLP"}, False),
        ({"recordId": "x", "names": [{"fullName": "Zhanarbek Oilanov"}]}, True),
        ({"identifiers": [{"scheme": "KZ-IIN", "id": IIN}]}, True),
        ({"identifiers": [{"scheme": "KZ-IIN", "id": IIN}], "name": "Sole trader Oilanov"}, True),
        ({"identifiers": [{"scheme": "KZ-BIN", "id": BIN}]}, False),
        ({"recordId": "x"}, False),
    ],
)
def test_a_recipient_is_an_entity_or_a_person(party: dict[str, Any], person: bool) -> None:
    data = {
        "id": "a",
        "kind": "subsidy",
        "grantor": {"recordId": "g"},
        "recipient": party,
        "date": "2024-01-01",
        "amount": {"amount": 10, "currency": "KZT"},
    }
    fact, _ = normal("allocation.made.v1", data)
    assert fact.recipient.person is person
    assert fact.amount == facts.Money("10", "KZT")


def test_decisions_name_atoms_as_facts_do() -> None:
    data = {"left": "REC:/a:b", "right": f"kaz-iin:{IIN}", "verdict": "same", "decidedBy": "r"}
    fact, issues = normal("identity.decision.v1", data)
    assert (fact.left, fact.right, issues) == ("REC:/a:b", f"KZ-IIN:{IIN}", {})
    _, issues = normal("identity.decision.v1", {**data, "right": "KZ-IIN:12"})
    assert issues == {"/data/right": "quality.identifierInvalid"}


def test_a_retraction_of_another_source_is_doubted() -> None:
    own, issues = normal("record.retracted.v1", {"target": {"source": SOURCE, "id": "x"}, "reason": "error"})
    assert issues == {}
    assert own == facts.Retraction(SOURCE, "x", "error")
    _, issues = normal("record.retracted.v1", {"target": {"source": "/other", "id": "x"}, "reason": "error"})
    assert issues == {"/data/target/source": "quality.foreignTarget"}


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(Rejected) as caught:
        normalise(event("official.holiday.v1", {}))
    assert [(p.code, p.pointer) for p in caught.value.problems] == [("event.unknownType", "/type")]


def test_a_refusal_names_the_event() -> None:
    with pytest.raises(Rejected) as caught:
        normalise(event("official.occupancy.v1", {}))
    assert (caught.value.source, caught.value.id, caught.value.type) == (
        SOURCE,
        "e-1",
        "official.occupancy.v1",
    )


def test_issues_are_counted_where_they_are_too_many() -> None:
    seat = {"person": {"recordId": "p"}, "role": "member", "from": "2030-01-01"}
    found = normalise(event("procurement.committee.v1", {"ocid": "o", "members": [seat] * 150}))
    assert len(found.issues) == 101
    assert found.issues[-1].code == "quality.more"
    assert found.issues[-1].detail.startswith("50 ")
