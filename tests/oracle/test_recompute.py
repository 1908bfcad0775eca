"""The set-based recomputation gives the labelled scenarios' conflicts, and those planted in a country."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.oracle.country import Country, build
from tests.oracle.events import OutOfScope
from tests.oracle.exact import integrated
from tests.oracle.recompute import Conflict, recompute

RULES = {"COI-01", "COI-02", "COI-03", "COI-04", "COI-05"}
# Joined by a person's judgement, not by identifier: what the recomputation does not judge.
BY_DECISION = {"id-decided-same", "life-identity-joined"}
# Known when tests are collected, so that each scenario is a test of its own.
NAMES = sorted(
    path.name.removesuffix(".expected.json")
    for path in (Path(__file__).parents[2].parent / "shared/conformance/conflicts").glob("*.expected.json")
)


class Scenario(NamedTuple):
    lines: list[bytes]
    ocids: frozenset[str]
    expected: dict[str, Any]


def _scenario(shared: Path, name: str) -> Scenario:
    folder = shared / "conformance" / "conflicts"
    lines = (folder / f"{name}.jsonl").read_bytes().splitlines()
    events = [json.loads(line) for line in lines]
    ocids = frozenset(event["data"]["ocid"] for event in events if "ocid" in event["data"])
    return Scenario(lines, ocids, json.loads((folder / f"{name}.expected.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def all_lines(shared: Path) -> list[bytes]:
    return [line for name in NAMES if name not in BY_DECISION for line in _scenario(shared, name).lines]


@pytest.fixture(scope="session")
def conflicts(all_lines: list[bytes]) -> set[Conflict]:
    """Of all scenarios together: their people, companies and processes are distinct."""
    return recompute(all_lines)


def _is_judged(alert: dict[str, Any]) -> bool:
    # A rule that is a choice belongs to allocations, which the recomputation leaves out.
    return isinstance(alert["rule"], str) and alert["rule"] in RULES and "allocation" not in alert


def _agrees(alert: dict[str, Any], found: Conflict) -> bool:
    mine = {**found._asdict(), "persons": set(found.persons)}
    stated = {**alert, "persons": set(alert["persons"])}
    return all(stated[member] == mine[member] for member in mine if member in stated)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in BY_DECISION])
def test_scenario_gives_its_conflicts_and_no_others(shared: Path, conflicts: set[Conflict], name: str) -> None:
    scenario = _scenario(shared, name)
    found = {conflict for conflict in conflicts if conflict.ocid in scenario.ocids}
    judged = [alert for alert in scenario.expected["expected"] if _is_judged(alert)]
    wanted = [alert for alert in judged if alert["dataState"] == "current"]
    assert [alert for alert in wanted if not any(_agrees(alert, one) for one in found)] == []
    assert {one.rule for one in found} & set(scenario.expected["mustNotFire"]) == set()
    if len(judged) == len(scenario.expected["expected"]):
        assert {one for one in found if not any(_agrees(alert, one) for alert in wanted)} == set()


@pytest.mark.parametrize("name", sorted(BY_DECISION))
def test_scenario_out_of_scope_is_refused_not_guessed(shared: Path, name: str) -> None:
    with pytest.raises(OutOfScope):
        recompute(_scenario(shared, name).lines)


def test_order_and_repetition_change_nothing(all_lines: list[bytes], conflicts: set[Conflict]) -> None:
    shuffled = all_lines * 2
    random.Random(7).shuffle(shuffled)
    assert recompute(shuffled) == conflicts
    assert {conflict.rule for conflict in conflicts} == RULES


def test_two_contents_of_one_event_are_refused(all_lines: list[bytes]) -> None:
    other = all_lines[0].replace(b'"data":{', b'"data":{"other":1,', 1)
    with pytest.raises(ValueError, match="two contents"):
        recompute([all_lines[0], other])


@pytest.fixture(scope="module")
def country() -> Country:
    return build(edges=5_000, seed=20, plants=500)


def test_country_gives_what_was_planted_and_spares_the_decoys(country: Country) -> None:
    found = recompute(country.lines)
    assert {tuple(planted) for planted in country.planted} - {tuple(conflict) for conflict in found} == set()
    assert {(c.ocid, c.company, c.persons[0]) for c in found} & country.decoys == set()
    assert Counter(rule for rule, *_ in country.planted).keys() == RULES
    assert len(country.planted) > 150
    assert len(country.decoys) > 150


def test_country_is_the_same_for_the_same_seed(country: Country) -> None:
    assert build(edges=5_000, seed=20, plants=500) == country
    assert build(edges=5_000, seed=21, plants=500).lines != country.lines


def test_country_has_every_kind_of_disturbance(country: Country) -> None:
    events = [json.loads(line) for line in country.lines]
    assert country.edges >= 5_000
    assert max(Counter(country.lines).values()) > 1
    assert {event["type"] for event in events} >= {"record.retracted.v1", "official.declaration.v1"}
    statuses = set(_values(events, "recordStatus"))
    assert statuses == {"new", "updated", "closed"}
    assert len(list(_values(events, "recordKey"))) > 1


def _values(events: list[dict[str, Any]], member: str) -> Iterator[str]:
    return (event["data"][member] for event in events if member in event["data"])


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ([("c", "p", "0.05")], Fraction(1, 20)),
        ([("c", "h", "0.35"), ("h", "p", "0.04"), ("c", "p", "0.036")], Fraction(1, 20)),
        ([("c", "p", "0.04"), ("c", "b", "0.2"), ("b", "c", "1")], Fraction(1, 20)),
        ([("c", "b", "1"), ("b", "c", "1")], Fraction(0)),
        ([("c", "b", "1"), ("b", "c", "1"), ("b", "p", "0.1")], Fraction(1)),
        ([("c", "p", "0.7"), ("c", "h", "0.7"), ("h", "p", "0.7")], Fraction(1)),
        ([("c", "c", "0.5"), ("c", "p", "0.25")], Fraction(1, 2)),
    ],
)
def test_integrated_ownership_is_exact(edges: list[tuple[str, str, str]], expected: Fraction) -> None:
    exact = frozenset((company, holder, Fraction(share)) for company, holder, share in edges)
    assert integrated(exact, "c", frozenset({"p"})) == expected
