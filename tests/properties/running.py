"""Events through the engine in memory, and what is compared afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from aiqyn.rules.catalogue import configure
from aiqyn.rules.profile import load
from aiqyn.schemas.envelope import instant, read_structured
from aiqyn.streams.detection.judge import Judge
from aiqyn.streams.engine import Engine
from aiqyn.streams.facts import Fact, Head
from aiqyn.streams.intake.normalise import normalise
from aiqyn.streams.ports import AlertRevision

Json = dict[str, Any]
NAMESPACE = UUID(int=1)
BEGINNING = 1_700_000_000_000_000
"""When the first event was accepted, in microseconds since 1970 UTC."""
ARRIVAL = ("revision", "raisedAt", "updatedAt", "retroactive")
"""Members of an alert that tell the history of arrival; `recordedAt` on its paths is another."""


class Taken(NamedTuple):
    """An event read as far as it goes without a ledger."""

    source: str
    id: str
    type: str
    time: str
    record_key: str
    fact: Fact


@lru_cache(maxsize=4096)
def _taken(line: bytes) -> Taken:
    event = read_structured(line)
    read = normalise(event)
    return Taken(event.source, event.id, event.type, event.time, read.record_key, read.fact)


def line(event: Json) -> bytes:
    """An event as bytes."""
    return json.dumps(event, sort_keys=True).encode()


class Log:
    """The ledger, in memory."""

    def __init__(self) -> None:
        self.facts: dict[int, tuple[Head, Fact]] = {}
        self.numbers: dict[tuple[str, str], int] = {}

    def read(self, seqs: Sequence[int]) -> Mapping[int, tuple[Head, Fact]]:
        return {seq: self.facts[seq] for seq in seqs}

    def find(self, source: str, id: str) -> int | None:
        return self.numbers.get((source, id))

    def enter(self, event: Json) -> tuple[Head, Fact] | None:
        """The event's head and fact; None for one that is here already."""
        taken = _taken(line(event))
        key = (taken.source, taken.id)
        if key in self.numbers:
            return None
        seq = len(self.facts) + 1
        head = Head(
            seq, taken.source, taken.id, taken.type, instant(taken.time), taken.time, taken.record_key,
            BEGINNING + seq * 1000,
        )  # fmt: skip
        self.facts[seq] = (head, taken.fact)
        self.numbers[key] = seq
        return head, taken.fact


class Run:
    """An engine with its ledger."""

    def __init__(self, profile: str = "generic") -> None:
        self.log = Log()
        self._profile = load(profile)
        self.engine = Engine(self._profile, NAMESPACE, self.log)

    def take(self, event: Json) -> Sequence[AlertRevision]:
        """One event, and the revisions that it made; one that was taken before makes none."""
        entered = self.log.enter(event)
        return self.engine.apply(*entered).revisions if entered is not None else ()

    def take_all(self, events: Iterable[Json]) -> Run:
        for event in events:
            self.take(event)
        return self

    def alerts(self) -> list[Json]:
        """Every alert's last revision, by id."""
        return sorted(self.engine.alerts(), key=lambda alert: str(alert["id"]))

    def judged_anew(self) -> dict[str, Json]:
        """What every case of the present world gives, whatever the engine has kept."""
        world = self.engine.world
        judge = Judge(world, configure(self._profile), self._profile, NAMESPACE, self.log)
        keys = [*world.processes, *("allocation\x1f" + id for id in world.allocations)]
        return {draft.id: timeless(draft.document) for key in keys for draft in judge.drafts(key)}

    def current(self) -> dict[str, Json]:
        """The current alerts by id, without the history of arrival."""
        return current(self.engine.alerts())

    def restarted(self) -> Run:
        """Another engine, loaded from the same ledger and alerts."""
        other = Run(self._profile.name)
        other.log = self.log
        other.engine = Engine(self._profile, NAMESPACE, self.log)
        other.engine.load(self.log.facts.values(), self.alerts())
        return other


def run(events: Iterable[Json]) -> Run:
    """All events through a new engine, in order."""
    return Run().take_all(events)


def current(alerts: Iterable[Json]) -> dict[str, Json]:
    """The current ones of these alerts by id, without the history of arrival."""
    return {alert["id"]: timeless(alert) for alert in alerts if alert["dataState"] == "current"}


def timeless(alert: Json) -> Json:
    """An alert without the history of arrival."""
    kept = {name: value for name, value in alert.items() if name not in ARRIVAL}
    kept["paths"] = [
        [{name: value for name, value in link.items() if name != "recordedAt"} for link in path]
        for path in alert["paths"]
    ]
    return kept
