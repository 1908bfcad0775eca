"""The official verdict on official cases, as `aiqyn validate` prints it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.journeys.commands import aiqyn


@pytest.fixture
def official(shared: Path) -> Path:
    return shared / "conformance" / "bods-0.4"


def _verdicts(folder: Path, files: list[Path]) -> dict[str, list[bool | None]]:
    """By file what `conforms` says of each of its records; a file a run, for the cases share their ids."""
    found: dict[str, list[bool | None]] = {}
    for file in files:
        done = aiqyn(folder, "validate", str(file), "--format", "bods", "--json")
        assert done.returncode in (0, 2), done.stderr
        found[file.name] = [json.loads(line)["conforms"] for line in done.stdout.splitlines()]
    return found


def test_a_sample_of_the_official_bods_cases(official: Path, tmp_path: Path) -> None:
    """Every eighteenth case by the command; all 303 are held against the same function in the schemas' own tests."""
    valid = sorted((official / "valid-statements").glob("*.json"))
    with (official / "invalid-statements" / "expected_errors.csv").open(encoding="utf-8", newline="") as table:
        named = {row[0] for row in csv.reader(table)}
    invalid = [file for file in sorted((official / "invalid-statements").glob("*.json")) if file.name in named]
    invalid = [file for file in invalid if file.name != "statements_not_array.json"]
    assert len(valid) == 111
    assert len(invalid) == 191
    for name, verdicts in _verdicts(tmp_path, valid[::18]).items():
        assert verdicts, name
        assert all(verdict is True for verdict in verdicts), name
    for name, verdicts in _verdicts(tmp_path, invalid[::18]).items():
        assert False in verdicts, name
        assert None not in verdicts, name


def test_a_lone_statement_is_no_array(official: Path, tmp_path: Path) -> None:
    file = official / "invalid-statements" / "statements_not_array.json"
    assert _verdicts(tmp_path, [file]) == {file.name: [False]}
