"""Releases and statements pass the official schemas, read from beside the repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from tests.services.demo.told import Staged, Told

SCHEMAS = Path(__file__).parents[3].parent / "shared" / "schemas"
pytestmark = pytest.mark.skipif(not SCHEMAS.is_dir(), reason=f"the official schemas are not at {SCHEMAS}")


def read(name: str) -> Any:
    return json.loads((SCHEMAS / name).read_text(encoding="utf-8"))


def sample(told: Told, kind: str, most: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [event["data"] for event in told.events if event["type"] == kind]
    return found[:: max(1, len(found) // most)]


def problems(validator: Any, document: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}"[:300] for error in validator.iter_errors(document)]


def bods_04() -> Any:
    folder = SCHEMAS / "bods" / "schema-0-4-0"
    parts = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")]
    registry: Any = Registry().with_resources(
        (part["$id"], Resource.from_contents(part)) for part in parts if "$id" in part
    )
    whole = read("bods/schema-0-4-0/statement.json")
    return Draft202012Validator(whole, registry=registry, format_checker=FormatChecker())


def test_releases_conform_to_ocds(medium: Told) -> None:
    validator = Draft4Validator(read("ocds-1.1.5/dereferenced-release-schema.json"), format_checker=FormatChecker())
    releases = sample(medium, "procurement.release.v1", 60)
    assert {tag for release in releases for tag in release["tag"]} >= {"tender", "award", "contract"}
    for release in releases:
        assert problems(validator, release) == []


def test_statements_conform_to_bods_04(medium: Told) -> None:
    statements = [data for data in sample(medium, "ownership.statement.v1", 200) if "statementId" in data]
    assert {data["recordType"] for data in statements} == {"entity", "person", "relationship"}
    assert problems(bods_04(), statements) == []


def test_every_form_of_interest_conforms_to_bods_04(staged: tuple[Staged, ...]) -> None:
    """Bands, control without a share, unspecified and anonymous holders, components, updates."""
    forms: dict[str, dict[str, Any]] = {}
    for event in (event for scenario in staged for event in scenario.events):
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
    assert problems(bods_04(), list(forms.values())) == []
    for data in forms.values():
        assert 32 <= len(data["statementId"]) <= 64


def test_statements_conform_to_bods_02(medium: Told) -> None:
    validator = Draft4Validator(read("bods/schema-0-2-0.json"), format_checker=FormatChecker())
    statements = [event["data"] for event in medium.events if "statementID" in event["data"]]
    assert len({data["statementType"] for data in statements}) == 3
    assert problems(validator, statements[:: max(1, len(statements) // 100)]) == []
