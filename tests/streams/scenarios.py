"""Scenarios about facts: the case files of the rules, kept beside the part of the engine that they are about.

The form is that of `tests/rules/test_cases.py`: what must stand after the events in the order given, and in any other
the same current alerts.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.rules.builder import Case
from tests.rules.support import Alert, current, run

ORDERS = ("reversed", "shuffled", "shuffled again", "twice")


def files(beside: str) -> list[Path]:
    """The case files in the folder `cases` beside that module."""
    return sorted((Path(beside).parent / "cases").glob("*.json"))


class Scenario:
    """One case file, read."""

    def __init__(self, path: Path) -> None:
        self.name = path.stem
        self._document = json.loads(path.read_text(encoding="utf-8"))
        self._case = Case(self._document)
        self._profile = self._document.get("profile", "generic")
        self._expected = [self._named(expected) for expected in self._document["expected"]]

    def as_it_arrives(self) -> None:
        """Asserts that the expected alerts, and no others where the file says so, stand at the end."""
        alerts = self._alerts(self._case.lines())
        for wanted in self._expected:
            assert any(_fits(alert, wanted) for alert in alerts), (wanted, _short(alerts))
        self._no_others(alerts)

    def in_order(self, order: str) -> None:
        """Asserts that another order, or each event twice, gives the same current alerts."""
        lines = self._case.lines()
        other = run(_ordered(lines, order, self.name), self._profile)
        assert current(other) == current(run(lines, self._profile))
        self._no_others(list(other.alerts()))

    def _alerts(self, lines: Sequence[bytes]) -> list[Alert]:
        return list(run(lines, self._profile).alerts())

    def _no_others(self, alerts: Sequence[Alert]) -> None:
        standing = [alert for alert in alerts if alert["dataState"] == "current"]
        for rule in self._document.get("mustNotFire", ()):
            assert not any(alert["rule"] == rule for alert in standing), (rule, _short(standing))
        if self._document.get("exact"):
            current_ones = [wanted for wanted in self._expected if wanted["dataState"] == "current"]
            beside = [a for a in standing if not any(_fits(a, wanted) for wanted in current_ones)]
            assert not beside, _short(beside)

    def _named(self, expected: dict[str, Any]) -> dict[str, Any]:
        named = {"dataState": "current"} | expected
        for member in ("company", "buyer"):
            if member in named:
                named[member] = self._case.name(named[member])
        for member in ("persons", "companies"):
            if member in named:
                named[member] = [self._case.name(word) for word in named[member]]
        return named


def _ordered(lines: list[bytes], order: str, seed: str) -> list[bytes]:
    if order == "reversed":
        return lines[::-1]
    if order == "twice":
        return [each for line in lines for each in (line, line)]
    return random.Random(seed + order).sample(lines, len(lines))


def _fits(alert: Alert, wanted: dict[str, Any]) -> bool:
    return all(alert[member] == value for member, value in wanted.items())


def _short(alerts: Sequence[Alert]) -> list[dict[str, Any]]:
    names = (
        "rule", "company", "persons", "severity", "certainty", "identity", "stage", "window", "dateBasis", "awards",
        "amount", "dataState", "withdrawnReason", "buyer",
    )  # fmt: skip
    return [{name: alert[name] for name in names} for alert in alerts]
