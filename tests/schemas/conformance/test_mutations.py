"""Documents changed in one place: our verdict is the official one, whatever the place and the change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from random import Random
from typing import Any

import pytest

from aiqyn.schemas.conformance.check import Standard, conforms, violations
from tests.schemas.conformance.official import Official

Json = Any
Slot = tuple[Any, str | int]
"""A container and the key or index of one of its members."""

VALUES: tuple[Json, ...] = (
    None,
    True,
    0,
    50,
    101,
    -1,
    1.0,
    2.5,
    "",
    "x",
    "x" * 65,
    "2024-02-30",
    "2024-03",
    "2024-03-01",
    "2024-03-01T10:00:00",
    "2024-03-01T10:00:00+05:00",
    "https://example.org/a",
    "nowhere at all",
    "other",
    "direct",
    "linking",
    [],
    [[]],
    [1],
    ["x"],
    ["x", "x"],
    [{}],
    {},
    {"id": 7},
)
EXTRA: tuple[tuple[str, Json], ...] = (
    ("somethingElse", 1),
    ("title_kk", 5),
    ("title_kk", "x"),
    ("name_pt-BR", []),
    ("description_zh-Hant-HK", None),
    ("rationale_x-own", True),
    ("legalName_toolonglanguage", 1),
    ("countryName_en", 3),
    ("source_de", 1),
    ("project_de-1996", 1),
)


def slots(value: Json) -> Iterator[Slot]:
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, member in list(members):
        yield value, key
        if isinstance(member, dict | list):
            yield from slots(member)


def objects(value: Json) -> Iterator[dict[str, Json]]:
    if isinstance(value, dict):
        yield value
    if isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from objects(member)


def example(official: Official, schema: Json, root: Json) -> Json:
    """A document in which every field that a schema names is filled."""
    if "$ref" in schema:
        target, _, pointer = schema["$ref"].partition("#")
        root = official.parts[target] if target else root
        found = root
        for step in pointer.split("/")[1:]:
            found = found[step]
        narrowed = {**found.get("properties", {})}
        for name, rule in schema.get("properties", {}).items():
            narrowed[name] = {**narrowed[name], **rule}
        return example(official, {**found, "properties": narrowed} if narrowed else found, root)
    if "enum" in schema:
        return schema["enum"][0]
    if "properties" in schema:
        return {name: example(official, field, root) for name, field in schema["properties"].items()}
    kinds = schema.get("type", "string")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if kind == "array":
        return [example(official, schema.get("items", {}), root)]
    if kind == "string":
        return example_text(schema)
    return {"integer": 3, "number": 12.5, "boolean": False, "object": {}}[kind]


def example_text(schema: Json) -> str:
    alternatives = [schema, *schema.get("anyOf", [])]
    formats = {alternative["format"] for alternative in alternatives if "format" in alternative}
    if "date" in formats:
        return "2024-03-01"
    if "date-time" in formats:
        return "2024-03-01T10:00:00Z"
    if "uri" in formats:
        return "https://example.org/a"
    if "pattern" in schema:
        return "2024-03-01" if len(schema["pattern"]) > 50 else "0.4"
    return "a" * max(2, int(schema.get("minLength", 0)))


def full_release(official: Official) -> list[Json]:
    schema = official.schemas["ocds-1.1"]
    return [example(official, schema, schema)]


def full_older_statements(official: Official, standard: Standard) -> list[Json]:
    schema = official.schemas[standard]
    return [example(official, kind, schema) for kind in schema["items"]["oneOf"]]


def full_statements(official: Official) -> list[Json]:
    schema = official.schemas["bods-0.4"]
    made = []
    for kind in ("entity", "person", "relationship"):
        statement = example(official, schema["$defs"]["Statement"], schema)
        statement["recordType"] = kind
        statement["annotations"][0]["transformedContent"] = ""
        part = official.parts[f"urn:{kind}"]
        statement["recordDetails"] = example(official, part, part)
        made.append(statement)
    made[0]["recordDetails"]["entityType"]["subtype"] = "other"
    for party in ("subject", "interestedParty"):
        made[2]["recordDetails"][party] = {"reason": "unknown", "description": "not told"}
    return made


def full(official: Official, standard: Standard) -> list[Json]:
    """Documents that between them hold every field that the official schema of a standard names."""
    if standard == "ocds-1.1":
        return full_release(official)
    return full_statements(official) if standard == "bods-0.4" else full_older_statements(official, standard)


STANDARDS: tuple[Standard, ...] = ("bods-0.2", "bods-0.3", "bods-0.4", "ocds-1.1")


class Comparison:
    """Asks both sides about a document after each change, and keeps where they differ."""

    def __init__(self, official: Official, standard: Standard) -> None:
        self._official = official
        self._standard = standard
        self.asked = 0
        self.disagreed: list[tuple[Json, ...]] = []

    def ask(self, document: Json, *change: Json) -> None:
        self.asked += 1
        if self._official.conforms_fast(self._standard, document) != conforms(self._standard, document):
            self.disagreed.append(change)


@pytest.mark.parametrize("standard", STANDARDS)
def test_every_field_with_every_kind_of_value_gets_the_official_verdict(official: Official, standard: Standard) -> None:
    comparison = Comparison(official, standard)
    for document in full(official, standard):
        assert official.conforms(standard, document)
        for container, key in slots(document):
            before = container[key]
            for value in (*VALUES, [before, before]):
                container[key] = value
                comparison.ask(document, key, before, value)
            container[key] = before
    assert comparison.disagreed == []
    assert comparison.asked > 5_000


@pytest.mark.parametrize("standard", STANDARDS)
def test_every_object_with_a_field_less_or_more_gets_the_official_verdict(
    official: Official, standard: Standard
) -> None:
    comparison = Comparison(official, standard)
    for document in full(official, standard):
        for found in list(objects(document)):
            before = dict(found)
            for key in before:
                del found[key]
                comparison.ask(document, key, before, "dropped")
                found[key] = before[key]
            for key, value in (*EXTRA, *((f"{key}_kk", 5) for key in before)):
                found[key] = value
                comparison.ask(document, key, before, value)
                del found[key]
    assert comparison.disagreed == []
    assert comparison.asked > 500


@pytest.mark.parametrize("standard", STANDARDS)
def test_every_code_of_every_list_gets_the_official_verdict(official: Official, standard: Standard) -> None:
    schemas = [official.schemas[standard], *(official.parts.values() if standard == "bods-0.4" else ())]
    lists = [found["enum"] for found in objects(schemas) if isinstance(found.get("enum"), list)]
    comparison = Comparison(official, standard)
    seen = set()
    for document in full(official, standard):
        for container, key in slots(document):
            before = container[key]
            place = (key, frozenset(container) if isinstance(container, dict) else before)
            if not isinstance(before, str) or place in seen:
                continue
            seen.add(place)
            for value in {str(value) for codes in lists if before in codes for value in codes}:
                for written in (value, value.swapcase()):
                    container[key] = written
                    comparison.ask(document, key, before, written)
            container[key] = before
    assert comparison.disagreed == []
    assert comparison.asked > 100


ABSENT = object()
"""Stands for a field that is not there."""

TOGETHER: tuple[tuple[Standard, int, tuple[str | int, ...], dict[str, tuple[Json, ...]]], ...] = (
    *(
        (
            standard,
            kind,
            ("annotations", 0),
            {
                "motivation": (
                    ABSENT,
                    "linking",
                    "transformation",
                    "commenting",
                    "correcting",
                    "identifying",
                    "x",
                ),
                "url": (ABSENT, "https://example.org/a", "x", None),
                "transformedContent": (ABSENT, "", "x", None, []),
                "statementPointerTarget": (ABSENT, "/name"),
            },
        )
        for standard in STANDARDS[:3]
        for kind in range(3)
    ),
    *(
        (
            standard,
            kind,
            ("recordDetails", "identifiers", 0)[standard != "bods-0.4" :],
            {"scheme": (ABSENT, "x", None), "schemeName": (ABSENT, "x", None), "id": (ABSENT, "1")},
        )
        for standard in STANDARDS[:3]
        for kind in range(2)
    ),
    (
        "bods-0.4",
        0,
        ("recordDetails", "entityType"),
        {
            "type": (
                ABSENT,
                "registeredEntity",
                "legalEntity",
                "arrangement",
                "anonymousEntity",
                "unknownEntity",
                "state",
                "stateBody",
                "x",
            ),
            "subtype": (
                ABSENT,
                "governmentDepartment",
                "stateAgency",
                "other",
                "trust",
                "nomination",
                "x",
                None,
            ),
        },
    ),
    (
        "bods-0.4",
        2,
        ("recordDetails",),
        {"isComponent": (ABSENT, True, False, 1, 0), "componentRecords": (ABSENT, [], ["x"], None, "", {})},
    ),
    *(
        (
            "bods-0.4",
            kind,
            (),
            {
                "recordType": (ABSENT, "entity", "person", "relationship", "x", None),
                "recordDetails": (ABSENT, {}, []),
            },
        )
        for kind in range(3)
    ),
)


@pytest.mark.parametrize(("standard", "kind", "place", "fields"), TOGETHER)
def test_fields_that_rule_each_other_get_the_official_verdict(
    official: Official,
    standard: Standard,
    kind: int,
    place: tuple[str | int, ...],
    fields: dict[str, tuple[Json, ...]],
) -> None:
    comparison = Comparison(official, standard)
    document = full(official, standard)[kind]
    found = document
    for step in place:
        found = found[step]
    for values in product(*fields.values()):
        found.update(zip(fields, values, strict=True))
        for name in [name for name in fields if found[name] is ABSENT]:
            del found[name]
        comparison.ask(document, *values)
    assert comparison.disagreed == []
    assert comparison.asked > 15


def mutate(document: Json, random: Random) -> None:
    """One change in one place, chosen at random."""
    container, key = random.choice(list(slots(document)))
    change = random.randrange(6)
    if change == 0:
        del container[key]
    elif change == 1:
        found = random.choice(list(objects(document)))
        name, value = random.choice(EXTRA)
        found[name] = value
    elif change == 2 and isinstance(container[key], str):
        container[key] += random.choice(["x", " ", "Z", "-01"])
    elif change == 3 and isinstance(container[key], list):
        container[key] = random.choice([[], container[key] * 2])
    else:
        container[key] = random.choice(VALUES)


@pytest.mark.parametrize(
    ("standard", "older"), [("ocds-1.1", None), ("bods-0.2", True), ("bods-0.3", True), ("bods-0.4", False)]
)
def test_real_documents_changed_at_random_get_the_official_verdict(
    official: Official,
    releases: list[tuple[str, Json]],
    statements: list[tuple[str, Json]],
    standard: Standard,
    older: bool | None,
) -> None:
    known = releases if older is None else [s for s in statements if ("statementID" in s[1]) is older]
    valid = [text for text in (json.dumps(document) for _, document in known) if len(text) < 20_000]
    valid = [text for text in valid if conforms(standard, json.loads(text))]
    random = Random(f"conformance of {standard}")
    disagreed, refused = [], 0
    for _ in range(350):
        document = json.loads(random.choice(valid))
        mutate(document, random)
        verdict = official.conforms(standard, document)
        refused += not verdict
        if not verdict == conforms(standard, document) == (violations(standard, document) == []):
            disagreed.append(document)
    assert disagreed == []
    assert 100 < refused < 345
