"""Our verdicts against the official ones, on the official cases and on all published data at hand."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from aiqyn.schemas.conformance.bods_version import claimed_standard
from aiqyn.schemas.conformance.check import Standard, conforms, conforms_array, violations
from tests.schemas.conformance.official import Official

Json = Any
with_raw_numbers = msgspec.json.Decoder(float_hook=lambda text: msgspec.Raw(text.encode())).decode


def cases(shared: Path, folder: str) -> list[Path]:
    return sorted((shared / "conformance" / "bods-0.4" / folder).glob("*.json"))


@pytest.mark.parametrize(
    ("folder", "count", "verdict"),
    [("valid-statements", 111, True), ("invalid-statements", 192, False), ("examples", 19, True)],
)
def test_official_bods_0_4_cases_get_the_official_verdict(
    shared: Path, official: Official, folder: str, count: int, verdict: bool
) -> None:
    files = cases(shared, folder)
    assert len(files) == count
    for file in files:
        content = json.loads(file.read_bytes())
        assert official.accepts_file("bods-0.4", content) is verdict, file.name
        assert conforms_array("bods-0.4", content) is verdict, file.name


def test_problems_of_official_cases_are_found_where_the_standard_says(shared: Path) -> None:
    table = (shared / "conformance" / "bods-0.4" / "invalid-statements" / "expected_errors.csv").read_text()
    missed = []
    for name, keyword, path, field in csv.reader(table.splitlines()):
        content = json.loads((shared / "conformance/bods-0.4/invalid-statements" / name).read_bytes())
        if path == "$":
            continue  # not an array at all
        steps = path.removeprefix("$[0]").replace("[", ".").replace("]", "").strip(".")
        pointer = "".join(f"/{step}" for step in steps.split(".") if step)
        expected = f"{pointer}/{field}" if keyword == "required" else pointer
        if expected not in {problem.pointer for problem in violations("bods-0.4", content[0])}:
            missed.append((name, keyword, path, field))
    assert missed == []


def disagreements(
    official: Official, standard: Standard, documents: list[tuple[str, Json]]
) -> tuple[list[str], Counter[bool]]:
    found, verdicts = [], Counter[bool]()
    for file, document in documents:
        verdict = official.conforms(standard, document)
        verdicts[verdict] += 1
        raw = with_raw_numbers(json.dumps(document))
        if not verdict == conforms(standard, document) == conforms(standard, raw):
            found.append(file)
        if verdict != (violations(standard, document) == []):
            found.append(f"{file} (violations)")
    return found, verdicts


def test_releases_get_the_official_verdict(official: Official, releases: list[tuple[str, Json]]) -> None:
    found, verdicts = disagreements(official, "ocds-1.1", releases)
    assert found == []
    assert verdicts[True] > 400
    assert verdicts[False] > 700


@pytest.mark.parametrize("standard", ["bods-0.2", "bods-0.3"])
def test_older_statements_get_the_official_verdict(
    official: Official, statements: list[tuple[str, Json]], standard: Standard
) -> None:
    older = [(file, statement) for file, statement in statements if "statementID" in statement]
    found, verdicts = disagreements(official, standard, older)
    assert found == []
    assert verdicts[True] > 100
    assert verdicts[False] > 700


def test_statements_of_0_4_get_the_official_verdict(official: Official, statements: list[tuple[str, Json]]) -> None:
    newer = [(file, statement) for file, statement in statements if "statementId" in statement]
    found, verdicts = disagreements(official, "bods-0.4", newer)
    assert found == []
    assert verdicts[True] > 1400
    assert verdicts[False] > 190


def test_statements_are_judged_by_the_version_that_they_claim(statements: list[tuple[str, Json]]) -> None:
    by_shape = Counter((claimed_standard(statement), "statementId" in statement) for _, statement in statements)
    assert by_shape["bods-0.4", True] > 1500
    assert by_shape["bods-0.2", False] > 800
    assert by_shape["bods-0.4", False] == 0
