"""Ownership as BODS statements: valid, tied to each other, every figure as it was computed."""

import json
from typing import Any

import msgspec
import pytest

from aiqyn.schemas.conformance.check import violations
from aiqyn.services.formats.bods import statements

Json = dict[str, Any]
THIRD = "0.333333333333333333333333333333"


def holder(name: str, kind: str, low: str, high: str, control: str = "no") -> Json:
    return {"holder": name, "kind": kind, "ownership": [low, high], "votes": ["0", "0"], "control": control}


ANSWER: Json = {
    "company": "XX-REG:1", "at": "2024-05-01", "issues": [],
    "holders": [
        holder("XX-PER:2", "person", "0.251", "0.251", "certain"), holder("XX-REG:3", "company", THIRD, THIRD),
        holder("XX-REG:4", "body", "0", "0.1", "possible"), holder("AIQYN:abc", "person", "0", "0", "possible"),
        holder("REC:/a:5", "person", "1", "1"),
    ],
}  # fmt: skip


def body(answer: Json) -> bytes:
    return msgspec.json.encode(list(statements(answer, {"XX-PER:2": "A Person", "XX-REG:1": "Company"})))


def test_every_statement_is_valid() -> None:
    for statement in json.loads(body(ANSWER)):
        assert violations("bods-0.4", statement) == [], statement


def test_statements_are_tied_to_each_other() -> None:
    found = json.loads(body(ANSWER))
    assert len({each["statementId"] for each in found}) == len(found)
    met: set[str] = set()
    for each in found:
        details = each["recordDetails"]
        if each["recordType"] == "relationship":
            assert {details["subject"], details["interestedParty"]} <= met
        met.add(each["recordId"])
    assert met >= {"XX-REG:1", *(each["holder"] for each in ANSWER["holders"])}


@pytest.mark.parametrize(
    ("low", "high", "share"),
    [
        ("0.251", "0.251", {"exact": "25.1"}),
        (THIRD, THIRD, {"exact": "33.3333333333333333333333333333"}),
        ("0", "0.1", {"minimum": "0", "maximum": "10"}),
        ("1", "1", {"exact": "100"}),
        ("0.07", "0.29", {"minimum": "7", "maximum": "29"}),
        ("0.000000000001", "1.000", {"minimum": "0.0000000001", "maximum": "100"}),
    ],
)
def test_shares_are_exact(low: str, high: str, share: dict[str, str]) -> None:
    text = body({**ANSWER, "holders": [holder("XX-REG:3", "company", low, high)]})
    (interest,) = json.loads(text, parse_float=str)[-1]["recordDetails"]["interests"]
    assert {name: str(value) for name, value in interest["share"].items()} == share
