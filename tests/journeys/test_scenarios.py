"""Every labelled scenario beside the project: in order, shuffled, repeated, split, relationships first and last."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.running import Database, content, mismatches, template

_SCENARIOS = Path(__file__).parents[2].parent / "shared" / "conformance" / "conflicts"
_CASES = sorted(path.stem for path in _SCENARIOS.glob("*.jsonl"))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def databases(empty: Path, tmp_path: Path) -> Iterator[list[Database]]:
    made = [Database(empty, tmp_path / f"{number}.db") for number in range(6)]
    yield made
    for database in made:
        database.close()


def test_scenarios_are_there(shared: Path) -> None:
    assert (shared / "conformance" / "conflicts").is_dir()
    assert len(list((shared / "conformance" / "conflicts").glob("*.jsonl"))) >= 63


def _is_procurement(line: bytes) -> bool:
    return b'"type":"procurement.release' in line


@pytest.mark.parametrize("case", _CASES)
def test_scenario(case: str, databases: list[Database]) -> None:
    lines = [line for line in (_SCENARIOS / f"{case}.jsonl").read_bytes().split(b"\n") if line.strip()]
    expected = json.loads((_SCENARIOS / f"{case}.expected.json").read_text("utf-8"))
    in_order, shuffled, repeated, split, first, last = databases

    in_order.feed(lines)
    assert mismatches(expected, in_order.alerts()) == []
    stands = content(in_order.alerts())

    mixed = list(lines)
    random.Random(case).shuffle(mixed)
    shuffled.feed(mixed)
    assert content(shuffled.alerts()) == stands

    verdicts = repeated.feed([line for line in lines for _ in (1, 2)], batch=3)
    assert [verdict.status for verdict in verdicts] == ["accepted", "duplicate"] * len(lines)
    assert content(repeated.alerts()) == stands

    cut = random.Random(case).randrange(1, len(lines))
    split.feed(lines[:cut])
    split.feed(lines[cut:], batch=1)
    assert content(split.alerts()) == stands
    assert mismatches(expected, split.alerts()) == []

    first.feed(sorted(lines, key=_is_procurement))
    last.feed(sorted(lines, key=_is_procurement, reverse=True))
    assert content(first.alerts()) == content(last.alerts()) == stands
