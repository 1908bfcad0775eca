"""The published JSON Schemas: fresh, classified, and of one mind with the readers."""

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from aiqyn.schemas.bods import read_statement
from aiqyn.schemas.errors import Rejected
from aiqyn.schemas.json_schemas import build, file_name, folder, text
from aiqyn.schemas.json_text import decode
from aiqyn.schemas.ocds import read_release
from aiqyn.schemas.own.read import OWN_TYPES, read

SCHEMAS = build()


OWN_SAMPLES: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "own" / "invented_samples.json").read_text(encoding="utf-8")
)


RELEASE = {
    "ocid": "ocds-test00-1",
    "id": "1",
    "date": "2024-03-01T09:00:00Z",
    "tag": ["award"],
    "buyer": {"id": "b", "name": "Oilan Department"},
    "parties": [{"id": "b", "roles": ["buyer"]}],
    "tender": {"id": "t", "procuringEntity": {"id": "b"}},
    "bids": {"details": [{"id": "1", "tenderers": [{"id": "s"}]}]},
    "awards": [{"id": "1", "status": "active", "suppliers": [{"id": "s"}]}],
    "contracts": [{"id": "1", "awardID": "1"}],
}
BARE_RELEASES = [
    {**{k: RELEASE[k] for k in ("ocid", "id", "date", "tag")}, member: RELEASE[member]}
    for member in ("buyer", "parties", "tender", "bids", "awards", "contracts")
]
RELATION_04 = {
    "statementId": "s-1",
    "recordId": "r-1",
    "recordType": "relationship",
    "recordDetails": {"subject": "e-1", "interestedParty": {"reason": "unknown"}, "interests": []},
}
RELATION_02 = {
    "statementID": "s-1",
    "statementType": "ownershipOrControlStatement",
    "subject": {"describedByEntityStatement": "e-1"},
    "interestedParty": {"unspecified": {"reason": "unknown"}},
}
SAMPLES: list[tuple[str, dict[str, Any]]] = [
    *OWN_SAMPLES.items(),
    ("procurement.release.v1", RELEASE),
    *[("procurement.release.v1", bare) for bare in BARE_RELEASES],
    ("ownership.statement.v1", RELATION_04),
    ("ownership.statement.v1", RELATION_02),
    ("ownership.statement.v1", {"statementId": "s", "recordType": "person", "recordDetails": {}}),
    ("ownership.statement.v1", {"statementID": "s", "statementType": "entityStatement"}),
]


@cache
def validator(event_type: str) -> Draft202012Validator:
    return Draft202012Validator(SCHEMAS[event_type])


def schema_takes(event_type: str, raw: str) -> bool:
    return bool(validator(event_type).is_valid(json.loads(raw, parse_float=Decimal)))


def reader_takes(event_type: str, raw: str) -> bool:
    try:
        if event_type in OWN_TYPES:
            read(event_type, f'{{"data":{raw}}}'.encode())
        elif event_type == "procurement.release.v1":
            read_release(decode(raw.encode()))
        else:
            read_statement(decode(raw.encode()))
    except Rejected:
        return False
    return True


def paths(value: object, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield at
    if isinstance(value, dict):
        for key, member in value.items():
            yield from paths(member, (*at, key))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from paths(item, (*at, i))


def put(value: Any, path: tuple[str | int, ...], new: object) -> Any:
    """A copy of `value` with `new` at `path`; `...` takes it out."""
    if not path:
        return new
    step, *rest = path
    if isinstance(value, dict):
        out = dict(value)
        if not rest and new is ...:
            out.pop(step, None)
        else:
            out[step] = put(value.get(step), tuple(rest), new)
        return out
    items = list(value)
    assert isinstance(step, int)
    if not rest and new is ...:
        del items[step]
    else:
        items[step] = put(items[step], tuple(rest), new)
    return items


ODD: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(
        [
            ...,
            None,
            True,
            False,
            0,
            1,
            -1,
            100,
            101,
            10**30,
            99.5,
            1e-7,
            "",
            " ",
            "0",
            "100",
            "12.5",
            "1e5",
            "-3",
            "100.0",
            "100.1",
            "2024",
            "2024-13",
            "2023-02-29",
            "2024-02-29",
            "2024-02-29T10:00:00Z",
            "2024-02-29 25:00",
            "KZ-IIN:1",
            "A:",
            ":1",
            "x" * 256,
            "x" * 257,
            "x" * 1001,
            "x" * 1025,
            "unknown",
            "relationship",
            "personStatement",
            [],
            [{}],
            {},
            [""],
            ["x"],
            {"id": "x"},
            [{"id": "x"}],
            {"reason": "x"},
            {"unspecified": {}},
            {"unspecified": {"reason": "x"}},
            {"describedByPersonStatement": "p"},
            {"recordId": "r"},
            {"identifiers": []},
            {"identifiers": [{"scheme": "a", "id": "b"}]},
        ]
    ),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=4),
    st.integers(-(10**45), 10**45),
    st.dates().map(str),
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, str]:
    event_type, value = draw(st.sampled_from(SAMPLES))
    changed: Any = value
    for _ in range(draw(st.integers(1, 3))):
        places = [path for path in paths(changed) if path]
        if not places:
            break
        changed = put(changed, draw(st.sampled_from(places)), draw(ODD))
    return event_type, json.dumps(changed)


@settings(max_examples=250, deadline=None)
@given(cases())
def test_schema_and_reader_are_of_one_mind(case: tuple[str, str]) -> None:
    event_type, raw = case
    assert schema_takes(event_type, raw) == reader_takes(event_type, raw), raw


@pytest.mark.parametrize(("event_type", "value"), SAMPLES)
def test_samples_are_taken_by_both(event_type: str, value: dict[str, Any]) -> None:
    raw = json.dumps(value)
    assert schema_takes(event_type, raw)
    assert reader_takes(event_type, raw)


def test_every_event_type_has_its_file() -> None:
    assert {path.name for path in folder().glob("*.json")} == {file_name(name) for name in SCHEMAS}
    assert {*OWN_TYPES, "procurement.release.v1", "ownership.statement.v1"} == set(SCHEMAS)


@pytest.mark.parametrize("event_type", sorted(SCHEMAS))
def test_the_file_is_fresh(event_type: str) -> None:
    written = (folder() / file_name(event_type)).read_text(encoding="utf-8")
    assert written == text(SCHEMAS[event_type]), "run: python -m aiqyn.schemas.json_schemas"


@pytest.mark.parametrize("event_type", sorted(SCHEMAS))
def test_it_is_a_schema_with_id_title_and_description(event_type: str) -> None:
    schema = SCHEMAS[event_type]
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"/schemas/{event_type}.json"
    assert schema["title"]
    assert schema["description"]


def fields(schema: object) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every described member; conditions (`anyOf` and the like) describe nothing."""
    if not isinstance(schema, dict):
        return
    for name, member in schema.get("properties", {}).items():
        yield name, member
        yield from fields(member)
        yield from fields(member.get("items"))
    for definition in schema.get("$defs", {}).values():
        if "anyOf" not in definition or "title" in definition:
            yield from fields(definition)


@pytest.mark.parametrize("event_type", sorted(SCHEMAS))
def test_every_field_says_what_it_means_and_who_sees_it(event_type: str) -> None:
    found = list(fields(SCHEMAS[event_type]))
    assert found
    for name, member in found:
        assert member.get("x-class") in ("public", "restricted", "secret"), name
        assert member.get("description"), name


def test_office_holders_have_public_names_and_restricted_numbers() -> None:
    definitions = SCHEMAS["official.occupancy.v1"]["$defs"]
    person = definitions["PublicPerson"]["properties"]
    assert person["names"]["x-class"] == "public"
    assert {person[name]["x-class"] for name in ("birthDate", "identifiers", "phones")} == {"restricted"}
    assert SCHEMAS["registry.directorship.v1"]["$defs"]["Person"]["properties"]["names"]["x-class"] == "restricted"
