"""What becomes of records: each with its verdict, a run with its counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from aiqyn.schemas.envelope import Event
from aiqyn.schemas.errors import Problem, Rejected


class Incoming(Protocol):
    """One record at the door: an event, or why there is none."""

    @property
    def raw(self) -> bytes: ...
    @property
    def event(self) -> Event | None: ...
    @property
    def error(self) -> Rejected | None: ...


class Verdict(NamedTuple):
    """What became of one record (interfaces, section 5)."""

    source: str | None
    id: str | None
    type: str | None
    status: Literal["accepted", "duplicate", "conflict", "rejected"]
    state: Literal["queued", "applied", "parked", "superseded"] | None
    conforms: bool | None
    alerts: tuple[str, ...] = ()
    quality: tuple[Problem, ...] = ()
    errors: tuple[Problem, ...] = ()
    waiting_for: tuple[str, ...] = ()


@dataclass(slots=True)
class Report:
    """Counts of what a run did."""

    accepted: int = 0
    duplicate: int = 0
    conflict: int = 0
    rejected: int = 0
    quality: int = 0
    alerts: dict[str, int] = field(default_factory=lambda: {"raised": 0, "updated": 0, "withdrawn": 0})

    def count(self, verdict: Verdict) -> None:
        if verdict.status == "accepted":
            self.accepted += 1
        elif verdict.status == "duplicate":
            self.duplicate += 1
        elif verdict.status == "conflict":
            self.conflict += 1
        else:
            self.rejected += 1
        self.quality += len(verdict.quality)

    def as_json(self) -> dict[str, object]:
        return {
            "accepted": self.accepted,
            "duplicate": self.duplicate,
            "conflict": self.conflict,
            "rejected": self.rejected,
            "quality": self.quality,
            "alerts": dict(self.alerts),
        }
