"""Every case file of every rule: as it arrives, backwards, shuffled, and with each line twice.

A file is `{"title", "profile", "people", "events", "expected", "mustNotFire", "exact"}`: events as `builder` reads
them; `people`: what is known of a person beside its number; `expected`: alerts by some of their members, words for
names (`path`: kinds of the links of one of its paths); `mustNotFire`: rules that have no current alert; `exact`: no
current alert beside the expected ones. A withdrawn alert is asked for in the order of arrival alone: in another it may
never have been raised, but it is current in none.
"""

from __future__ import annotations

import json
import random
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.rules.builder import Case
from tests.rules.support import Alert, current, run

FOLDER = Path(__file__).parent / "cases"
FILES = sorted(FOLDER.glob("*/*.json"))
KINDS = ("hit", "near-miss", "boundary", "retraction")


@cache
def _read(path: Path) -> tuple[dict[str, Any], Case]:
    document = json.loads(path.read_text(encoding="utf-8"))
    return document, Case(document)


def _wanted(path: Path) -> list[dict[str, Any]]:
    document, case = _read(path)
    return [_named(expected, case) for expected in document["expected"]]


def _named(expected: dict[str, Any], case: Case) -> dict[str, Any]:
    """An expected alert with names for words."""
    named = {"dataState": "current"} | expected
    for member in ("company", "buyer"):
        if isinstance(named.get(member), str):
            named[member] = case.name(named[member])
    for member in ("persons", "companies"):
        if member in named:
            named[member] = [case.name(word) for word in named[member]]
    return named


def _fits(alert: Alert, wanted: dict[str, Any]) -> bool:
    return all(_agrees(alert, member, value) for member, value in wanted.items())


def _agrees(alert: Alert, member: str, value: Any) -> bool:
    if member == "path":
        return any([link["kind"] for link in path] == value for path in alert["paths"])
    return bool(alert[member] == value)


def _short(alert: Alert) -> dict[str, Any]:
    names = (
        "rule",
        "company",
        "persons",
        "severity",
        "certainty",
        "identity",
        "dataState",
        "managed",
        "window",
    )
    return {name: alert[name] for name in names} | {
        "paths": [[link["kind"] for link in path] for path in alert["paths"][:3]]
    }


def _check(path: Path, alerts: list[Alert], in_order: bool) -> None:
    document, _ = _read(path)
    wanted = _wanted(path)
    standing = [alert for alert in alerts if alert["dataState"] == "current"]
    shown = [_short(alert) for alert in alerts]
    for each in wanted:
        if in_order or each["dataState"] == "current":
            assert any(_fits(alert, each) for alert in alerts), (document["title"], each, shown)
        else:
            now = each | {"dataState": "current"}
            assert not any(_fits(alert, now) for alert in standing), (document["title"], each, shown)
    for rule in document.get("mustNotFire", ()):
        assert not any(alert["rule"] == rule for alert in standing), (document["title"], rule, shown)
    if document.get("exact"):
        beside = [_short(a) for a in standing if not any(_fits(a, each) for each in wanted)]
        assert not beside, (document["title"], beside)


def _id(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@cache
def _as_it_arrives(path: Path) -> tuple[list[Alert], list[str]]:
    """The alerts in the order of arrival, and the current ones to compare with."""
    document, case = _read(path)
    engine = run(case.lines(), document.get("profile", "generic"))
    return list(engine.alerts()), current(engine)


@pytest.mark.parametrize("path", FILES, ids=_id)
def test_case_as_it_arrives(path: Path) -> None:
    alerts, _ = _as_it_arrives(path)
    _check(path, alerts, in_order=True)


@pytest.mark.parametrize("order", ["reversed", "shuffled", "twice"])
@pytest.mark.parametrize("path", FILES, ids=_id)
def test_case_in_any_order(path: Path, order: str) -> None:
    document, case = _read(path)
    profile = document.get("profile", "generic")
    lines = case.lines()
    other = {
        "reversed": lines[::-1],
        "shuffled": random.Random(_id(path)).sample(lines, len(lines)),
        "twice": [each for line in lines for each in (line, line)],
    }[order]
    engine = run(other, profile)
    _check(path, list(engine.alerts()), in_order=order == "twice")
    assert current(engine) == _as_it_arrives(path)[1]


@pytest.mark.parametrize("rule", sorted({path.parent.name for path in FILES}))
def test_rule_has_each_kind_of_case(rule: str) -> None:
    names = [path.name for path in FILES if path.parent.name == rule]
    missing = [kind for kind in KINDS if not any(name.startswith(f"{kind}-") for name in names)]
    assert not missing
