"""A ledger in memory with its engine: events in, alerts out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from aiqyn.rules import profile as profiles
from aiqyn.schemas.days import parse_day
from aiqyn.schemas.envelope import instant, read_structured
from aiqyn.streams.detection.alerts import Alert
from aiqyn.streams.engine import Engine
from aiqyn.streams.facts import Fact, Head
from aiqyn.streams.intake.judge import judge

NAMESPACE = UUID("00000000-0000-4000-8000-000000000001")
_DAY = 86_400_000_000
_EPOCH = 719_163


def at(moment: str) -> int:
    """Microseconds since 1970 UTC of a time in RFC 3339."""
    return instant(moment)


def end_of(day: str) -> int:
    """The moment after that day, in UTC."""
    return (parse_day(day).last + 1 - _EPOCH) * _DAY


class Ledger:
    """Accepted facts and the engine that they made. Implements `ports.FactLog`."""

    def __init__(self, lines: Iterable[bytes] = (), profile: str = "generic") -> None:
        self._facts: dict[int, tuple[Head, Fact]] = {}
        self._names: dict[tuple[str, str], int] = {}
        self.engine = Engine(profiles.load(profile), NAMESPACE, self)
        self.feed(lines)

    def read(self, seqs: Sequence[int]) -> Mapping[int, tuple[Head, Fact]]:
        return {seq: self._facts[seq] for seq in seqs}

    def find(self, source: str, id: str) -> int | None:
        return self._names.get((source, id))

    def feed(self, lines: Iterable[bytes], recorded: int | None = None) -> None:
        """Accept events one after another, each recorded at its own time, or all from `recorded` on."""
        for line in lines:
            event = read_structured(line)
            judged = judge(event)
            seq = len(self._facts) + 1
            last = self._facts[seq - 1][0].recorded_at if seq > 1 else 0
            moment = instant(event.time)
            head = Head(
                seq, event.source, event.id, event.type, moment, event.time, judged.record_key,
                max(last + 1, moment if recorded is None else recorded),
            )  # fmt: skip
            self._facts[seq] = (head, judged.fact)
            self._names[event.source, event.id] = seq
            self.engine.apply(head, judged.fact)

    def current(self) -> list[Alert]:
        """The alerts that stand, by id."""
        return sorted(
            (alert for alert in self.engine.alerts() if alert["dataState"] == "current"),
            key=lambda alert: alert["id"],
        )


def event(source: str, id: str, type: str, time: str, data: Mapping[str, Any]) -> bytes:
    """A CloudEvent in structured mode."""
    return msgspec.json.encode(
        {"specversion": "1.0", "source": source, "id": id, "type": type, "time": time, "data": data}
    )


def retraction(source: str, id: str, time: str = "2026-01-01T00:00:00Z") -> bytes:
    """The retraction of an event by its own source."""
    data = {"target": {"source": source, "id": id}, "reason": "error"}
    return event(source, f"retracted {id}", "record.retracted.v1", time, data)
