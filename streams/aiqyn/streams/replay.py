"""Replay: the alerts, from the ledger alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from aiqyn.rules import profile as profiles
from aiqyn.streams.detection.alerts import Alert
from aiqyn.streams.engine import Engine
from aiqyn.streams.facts import Fact, Head
from aiqyn.streams.ports import Store


class _Bounded:
    """The ledger as far as the replay has come: a later event is not known yet."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.reached = 0

    def read(self, seqs: Sequence[int]) -> Mapping[int, tuple[Head, Fact]]:
        return self._store.read(seqs)

    def find(self, source: str, id: str) -> int | None:
        seq = self._store.find(source, id)
        return seq if seq is not None and seq <= self.reached else None


def replay(store: Store, profile: str, namespace: UUID, known_at: int | None = None) -> Iterator[Alert]:
    """Every alert that the ledger's events make one after another, withdrawn ones too, by raisedAt and id.

    `known_at` (microseconds): only events recorded up to then. Reads the ledger, never the alerts.
    Cost: as the first time, without writing.
    """
    log = _Bounded(store)
    engine = Engine(profiles.load(profile), namespace, log)
    for head, fact in store.facts(known_at=known_at):
        log.reached = head.seq
        engine.apply(head, fact)
    yield from sorted(engine.alerts(), key=lambda alert: (alert["raisedAt"], alert["id"]))
