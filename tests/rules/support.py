"""An engine in memory: a dictionary as the log of facts. Duplicates are passed over as intake does."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from aiqyn.rules.profile import Profile, load
from aiqyn.schemas.envelope import Event, instant, read_structured
from aiqyn.streams.engine import Engine
from aiqyn.streams.facts import Fact, Head
from aiqyn.streams.intake.normalise import Normalised, normalise
from aiqyn.streams.moments import zone

Alert = dict[str, Any]
NAMESPACE = UUID(int=1)
_FIRST_RECORDED = 1_700_000_000_000_000
_HISTORY = ("revision", "raisedAt", "updatedAt", "retroactive")
"""What tells of arrival: it differs with the order of events."""


class DictionaryLog:
    """A FactLog that keeps everything in memory."""

    def __init__(self) -> None:
        self.facts: dict[int, tuple[Head, Fact]] = {}
        self.numbers: dict[tuple[str, str], int] = {}

    def read(self, seqs: Sequence[int]) -> Mapping[int, tuple[Head, Fact]]:
        return {seq: self.facts[seq] for seq in seqs}

    def find(self, source: str, id: str) -> int | None:
        return self.numbers.get((source, id))


@lru_cache(maxsize=20_000)  # the same events come in many orders
def _event(line: bytes) -> Event:
    return read_structured(line)


@lru_cache(maxsize=20_000)
def _fact(line: bytes) -> Normalised:
    return normalise(_event(line))


def run(lines: Iterable[bytes], profile: str | Profile = "generic") -> Engine:
    """The engine after these events, each of which must be accepted or a duplicate. Raises Rejected."""
    log = DictionaryLog()
    chosen = load(profile) if isinstance(profile, str) else profile
    engine = Engine(chosen, NAMESPACE, log)
    for line in lines:
        event = _event(line)
        if (event.source, event.id) in log.numbers:
            continue
        found = _fact(line)
        seq = len(log.facts) + 1
        moment = instant(event.time, zone(chosen.zone))
        recorded = _FIRST_RECORDED + seq * 1000
        head = Head(seq, event.source, event.id, event.type, moment, event.time, found.record_key, recorded)
        log.facts[seq] = (head, found.fact)
        log.numbers[event.source, event.id] = seq
        engine.apply(head, found.fact)
    return engine


def current(engine: Engine) -> list[str]:
    """The current alerts without what tells of their arrival, in an order of their own."""
    documents = []
    for alert in engine.alerts():
        if alert["dataState"] == "current":
            kept = {name: value for name, value in alert.items() if name not in _HISTORY}
            kept["paths"] = [[{**link, "recordedAt": None} for link in path] for path in alert["paths"]]
            documents.append(json.dumps(kept, sort_keys=True))
    return sorted(documents)
