"""One batch of records through everything: verdicts, facts, alerts, one transaction. Serves every runner.

`Monitor` owns an engine and its store. A batch is judged whole, then committed whole; whoever feeds it acknowledges
after that. If the commit fails, or the process dies, nothing of the batch has happened: start again and send it again.
"""

from __future__ import annotations

import gc
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from typing import Literal, NamedTuple, Protocol
from uuid import UUID

import msgspec

from aiqyn.rules import profile as profiles
from aiqyn.schemas.conformance.bods_version import claimed_standard
from aiqyn.schemas.conformance.check import Standard, conforms, violations
from aiqyn.schemas.envelope import Event, instant
from aiqyn.schemas.errors import Problem, Rejected
from aiqyn.schemas.json_text import decode
from aiqyn.schemas.unwrap import looks_like
from aiqyn.streams.engine import Engine
from aiqyn.streams.facts import Fact, Head
from aiqyn.streams.intake.normalise import normalise
from aiqyn.streams.ports import (
    AlertRevision,
    Batch,
    Counts,
    Door,
    FactLog,
    LedgerRow,
    QualityIssue,
    Refusal,
    Store,
)
from aiqyn.streams.shards import part_of_issues, shard_of
from aiqyn.streams.snapshot import freeze, thaw

_SNAPSHOT_AFTER = 50_000
"""Events since the last snapshot from which a new one is worth its time."""
_ERASED = b"erased"
"""Stands where the hash of an event would that must not come again."""
_REMEMBERED = 50_000
"""Facts kept in memory beside the store."""
_CAUGHT_UP_TOGETHER = 1_000
"""Events in one transaction where workers left some unjudged."""
_MANY = 10_000
"""Events in the ledger from which on a start is worth looking for garbage before it."""


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


class Snapshots(Protocol):
    """Where snapshots are kept; only we can have written what `load` gives."""

    def load(self) -> bytes | None: ...
    def save(self, payload: bytes) -> None: ...


class Judged(msgspec.Struct, frozen=True):
    """One event read as far as it goes without knowing any other."""

    event: Event
    fact: Fact
    record_key: str
    issues: tuple[Problem, ...]
    conforms: bool | None


def standard_of(event: Event) -> Standard | None:
    """The official standard that an event's data should pass; None for our own types."""
    if event.type == "procurement.release.v1":
        return "ocds-1.1"
    if event.type == "ownership.statement.v1" and isinstance(event.data, dict):
        return claimed_standard(event.data)
    return None


def passes(event: Event) -> bool | None:
    """Whether the event's data pass the official schema of their standard; None for our own types."""
    standard = standard_of(event)
    return conforms(standard, event.data) if standard is not None else None


def passes_raw(raw: bytes) -> bool | None:
    """As `passes`, of a record that could not be made an event: raw OCDS or BODS, or None where it is neither."""
    try:
        data = decode(raw)
    except Rejected:
        return None
    kind = looks_like(data)
    if not isinstance(data, dict) or kind is None:
        return None
    if kind == "cloudevents":
        data = data.get("data")
        kind = looks_like(data)
    if kind == "bods" and isinstance(data, dict):
        return conforms(claimed_standard(data), data)
    if kind == "ocds" and isinstance(data, dict) and "ocid" in data:
        return conforms("ocds-1.1", data)
    return None


def judge(event: Event) -> Judged:
    """Normalise an event and hold it against its standard. Pure. Raises Rejected."""
    normalised = normalise(event)
    standard = standard_of(event)
    passes = conforms(standard, event.data) if standard is not None else None
    issues = normalised.issues
    if passes is False and standard is not None:
        issues = (
            *issues,
            *(p._replace(pointer="/data" + p.pointer) for p in violations(standard, event.data)),
        )
    return Judged(event, normalised.fact, normalised.record_key, issues, passes)


class Memory(FactLog):
    """Facts lately seen, those of the present batch included, before the store behind them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._facts: OrderedDict[int, tuple[Head, Fact]] = OrderedDict()
        self._pending: dict[tuple[str, str], int] = {}

    def add(self, head: Head, fact: Fact) -> None:
        self._facts[head.seq] = (head, fact)
        self._pending[head.source, head.id] = head.seq

    def committed(self) -> None:
        """The batch is in the store: older facts may be forgotten."""
        self._pending.clear()
        while len(self._facts) > _REMEMBERED:
            self._facts.popitem(last=False)

    def read(self, seqs: Sequence[int]) -> Mapping[int, tuple[Head, Fact]]:
        facts = self._facts
        found = {seq: facts[seq] for seq in seqs if seq in facts}
        missing = [seq for seq in seqs if seq not in found]
        if missing:
            found.update(self._store.read(missing))
        return found

    def find(self, source: str, id: str) -> int | None:
        pending = self._pending.get((source, id))
        return pending if pending is not None else self._store.find(source, id)


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
        with _collected_afterwards():
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
            "parked" if waiting else "applied",
            judged.conforms,
            tuple(revision.alert["id"] for revision in effect.revisions),
            doubts,
            (),
            waiting,
        )

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


@contextmanager
def _collected_afterwards() -> Iterator[None]:
    """Nearly all that a batch makes stays, and is no garbage: looking through the whole world again and again for some
    would cost more the larger it is. So what the batch itself made is looked through once, after it; what was there
    before, the records that it was given among them, not at all."""
    enabled = gc.isenabled()
    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        gc.collect(1)
        gc.unfreeze()
        if enabled:
            gc.enable()


def zone(offset: str) -> timezone:
    """`+05:00` as a zone."""
    sign = -1 if offset.startswith("-") else 1
    hours, minutes = offset.lstrip("+-").split(":")
    return timezone(sign * timedelta(hours=int(hours), minutes=int(minutes)))
