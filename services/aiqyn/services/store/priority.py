"""What comes first in the queue: an order of work, no likelihood, and no word about a person."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

_SEVERITY = {"critical": 50, "high": 38, "medium": 22, "low": 10, "info": 0}
_CERTAINTY = {"certain": 15, "possible": 6}
_IDENTITY = {"identifier": 5, "decided": 5, "corroborated": 3, "unconfirmed": 0}
_STAGE = {"contract": 4, "award": 5, "bid": 3}


class Part(NamedTuple):
    """One reason of the order."""

    name: str
    points: int


def parts(alert: Mapping[str, Any]) -> list[Part]:
    """The reasons, each with its points; together at most 100."""
    found = [
        Part("severity", _SEVERITY[alert["severity"]]),
        Part("certainty", _CERTAINTY[alert["certainty"]]),
        Part("identity", _IDENTITY[alert["identity"]]),
        Part("stage", _STAGE.get(alert.get("stage") or "", 0)),
        Part("amount", _of_amount(amount(alert))),
        Part("late", 5 if alert.get("retroactive") else 0),
    ]
    if alert.get("managed"):
        found = [Part("managed", 0), Part("amount", _of_amount(amount(alert)))]
    return [part for part in found if part.points or part.name == "managed"]


def score(alert: Mapping[str, Any]) -> int:
    """0 to 100, higher first."""
    return sum(part.points for part in parts(alert))


def amount(alert: Mapping[str, Any]) -> float | None:
    """The amount in its own currency, near enough to sort by; None: not stated."""
    stated = alert.get("amount")
    if not stated:
        return None
    value = float(stated["amount"])
    return value if math.isfinite(value) else None


def _of_amount(value: float | None) -> int:
    """Up to 20 points: 5 for each power of ten above 100,000."""
    if value is None or value <= 100_000:
        return 0
    return min(20, int(5 * (math.log10(value) - 5)))
