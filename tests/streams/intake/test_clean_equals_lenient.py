"""The fast way through clean events gives just what the lenient way gives."""

import copy
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiqyn.schemas import bods_clean, ocds_clean
from aiqyn.schemas.canonical import content
from aiqyn.schemas.errors import Rejected
from aiqyn.schemas.json_text import decode
from aiqyn.streams.intake.normalise_bods import lenient_statement, statement
from aiqyn.streams.intake.normalise_ocds import lenient_release, release

TIME = "2024-06-01T08:00:00Z"
RELEASE, STATEMENT = "procurement.release.v1", "ownership.statement.v1"


def both_ways(event_type: str, data: object) -> tuple[object, object]:
    """What the usual way and the lenient way make of the data: fact and issues, or problems."""
    text = content("/t", "e", event_type, TIME, data)

    def usual() -> Any:
        if event_type == RELEASE:
            return release(data, text, TIME)
        return statement(data, text, "/t", TIME)

    def lenient() -> Any:
        if event_type == RELEASE:
            return lenient_release(data, TIME)
        return lenient_statement(data, "/t", TIME)

    def outcome(way: Any) -> object:
        try:
            fact, doubts = way()
        except Rejected as error:
            return error.problems
        return fact, sorted(doubts.issues)

    return outcome(usual), outcome(lenient)


def lines(path: Path) -> Iterator[object]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        for line in file:
            if line.strip():
                yield decode(line)


def test_over_the_labelled_scenarios(shared: Path) -> None:
    fast = 0
    for path in sorted((shared / "conformance" / "conflicts").glob("*.jsonl")):
        for line in lines(path):
            assert isinstance(line, dict)
            if line["type"] in (RELEASE, STATEMENT):
                usual, lenient = both_ways(line["type"], line["data"])
                assert usual == lenient
                text = content("/t", "e", "t", TIME, line["data"])
                read = ocds_clean.read_clean if line["type"] == RELEASE else bods_clean.read_clean
                fast += read(text) is not None
    assert fast > 350, "the fast way is meant for most of these"


@pytest.mark.parametrize(
    ("folder", "pattern", "event_type"),
    [
        ("data/ocds", "*.releases.jsonl.gz", RELEASE),
        ("data/sources", "uk_*/*releases*.jsonl.gz", RELEASE),
        ("data/bods", "*.jsonl", STATEMENT),
        ("data/sources", "uk_*/*statements.jsonl.gz", STATEMENT),
    ],
)
def test_over_real_data(shared: Path, folder: str, pattern: str, event_type: str) -> None:
    paths = sorted((shared / folder).glob(pattern))
    assert paths
    for path in paths:
        for data in lines(path):
            usual, lenient = both_ways(event_type, data)
            assert usual == lenient


PARTY = {
    "id": "s",
    "name": "Oilan LLP",
    "identifier": {"scheme": "KZ-BIN", "id": "010140000014", "legalName": "Oilan"},
    "roles": ["supplier"],
    "contactPoint": {"telephone": "8 701 000 00 01", "email": "a@example.org"},
    "address": {"streetAddress": "Oilan 1", "locality": "Almaty"},
}
SAMPLES: list[tuple[str, dict[str, Any]]] = [
    (
        RELEASE,
        {
            "ocid": "o",
            "id": "1",
            "date": "2024-03-01T09:00:00Z",
            "tag": ["award"],
            "buyer": {"id": "b", "name": "Department"},
            "parties": [PARTY, {"id": "b"}],
            "tender": {
                "title": "Roofs",
                "status": "active",
                "tenderPeriod": {"startDate": "2024-02-01", "endDate": "2024-02-20"},
                "procuringEntity": {"id": "b"},
                "tenderers": [{"id": "s"}],
                "lots": [{"id": "1"}],
            },
            "bids": {"details": [{"id": "1", "tenderers": [{"id": "s"}], "relatedLots": ["1"]}]},
            "awards": [
                {
                    "id": "a",
                    "status": "active",
                    "date": "2024-03-01",
                    "value": {"amount": 5, "currency": "KZT"},
                    "suppliers": [{"id": "s"}],
                    "items": [{"relatedLot": "1"}],
                }
            ],
            "contracts": [{"id": "c", "awardID": "a", "dateSigned": "2024-03-02"}],
            "relatedProcesses": [{"id": "1", "relationship": ["prior"], "identifier": "x"}],
        },
    ),
    (
        STATEMENT,
        {
            "statementId": "s",
            "statementDate": "2024-01-01",
            "recordId": "r",
            "recordType": "relationship",
            "recordStatus": "new",
            "recordDetails": {
                "subject": "c",
                "interestedParty": "p",
                "isComponent": False,
                "componentRecords": ["x"],
                "interests": [
                    {
                        "type": "shareholding",
                        "directOrIndirect": "direct",
                        "share": {"minimum": 25, "exclusiveMaximum": 50},
                        "startDate": "2020-01-01",
                        "endDate": "2021-01-01",
                    }
                ],
            },
        },
    ),
    (
        STATEMENT,
        {
            "statementId": "s",
            "statementDate": "2024-01-01",
            "recordId": "p",
            "recordType": "person",
            "recordDetails": {
                "personType": "knownPerson",
                "names": [{"fullName": "Zhanarbek Oilanov"}],
                "identifiers": [{"scheme": "KZ-IIN", "id": "700101300015"}],
                "birthDate": "1970-01-01",
                "deathDate": None,
                "addresses": [{"type": "residence", "address": "Oilan 1", "postCode": "0010"}],
            },
        },
    ),
    (
        STATEMENT,
        {
            "statementId": "s",
            "statementDate": "2024-01-01",
            "recordId": "e",
            "recordType": "entity",
            "recordDetails": {
                "entityType": {"type": "registeredEntity", "subtype": "other"},
                "name": "Oilan LLP",
                "alternateNames": ["Oilan"],
                "jurisdiction": {"code": "KZ"},
                "identifiers": [{"scheme": "KZ-BIN", "id": "010140000014"}],
                "dissolutionDate": "2023",
                "publicListing": {"hasPublicListing": True},
                "addresses": [{"address": "Oilan 2"}],
            },
        },
    ),
]
ODD: list[object] = [
    ...,
    None,
    True,
    0,
    7,
    50.5,
    "",
    "x",
    "2024-13",
    "2030-01-01",
    "unknown",
    "closed",
    "active",
    "placeOfBirth",
    "anonymousPerson",
    [],
    {},
    [{}],
    ["x"],
    [None],
    {"reason": "unknown"},
    {"id": "x", "name_kk": "y"},
    {"exact": "5"},
    {"amount": "5", "currency": "kzt"},
]
MEMBERS = [
    "amendment",
    "relatedLot",
    "interestLevel",
    "statementType",
    "placeOfResidence",
    "name_ru",
    "unspecified",
]


def holders(value: object) -> Iterator[Any]:
    if isinstance(value, dict):
        yield value
        for member in value.values():
            yield from holders(member)
    elif isinstance(value, list):
        if value:
            yield value
        for item in value:
            yield from holders(item)


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, str]:
    event_type, data = copy.deepcopy(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(0, 2))):
        holder = draw(st.sampled_from(list(holders(data))))
        odd = copy.deepcopy(draw(st.sampled_from(ODD)))
        keys = range(len(holder)) if isinstance(holder, list) else [*holder, *MEMBERS]
        key = draw(st.sampled_from(list(keys)))
        if odd is not ...:
            holder[key] = odd
        elif isinstance(holder, list):
            del holder[key]
        else:
            holder.pop(key, None)
        if not any(True for _ in holders(data)):
            break
    return event_type, json.dumps(data)


@settings(max_examples=250, deadline=None)
@given(cases())
def test_over_variations(case: tuple[str, str]) -> None:
    event_type, raw = case
    usual, lenient = both_ways(event_type, decode(raw.encode()))
    assert usual == lenient
