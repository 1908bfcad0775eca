"""Releases and statements pass the official schemas, read from beside the repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft4Validator, Draft202012Validator, FormatChecker
from referencing import Registry, Resource

if TYPE_CHECKING:
    from conftest import Told

SCHEMAS = Path(__file__).parents[3].parent / "shared" / "schemas"
pytestmark = pytest.mark.skipif(not SCHEMAS.is_dir(), reason=f"the official schemas are not at {SCHEMAS}")


def read(name: str) -> Any:
    return json.loads((SCHEMAS / name).read_text(encoding="utf-8"))


def sample(told: Told, kind: str, most: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [event["data"] for event in told.events if event["type"] == kind]
    return found[:: max(1, len(found) // most)]


def problems(validator: Any, document: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}"[:300] for error in validator.iter_errors(document)]


def test_releases_conform_to_ocds(medium: Told) -> None:
    validator = Draft4Validator(
        read("ocds-1.1.5/dereferenced-release-schema.json"), format_checker=FormatChecker()
    )
    releases = sample(medium, "procurement.release.v1", 150)
    assert {tag for release in releases for tag in release["tag"]} >= {"tender", "award", "contract"}
    for release in releases:
        assert problems(validator, release) == []


def test_statements_conform_to_bods_04(medium: Told) -> None:
    parts = [
        read(f"bods/schema-0-4-0/{path.name}") for path in (SCHEMAS / "bods/schema-0-4-0").glob("*.json")
    ]
    registry: Any = Registry().with_resources(
        (part["$id"], Resource.from_contents(part)) for part in parts if "$id" in part
    )
    whole = read("bods/schema-0-4-0/statement.json")
    validator = Draft202012Validator(whole, registry=registry, format_checker=FormatChecker())
    statements = [data for data in sample(medium, "ownership.statement.v1", 600) if "statementId" in data]
    assert {data["recordType"] for data in statements} == {"entity", "person", "relationship"}
    assert problems(validator, statements) == []


def test_every_form_of_interest_conforms_to_bods_04(medium: Told) -> None:
    """The rare forms: bands, control without a share, unspecified and anonymous holders, components, updates."""
    parts = [
        read(f"bods/schema-0-4-0/{path.name}") for path in (SCHEMAS / "bods/schema-0-4-0").glob("*.json")
    ]
    registry: Any = Registry().with_resources(
        (part["$id"], Resource.from_contents(part)) for part in parts if "$id" in part
    )
    validator = Draft202012Validator(
        read("bods/schema-0-4-0/statement.json"), registry=registry, format_checker=FormatChecker()
    )
    forms: dict[str, dict[str, Any]] = {}
    for event in medium.events:
        data = event["data"]
        if "statementId" in data:
            details = data["recordDetails"]
            shape = json.dumps(
                [
                    data["recordStatus"],
                    sorted(details),
                    isinstance(details.get("interestedParty"), dict),
                    details.get("entityType"),
                    details.get("personType"),
                    [
                        [i["type"], i["directOrIndirect"], sorted(i.get("share", {}))]
                        for i in details.get("interests", [])
                    ],
                ]
            )
            forms.setdefault(shape, data)
    assert len(forms) > 15
    assert problems(validator, list(forms.values())) == []
    for data in forms.values():
        assert 32 <= len(data["statementId"]) <= 64


def test_statements_conform_to_bods_02(medium: Told) -> None:
    validator = Draft4Validator(read("bods/schema-0-2-0.json"), format_checker=FormatChecker())
    statements = [event["data"] for event in medium.events if "statementID" in event["data"]]
    assert len({data["statementType"] for data in statements}) == 3
    assert problems(validator, statements[:: max(1, len(statements) // 100)]) == []
