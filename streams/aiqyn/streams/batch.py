"""One batch of records through everything: verdicts, facts, alerts, one transaction. Serves every runner.

`Monitor` owns an engine and its store. A batch is judged whole, then committed whole; whoever feeds it acknowledges
after that. If the commit fails, or the process dies, nothing of the batch has happened: start again and send it again.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal
from uuid import UUID

from aiqyn.rules import profile as profiles
from aiqyn.schemas.envelope import Event, instant
from aiqyn.schemas.errors import Problem, Rejected
from aiqyn.streams.engine import Engine
from aiqyn.streams.facts import Fact, Head
from aiqyn.streams.garbage import collected_afterwards
from aiqyn.streams.intake.judge import Judged, judge, passes, passes_raw
from aiqyn.streams.memory import Memory
from aiqyn.streams.moments import zone
from aiqyn.streams.ports import (
    AlertRevision,
    Batch,
    Counts,
    Door,
    LedgerRow,
    QualityIssue,
    Refusal,
    Store,
)
from aiqyn.streams.shards import part_of_issues, shard_of
from aiqyn.streams.snapshot import Snapshots, freeze, thaw
from aiqyn.streams.verdicts import Incoming, Report, Verdict

_SNAPSHOT_AFTER = 50_000
"""Events since the last snapshot from which a new one is worth its time."""
_ERASED = b"erased"
"""Stands where the hash of an event would that must not come again."""
_CAUGHT_UP_TOGETHER = 1_000
"""Events in one transaction where workers left some unjudged."""
_MANY = 10_000
"""Events in the ledger from which on a start is worth looking for garbage before it."""


class Monitor:
    """The engine with its store: `start` once, then batches. One at a time drives a database."""

    def __init__(
        self,
        store: Store,
        profile: str,
        namespace: UUID,
        clock: Callable[[], int],
        snapshots: Snapshots | None = None,
    ) -> None:
        """`clock` gives microseconds since 1970 UTC. Raises ValueError for an unknown profile."""
        self._store = store
        self._snapshots = snapshots
        self._last: Head | None = None
        self._snapshot_at = 0
        self._memory = Memory(store)
        self._clock = clock
        chosen = profiles.load(profile)
        self._zone = zone(chosen.zone)
        self.engine = Engine(chosen, namespace, self._memory)
        self._seq = 0
        self._recorded = 0
        self.report = Report()

    def start(self) -> None:
        """Rebuild the state: from a snapshot and what the ledger has after it, else from the ledger. Nothing is judged
        anew but what workers left unjudged, which is judged and written now."""
        behind = self._store.behind()
        judged = min(behind.values(), default=self._store.last_seq())
        if judged > _MANY:
            gc.collect()  # now, while there is little to look through: later it stays
        enabled = gc.isenabled()
        gc.disable()  # what is read here stays
        try:
            self._adopt_snapshot(judged)
            self.engine.load(self._up_to(judged), self._store.standing())
            if behind:
                self._catch_up(judged, behind)
            gc.freeze()
        finally:
            if enabled:
                gc.enable()
        if self._last is not None:
            self._seq, self._recorded = self._last.seq, self._last.recorded_at

    def _up_to(self, last: int) -> Iterator[tuple[Head, Fact]]:
        for head, fact in self._store.facts(after=self._snapshot_at):
            if head.seq > last:
                return
            self._last = head
            yield head, fact

    def _catch_up(self, judged: int, behind: Mapping[int, int]) -> None:
        """Judge event by event what workers did not, part by part of the cases from where each stopped."""
        revisions: list[AlertRevision] = []
        issues: list[QualityIssue] = []
        for head, fact in self._store.facts(after=judged):
            self._last = head
            self._memory.add(head, fact)
            change = self.engine.absorb(head, fact)
            for key in sorted(change.keys):
                if behind.get(shard_of(key), head.seq) < head.seq:
                    revisions.extend(self.engine.judge(key, change))
            if behind.get(part_of_issues(head.seq), head.seq) < head.seq:
                issues.extend(change.issues())
            if head.seq % _CAUGHT_UP_TOGETHER == 0:
                self._store.caught_up(revisions, issues, head.seq)
                self._memory.committed()
                revisions.clear()
                issues.clear()
        if self._last is not None:
            self._store.caught_up(revisions, issues, self._last.seq)
        self._memory.committed()

    def _adopt_snapshot(self, judged: int) -> None:
        payload = self._snapshots.load() if self._snapshots is not None else None
        snapshot = thaw(payload) if payload is not None else None
        if snapshot is None or snapshot.head.seq > judged:
            return
        if self._store.read([snapshot.head.seq])[snapshot.head.seq][0] == snapshot.head:
            self.engine.adopt(snapshot.world)
            self._last, self._snapshot_at = snapshot.head, snapshot.head.seq

    def keep(self) -> None:
        """Write a snapshot if enough came in since the last one to make the next start slow. Call it before leaving."""
        if self._snapshots is None or self._last is None:
            return
        if self._seq - self._snapshot_at >= max(_SNAPSHOT_AFTER, self._seq // 10):
            self._snapshots.save(freeze(self.engine.world, self._last))
            self._snapshot_at = self._seq

    def run_batch(self, records: Sequence[Incoming], door: Door = "file") -> list[Verdict]:
        """Judge and commit one batch; a verdict a record, in order. After an exception the monitor is spent."""
        with collected_afterwards():
            return self._run_batch(records, door)

    def _run_batch(self, records: Sequence[Incoming], door: Door) -> list[Verdict]:
        known = self._store.known(
            {(record.event.source, record.event.id) for record in records if record.event is not None}
        )
        hashes = {key: _ERASED if entry.erased else entry.content_hash for key, entry in known.items()}
        rows: list[LedgerRow] = []
        refusals: list[Refusal] = []
        issues: list[QualityIssue] = []
        revisions: list[AlertRevision] = []
        verdicts: list[Verdict] = []
        for record in records:
            verdict = self._take(record, hashes, rows, refusals, issues, revisions, door)
            self.report.count(verdict)
            verdicts.append(verdict)
        if verdicts:
            self._store.commit(Batch(rows, refusals, issues, revisions, self._counts(verdicts, door)))
        self._memory.committed()
        for revision in revisions:
            self.report.alerts[revision.change] += 1
        return verdicts

    def _counts(self, verdicts: Sequence[Verdict], door: Door) -> Counts:
        number = Counter(verdict.status for verdict in verdicts)
        at = self._recorded if number["accepted"] else self._clock()  # the clock of the ledger, where it went on
        return Counts(door, at, number["accepted"], number["duplicate"], number["conflict"], number["rejected"])

    def _take(
        self,
        record: Incoming,
        hashes: dict[tuple[str, str], bytes],
        rows: list[LedgerRow],
        refusals: list[Refusal],
        issues: list[QualityIssue],
        revisions: list[AlertRevision],
        door: Door,
    ) -> Verdict:
        event = record.event
        if event is None:
            assert record.error is not None
            return self._refuse(record.error, record.raw, refusals, door)._replace(conforms=passes_raw(record.raw))
        key = (event.source, event.id)
        before = hashes.get(key)
        if before == _ERASED:
            erased = Problem("event.erased", "/id", "the event was erased by order; it is not taken again")
            error = Rejected((erased,), event.source, event.id, event.type)
            # Its bytes are not kept: what was erased would come back in the quarantine.
            return self._refuse(error, b"", refusals, door)._replace(conforms=passes(event))
        if before is not None:
            if before == event.content_hash:
                return Verdict(event.source, event.id, event.type, "duplicate", "applied", passes(event))
            problem = Problem(
                "event.conflict",
                "/id",
                "an event with this source and id, but other content, was accepted before",
            )
            error = Rejected((problem,), event.source, event.id, event.type)
            return self._refuse(error, record.raw, refusals, door, "conflict")._replace(conforms=passes(event))
        try:
            judged = judge(event)
        except Rejected as error:
            return self._refuse(error, record.raw, refusals, door)._replace(conforms=passes(event))
        hashes[key] = event.content_hash
        head = self._head(event, judged)
        self._memory.add(head, judged.fact)
        effect = self.engine.apply(head, judged.fact)
        doubts = judged.issues + tuple(Problem(code, at, detail) for _, code, at, detail in effect.issues)
        rows.append(LedgerRow(head, event.content, event.content_hash, event.attributes, judged.conforms, judged.fact))
        issues.extend(QualityIssue(head.seq, *problem) for problem in doubts)
        revisions.extend(effect.revisions)
        waiting = self.engine.world.waiting_for(head, judged.fact)
        return Verdict(
            event.source,
            event.id,
            event.type,
            "accepted",
            self._state(head, waiting),
            judged.conforms,
            tuple(revision.alert["id"] for revision in effect.revisions),
            doubts,
            (),
            waiting,
        )

    def _state(self, head: Head, waiting: Sequence[str]) -> Literal["applied", "parked", "superseded"]:
        """How an event stands that was just applied: its retraction or its successor may have come before it."""
        if self.engine.world.superseded_by(head) is not None:
            return "superseded"
        return "parked" if waiting else "applied"

    def _head(self, event: Event, judged: Judged) -> Head:
        self._seq += 1
        self._recorded = max(self._recorded + 1, self._clock())
        self._last = Head(
            self._seq,
            event.source,
            event.id,
            event.type,
            instant(event.time, self._zone),
            event.time,
            judged.record_key,
            self._recorded,
        )
        return self._last

    def _refuse(
        self,
        error: Rejected,
        raw: bytes,
        refusals: list[Refusal],
        door: Door,
        status: Literal["conflict", "rejected"] = "rejected",
    ) -> Verdict:
        first = error.problems[0]
        refusals.append(
            Refusal(
                status, first.code, first.pointer, first.detail, error.source, error.id, error.type, door,
                self._clock(), raw,
            )
        )  # fmt: skip
        return Verdict(error.source, error.id, error.type, status, None, None, errors=error.problems)
