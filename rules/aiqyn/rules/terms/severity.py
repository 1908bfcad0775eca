"""The severity table of COI-01 to COI-07 (rules-catalogue, section 1)."""

from __future__ import annotations

from aiqyn.rules.model import Severity
from aiqyn.rules.terms.influence import Level

_TABLE: dict[Level, tuple[Severity, Severity]] = {
    # influence: the person, spouse or child; other relatives
    1: ("critical", "high"),
    2: ("high", "high"),
    3: ("medium", "medium"),
    4: ("medium", "low"),
}


def severity(level: Level, near: bool) -> Severity:
    """How severe an interest is of the official, spouse or child (`near`), or of another relative."""
    return _TABLE[level][0 if near else 1]
