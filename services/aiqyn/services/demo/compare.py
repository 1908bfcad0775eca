"""What was found against what was planted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aiqyn.services.demo.truth import Decoy, Plant

Alert = Mapping[str, Any]
_Key = tuple[str, str | None, str | None, tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Counts of planted alerts and of those that stand as planted, and what differs.

    A planted alert that stands with another certainty, severity or identity is missed, and the one in its
    place false.
    """

    planted: int
    found: int
    missed: tuple[Plant, ...]
    false: tuple[Alert, ...]
    """Current alerts that nobody planted."""
    fallen_for: tuple[Decoy, ...]
    """Near misses that some current alert takes for a hit; each such alert is among `false` too."""

    @property
    def exact(self) -> bool:
        return not self.missed and not self.false


def compare(truth: Iterable[Plant], decoys: Iterable[Decoy], alerts: Iterable[Alert]) -> Comparison:
    """Compare alerts of the contract's form with the truth; those that are not current are passed over."""
    expected = {_planted_key(plant): plant for plant in truth}
    standing: set[_Key] = set()
    false: list[Alert] = []
    for alert in alerts:
        if alert["dataState"] != "current":
            continue
        key = _alert_key(alert)
        plant = expected.get(key)
        if plant is None or key in standing or not _agrees(plant, alert):
            false.append(alert)
        else:
            standing.add(key)
    missed = tuple(plant for key, plant in expected.items() if key not in standing)
    fallen_for = tuple(decoy for decoy in decoys if any(_falls_for(decoy, alert) for alert in false))
    return Comparison(len(expected), len(standing), missed, tuple(false), fallen_for)


def _planted_key(plant: Plant) -> _Key:
    return plant.rule, plant.ocid, plant.allocation, plant.companies, plant.persons


def _alert_key(alert: Alert) -> _Key:
    return (
        alert["rule"],
        alert["ocid"],
        alert["allocation"],
        tuple(sorted(alert["companies"])),
        tuple(alert["persons"]),
    )


def _agrees(plant: Plant, alert: Alert) -> bool:
    return (
        plant.certainty == alert["certainty"]
        and plant.identity == alert["identity"]
        and plant.severity in (None, alert["severity"])
    )


def _falls_for(decoy: Decoy, alert: Alert) -> bool:
    return (
        alert["rule"] in decoy.rules
        and alert["ocid"] == decoy.ocid
        and alert["allocation"] == decoy.allocation
        and (decoy.company is None or decoy.company in alert["companies"])
    )
