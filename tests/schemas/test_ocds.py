"""The lenient reader of OCDS releases: what is repaired, what is left out, what is refused."""

from typing import Any

import pytest
from msgspec import UNSET, Raw

from aiqyn.schemas.errors import Rejected
from aiqyn.schemas.ocds import Money, Organization, Release, read_release
from aiqyn.schemas.quality import QUALITY

BASE: dict[str, Any] = {
    "ocid": "ocds-test00-1",
    "id": "1",
    "date": "2024-03-01T09:00:00Z",
    "tag": ["award"],
    "buyer": {"id": "b", "name": "Oilan Department"},
}


def release(**members: Any) -> tuple[Release, dict[str, str]]:
    found = read_release({**BASE, **members})
    assert {issue.code for issue in found.issues} <= QUALITY.keys()
    return found.release, {issue.pointer: issue.code for issue in found.issues}


def award(**members: Any) -> tuple[Any, dict[str, str]]:
    read, issues = release(awards=[{"id": "a", "status": "active", **members}])
    assert isinstance(read.awards, tuple)
    return read.awards[0], issues


def refused(data: object) -> set[tuple[str, str]]:
    with pytest.raises(Rejected) as caught:
        read_release(data)
    return {(problem.code, problem.pointer) for problem in caught.value.problems}


def test_a_clean_release_has_no_issues() -> None:
    read, issues = release()
    assert issues == {}
    assert read.buyer == Organization("b", "Oilan Department")
    assert read.awards is UNSET


def test_everything_required_is_named_at_once() -> None:
    assert refused({}) == {("field.missing", f"/data/{name}") for name in ("ocid", "id", "date", "tag")}
    assert refused([]) == {("field.invalid", "/data")}
    assert refused({**BASE, "date": "yesterday"}) == {("field.invalid", "/data/date")}
    assert refused({**BASE, "tag": []}) == {("field.invalid", "/data/tag")}
    assert refused({**BASE, "ocid": ""}) == {("field.invalid", "/data/ocid")}


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"buyer": {}},
        {"parties": []},
        {"awards": [{}]},
        {"bids": {"statistics": [{"id": "1"}]}},
        {"planning": {"budget": {}}},
    ],
)
def test_a_release_that_names_nobody_yet_is_taken(members: dict[str, Any]) -> None:
    data = {key: value for key, value in BASE.items() if key != "buyer"} | members
    read, _ = read_release(data)
    assert (read.ocid, read.tag) == (BASE["ocid"], tuple(BASE["tag"]))


def test_a_tag_may_be_a_text() -> None:
    read, issues = release(tag="award")
    assert read.tag == ("award",)
    assert issues == {"/data/tag": "quality.typeRepaired"}


def test_null_and_missing_differ() -> None:
    read, _ = release(tender={"title": None}, bids=None)
    assert read.tender is not UNSET
    assert read.tender is not None
    assert read.tender.title is None
    assert read.tender.status is UNSET
    assert read.bids is None


def test_ids_may_be_numbers() -> None:
    read, issues = release(buyer={"id": 19, "name": "Oilan"}, id=7)
    assert read.id == "7"
    assert read.buyer == Organization("19", "Oilan")
    assert issues == {"/data/buyer/id": "quality.typeRepaired", "/data/id": "quality.typeRepaired"}


def test_a_supplier_may_stand_inline_without_a_party() -> None:
    found, issues = award(suppliers=[{"name": "Too", "identifier": {"scheme": "KZ-BIN", "id": "010140000014"}}])
    assert found.suppliers[0].identifiers == ("KZ-BIN:010140000014",)
    assert found.suppliers[0].id is UNSET
    assert issues == {}


def test_amounts_keep_their_text() -> None:
    assert award(value={"amount": Raw(b"10.10"), "currency": "KZT"})[0].value == Money("10.10", "KZT")
    assert award(value={"amount": 5, "currency": "KZT"})[0].value == Money("5", "KZT")
    found, issues = award(value={"amount": "10.10", "currency": "mdl"})
    assert found.value == Money("10.10", "MDL")
    assert issues == {
        "/data/awards/0/value/amount": "quality.typeRepaired",
        "/data/awards/0/value/currency": "quality.currencyRepaired",
    }


@pytest.mark.parametrize("amount", ["", "12,5", None, True, [], Raw(b"1e999"), "NaN"])
def test_what_is_no_amount_is_left_out(amount: object) -> None:
    found, issues = award(value={"amount": amount, "currency": "KZT"})
    assert found.value is UNSET
    assert issues == {"/data/awards/0/value/amount": "quality.amountInvalid"}


def test_statuses_are_kept_as_written() -> None:
    found, issues = award(status="Evaluarea ofertelor")
    assert found.status == "Evaluarea ofertelor"
    assert issues == {"/data/awards/0/status": "quality.statusUnknown"}
    assert release(awards=[{"id": "a"}])[1] == {"/data/awards/0/status": "quality.statusMissing"}


def test_dates_that_cannot_be_read_are_left_out() -> None:
    found, issues = award(date="15/06/2016")
    assert found.date is UNSET
    assert issues == {"/data/awards/0/date": "quality.dateInvalid"}
    assert award(date="2016-06-15T00:00:00+03:00")[0].date == "2016-06-15T00:00:00+03:00"


def test_wrong_types_are_left_out_and_said() -> None:
    _, issues = release(parties=[None, {"id": "p", "roles": "buyer"}], tender="x", awards={"id": "a"})
    assert issues == {
        "/data/parties/0": "quality.typeDropped",
        "/data/parties/1/roles": "quality.typeRepaired",
        "/data/tender": "quality.typeDropped",
        "/data/awards": "quality.typeRepaired",
        "/data/awards/status": "quality.statusMissing",
    }


def test_lots_come_from_relations_of_any_form() -> None:
    assert award(relatedLots=["1", "2"])[0].lots == ("1", "2")
    assert award(relatedLots=[{"lotId": "1"}, {"id": 2}])[0].lots == ("1", "2")
    assert award(relatedLot="1")[0].lots == ("1",)
    assert award(items=[{"relatedLot": "2"}, {"id": "x"}, {"relatedLot": "2"}])[0].lots == ("2",)
    assert award(items=[{"id": "x"}])[0].lots is UNSET


def test_names_of_every_language_are_kept() -> None:
    party = {
        "id": "p",
        "name": "Oilan",
        "name_ru": "Ойлан",
        "identifier": {"scheme": "X", "id": "A1", "legalName": "Oilan LLP", "legalNameKk": "Ойлан ЖШС"},
        "contactPoint": {"name": "Somebody", "telephone": "1"},
    }
    read, _ = release(parties=[party, {"id": "q", "identifier": {"legalName": "Only Legal"}}])
    assert isinstance(read.parties, tuple)
    assert read.parties[0].name == "Oilan"
    assert set(read.parties[0].names) == {"Ойлан", "Oilan LLP", "Ойлан ЖШС"}
    assert read.parties[1].name == "Only Legal"


def test_invalid_identifiers_are_left_out_and_say_why() -> None:
    found = read_release({**BASE, "buyer": {"id": "b", "identifier": {"scheme": "KZ-BIN", "id": "10140000014"}}})
    buyer = found.release.buyer
    assert buyer is not UNSET
    assert buyer is not None
    assert buyer.identifiers == ()
    (issue,) = found.issues
    assert issue.code == "quality.identifierInvalid"
    assert issue.pointer == "/data/buyer/identifier/id"
    assert "leading zeros" in issue.detail


def test_a_deprecated_amendment_is_said() -> None:
    assert release(tender={"amendment": {"changes": {}}})[1] == {"/data/tender/amendment": "quality.deprecated"}
