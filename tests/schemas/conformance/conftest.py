"""The official schemas, and the documents that they are asked about."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.schemas.conformance.official import Official

Json = Any


@pytest.fixture(scope="session")
def official(shared: Path) -> Official:
    return Official(shared / "schemas")


@pytest.fixture(scope="session")
def objects(shared: Path) -> list[tuple[str, Json]]:
    """Every JSON object in the published data and cases, at any depth, with its file."""
    return list(_objects(shared))


@pytest.fixture(scope="session")
def releases(objects: list[tuple[str, Json]]) -> list[tuple[str, Json]]:
    """Every object with an ocid: releases, also in packages; records and their compiled releases."""
    return [(file, value) for file, value in objects if "ocid" in value]


@pytest.fixture(scope="session")
def statements(objects: list[tuple[str, Json]]) -> list[tuple[str, Json]]:
    """Every BODS statement of any version."""
    kinds = ({"statementId", "recordType"}, {"statementID", "statementType"})
    return [(file, value) for file, value in objects if any(kind <= value.keys() for kind in kinds)]


def _objects(shared: Path) -> Iterator[tuple[str, Json]]:
    for folder in ("conformance", "data"):
        for file in sorted((shared / folder).rglob("*")):
            if file.suffix in (".json", ".jsonl", ".gz"):
                for value in _values(file):
                    for found in _dicts(value):
                        yield str(file.relative_to(shared)), found


def _values(file: Path) -> Iterator[Json]:
    raw = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    text = raw.decode("utf-8-sig")
    try:
        yield json.loads(text)
    except ValueError:
        yield from (json.loads(line) for line in text.splitlines() if line.strip())


def _dicts(value: Json) -> Iterator[dict[str, Json]]:
    if isinstance(value, dict):
        yield value
    if isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from _dicts(member)
