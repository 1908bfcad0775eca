"""What must stand, and what must not, after the events of a demo country: the planted truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["critical", "high", "medium", "low", "info"]
Certainty = Literal["certain", "possible"]
Identity = Literal["identifier", "corroborated", "decided", "unconfirmed"]


@dataclass(frozen=True, slots=True)
class Plant:
    """An alert that must be current at the end, under the profile `generic`.

    `companies` is sorted; `persons` is in the order of the catalogue, the official first. A `severity` of
    None is free.
    """

    rule: str
    ocid: str | None
    allocation: str | None
    companies: tuple[str, ...]
    persons: tuple[str, ...]
    certainty: Certainty
    severity: Severity | None
    identity: Identity


@dataclass(frozen=True, slots=True)
class Decoy:
    """A near miss: none of `rules` may have a current alert there. A `company` of None means any company."""

    rules: tuple[str, ...]
    ocid: str | None
    allocation: str | None
    company: str | None
    why: str
    """The near miss in a few words."""
