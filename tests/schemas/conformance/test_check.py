"""What callers may rely on beyond the verdict: exact numbers, pointers, silence about values, version."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from aiqyn.schemas.conformance.bods_version import claimed_standard
from aiqyn.schemas.conformance.check import conforms, conforms_array, violations
from aiqyn.schemas.conformance.compiler import DRAFT_2020_12, compile_standard
from aiqyn.schemas.conformance.iso_dates import ISO_DATE
from aiqyn.schemas.conformance.language_tags import LANGUAGE_TAG
from aiqyn.schemas.conformance.notation import Named, record
from aiqyn.schemas.conformance.plain_numbers import with_plain_numbers
from aiqyn.schemas.errors import Problem

Json = Any


def release(**fields: Json) -> Json:
    base = {
        "ocid": "ocds-abc123-1",
        "id": "1",
        "date": "2024-03-01T10:00:00Z",
        "tag": ["tender"],
        "initiationType": "tender",
    }
    return {**base, **fields}


def statement(**share: Json) -> Json:
    return {
        "statementId": "0123456789abcdef0123456789abcdef",
        "statementDate": "2024-03-01",
        "declarationSubject": "company-1",
        "recordId": "stake-1",
        "recordType": "relationship",
        "recordDetails": {
            "isComponent": False,
            "subject": "company-1",
            "interestedParty": "person-1",
            "interests": [{"type": "shareholding", "share": share}],
        },
    }


def raw(text: str) -> msgspec.Raw:
    return msgspec.Raw(text.encode())


def test_a_number_kept_as_text_is_judged_by_its_exact_value() -> None:
    assert conforms("bods-0.4", statement(exact=raw("12.5")))
    assert conforms("bods-0.4", statement(exact=raw("100.0")))
    assert not conforms("bods-0.4", statement(exact=raw("100.00000000000000000001")))
    assert not conforms("bods-0.4", statement(exact=raw("1e400")))
    assert conforms("bods-0.4", statement(exact=raw("1e-400")))
    assert not conforms("ocds-1.1", release(tender={"id": "1", "numberOfTenderers": raw("3.0")}))
    assert conforms("ocds-1.1", release(tender={"id": "1", "numberOfTenderers": raw("3" * 30)}))
    assert conforms("ocds-1.1", release(tender={"id": "1", "numberOfTenderers": raw("-0")}))
    assert not conforms("ocds-1.1", release(tender={"id": "1", "title": raw("3.5")}))


def test_equal_numbers_kept_as_text_make_members_of_a_list_equal() -> None:
    twice = [{"id": "1", "own": raw("1.50")}, {"id": "1", "own": raw("1.5")}]
    assert not conforms("ocds-1.1", release(awards=twice))
    assert [p.code for p in violations("ocds-1.1", release(awards=twice))] == ["standard.uniqueItems"]
    other = [{"id": "1", "own": raw("1.5")}, {"id": "1", "own": raw("1.51")}]
    assert conforms("ocds-1.1", release(awards=other))


def test_plain_numbers_leave_the_document_alone() -> None:
    document: Json = {"a": [raw("2.50"), 1, "x"], "b": {"c": None}}
    kept = document["a"]
    plain: Json = with_plain_numbers(document)
    assert json.dumps(plain, default=str) == '{"a": ["2.50", 1, "x"], "b": {"c": null}}'
    assert document["a"] is kept
    assert isinstance(document["a"][0], msgspec.Raw)
    whole = {"a": [1, 2.5]}
    assert with_plain_numbers(whole) is whole
    with pytest.raises(TypeError):
        with_plain_numbers({"a": object()})


def test_problems_name_the_rule_and_the_place_in_order() -> None:
    broken = release(
        tag=["sold"],
        awards=[{"status": "won", "value": {"amount": "7"}}],
        tender={"id": "1", "documents": [{"id": "1", "url": "nowhere at all"}], "title_kk": 1},
    )
    del broken["date"]
    found = violations("ocds-1.1", broken)
    assert [(problem.code, problem.pointer) for problem in found] == [
        ("standard.required", "/awards/0/id"),
        ("standard.enum", "/awards/0/status"),
        ("standard.type", "/awards/0/value/amount"),
        ("standard.required", "/date"),
        ("standard.enum", "/tag/0"),
        ("standard.format", "/tender/documents/0/url"),
        ("standard.type", "/tender/title_kk"),
    ]
    assert violations("ocds-1.1", broken, limit=2) == found[:2]
    assert violations("ocds-1.1", release()) == []
    assert violations("ocds-1.1", []) == [
        Problem("standard.type", "", "not of the type that the standard asks for: object")
    ]


def test_details_never_repeat_a_value() -> None:
    secret = "ALIMA-900101"
    broken = statement(exact=secret, minimum=secret)
    broken["recordDetails"] |= {"interests": [{"type": secret, "startDate": secret}], "isComponent": secret}
    broken |= {"statementId": secret, "recordStatus": secret, "publicationDetails": {"license": secret}}
    found = violations("bods-0.4", broken)
    assert len(found) >= 7
    assert not any(secret in problem.detail for problem in found)


def test_pointers_escape_field_names() -> None:
    assert violations("ocds-1.1", release(tender={"id": "1", "title_en": {"a/b~c": 1}}))[0].pointer == (
        "/tender/title_en"
    )
    assert conforms("ocds-1.1", release(**{"x/y~z": 1}))


def test_a_statement_of_one_kind_is_not_judged_by_the_rules_of_another() -> None:
    person = statement() | {"recordType": "person", "recordDetails": {"isComponent": False}}
    assert [p.pointer for p in violations("bods-0.4", person)] == ["/recordDetails/personType"]
    unknown = statement() | {"recordType": "house", "recordDetails": {}}
    assert [p.pointer for p in violations("bods-0.4", unknown)] == ["/recordType"]


@pytest.mark.parametrize("document", [None, 1, "x", [], {}, True, raw("1.5")])
def test_what_is_no_document_does_not_conform(document: Json) -> None:
    for standard in ("ocds-1.1", "bods-0.2", "bods-0.3", "bods-0.4"):
        assert not conforms(standard, document)
        assert violations(standard, document)


def test_only_an_array_is_a_file_of_statements() -> None:
    assert conforms_array("bods-0.4", [statement(), statement()])
    assert not conforms_array("bods-0.4", [statement(), {}])
    assert not conforms_array("bods-0.4", statement())


def test_nesting_and_hostile_texts_are_judged() -> None:
    nested: Json = "x"
    for _ in range(190):
        nested = [nested]
    assert conforms("ocds-1.1", release(own=nested, parties=[{"id": "1", "own": nested}, {"id": "2"}]))
    assert not conforms("ocds-1.1", release(own=nested, tender=nested))
    long = "title_" + "a-" * 50_000
    assert conforms("ocds-1.1", release(tender={"id": "1", long: 1}))
    assert not conforms("bods-0.2", {"statementDate": "2" * 100_000, "foundingDate": "2020" + "-01" * 50_000})


@pytest.mark.parametrize(
    ("version", "fields", "standard"),
    [
        ("0.2", {"statementID": "a"}, "bods-0.2"),
        ("0.3", {"statementID": "a"}, "bods-0.3"),
        ("0.4", {"statementId": "a"}, "bods-0.4"),
        ("0.2", {"statementId": "a"}, "bods-0.2"),
        ("0.9", {"statementId": "a"}, "bods-0.4"),
        ("0.1", {"statementID": "a"}, "bods-0.2"),
        (None, {"recordType": "entity"}, "bods-0.4"),
        (None, {"statementID": "a"}, "bods-0.2"),
        ([], {"statementID": "a"}, "bods-0.2"),
    ],
)
def test_the_claimed_version_is_stated_or_told_by_the_shape(version: Json, fields: Json, standard: str) -> None:
    assert claimed_standard({**fields, "publicationDetails": {"bodsVersion": version}}) == standard
    if version is None:
        assert claimed_standard(fields) == standard
        assert claimed_standard({**fields, "publicationDetails": "x"}) == standard


def test_a_table_that_names_an_unknown_record_is_refused() -> None:
    with pytest.raises(KeyError, match="Nowhere"):
        compile_standard({"Root": record({"a!": Named("Nowhere")})}, "Root", DRAFT_2020_12)


def official_expressions(shared: Path) -> tuple[re.Pattern[str], re.Pattern[str]]:
    bods = json.loads((shared / "schemas" / "bods" / "schema-0-2-0.json").read_bytes())
    ocds = json.loads((shared / "schemas" / "ocds-1.1.5" / "release-schema.json").read_bytes())
    date = bods["items"]["oneOf"][0]["properties"]["foundingDate"]["pattern"]
    name = next(iter(ocds["definitions"]["Planning"]["patternProperties"]))
    return re.compile(date), re.compile(name)


def test_iso_dates_are_those_of_the_official_expression(shared: Path) -> None:
    date, _ = official_expressions(shared)
    ours = re.compile(ISO_DATE)
    random = Random("iso dates")
    pieces = [
        "2024",
        "-",
        "03",
        "31",
        "12",
        "00",
        "24",
        "59",
        "T",
        " ",
        ":",
        ".",
        ",",
        "5",
        "W",
        "366",
        "Z",
        "+",
    ]
    texts = {"".join(random.choices(pieces, k=random.randrange(1, 14))) for _ in range(20_000)}
    shapes = ["2024-03-31T10:30:15.5+05:00", "20240331T103015,25Z", "2024-W12-3T24:00", "2024366 10.5+0500"]
    for shape, _ in itertools.product(shapes, range(3_000)):
        cut = shape[: random.randrange(4, len(shape) + 1)]
        at = random.randrange(len(cut))
        texts.add(cut[:at] + random.choice(pieces) + cut[at + random.randrange(3) :])
        texts.add(cut)
    matched = {text for text in texts if date.fullmatch(text)}
    assert matched == {text for text in texts if ours.fullmatch(text)}
    assert len(matched) > 500


def test_language_tags_are_those_of_the_official_expression(shared: Path) -> None:
    _, name = official_expressions(shared)
    ours = re.compile(f"rationale_{LANGUAGE_TAG}")
    random = Random("language tags")
    pieces = [
        "a",
        "en",
        "kk",
        "zho",
        "yue",
        "Hant",
        "Cyrl",
        "KZ",
        "398",
        "1996",
        "rozaj",
        "valencia",
        "x",
        "u",
        "9",
    ]
    texts = {"rationale_" + "-".join(random.choices(pieces, k=random.randrange(1, 8))) for _ in range(20_000)}
    matched = {text for text in texts if name.fullmatch(text)}
    assert matched == {text for text in texts if ours.fullmatch(text)}
    assert len(matched) > 500
