"""Detection by several workers: each applies all facts in the order of the ledger and judges its own parts.

The world of every worker is the same at the same event, so whoever judges a case gives the same alerts. What a part's
owner left unjudged is known to the others: they know each case that a fact touched.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import NamedTuple
from uuid import UUID

from aiqyn.rules import profile as profiles
from aiqyn.services import moments
from aiqyn.services.distributed import metrics
from aiqyn.services.distributed.leases import Fenced, Leases, lowest
from aiqyn.services.distributed.unjudged import Last, Unjudged
from aiqyn.services.store.errors import StoreUnavailable
from aiqyn.services.store.sql_store import SqlStore
from aiqyn.streams.engine import Change, Engine
from aiqyn.streams.facts import Fact, Head
from aiqyn.streams.memory import Memory
from aiqyn.streams.ports import AlertRevision, QualityIssue
from aiqyn.streams.shards import part_of_issues, shard_of
from aiqyn.streams.snapshot import Snapshots, freeze, thaw
from aiqyn.streams.world.touched import Touched

_log = logging.getLogger(__name__)
_PAGE = 500
"""Events judged in one transaction."""
_SNAPSHOT_AFTER = 50_000
_SHARE_EVERY = 0.5
_BEAT_EVERY = 2.5
"""Seconds."""


class Reached:
    """The ledger as far as we have come: a later event is not known yet."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.seq = 0

    def read(self, seqs: Sequence[int]) -> Mapping[int, tuple[Head, Fact]]:
        return self._memory.read(seqs)

    def find(self, source: str, id: str) -> int | None:
        seq = self._memory.find(source, id)
        return seq if seq is not None and seq <= self.seq else None


class Step(NamedTuple):
    """What one step did."""

    facts: int
    revisions: int
    taken: int


class Detector:
    """One worker's detection. `start`, then `step` for ever, then `release`. One thread; `leases.beat` from any."""

    def __init__(
        self,
        store: SqlStore,
        profile: str,
        namespace: UUID,
        leases: Leases,
        snapshots: Snapshots | None = None,
        seconds: Callable[[], float] = monotonic,
        alive: Callable[[], None] = lambda: None,
    ) -> None:
        """`alive` is told of progress. Raises ValueError for an unknown profile."""
        self._store = store
        self._memory = Memory(store)
        self._reached = Reached(self._memory)
        self._engine = Engine(profiles.load(profile), namespace, self._reached)
        self.leases = leases
        self._snapshots = snapshots
        self._snapshot_at = 0
        self._unjudged = Unjudged()
        self._seconds = seconds
        self._shared_at = self._beat_at = float("-inf")
        self._alive = alive
        self._last: Head | None = None
        self.spent = False
        """The world is not whole: make another detector."""

    @property
    def reached(self) -> int:
        """The event that the graph has reached."""
        return self._reached.seq

    def start(self) -> None:
        """Load the world up to the event to which every part is judged. Raises StoreUnavailable: make another."""
        self.spent = True
        upto = lowest(self._store.engine)
        enabled = gc.isenabled()
        gc.disable()  # what is read here stays
        try:
            self._adopt_snapshot(upto)
            while self.reached < upto:
                for head, fact in self._store.page(self.reached, min(_PAGE * 4, upto - self.reached)):
                    self._memory.add(head, fact)
                    self._move(head)
                    self._engine.world.apply(head, fact)
                self._memory.committed()
                self._alive()
        finally:
            if enabled:
                gc.enable()
        gc.collect()
        gc.freeze()
        self.spent = False

    def _move(self, head: Head) -> None:
        self._last, self._reached.seq = head, head.seq

    def _adopt_snapshot(self, upto: int) -> None:
        payload = self._snapshots.load() if self._snapshots is not None else None
        snapshot = thaw(payload) if payload is not None else None
        if snapshot is None or snapshot.head.seq > upto:
            return
        if self._store.read([snapshot.head.seq])[snapshot.head.seq][0] == snapshot.head:
            self._engine.adopt(snapshot.world)
            self._move(snapshot.head)
            self._snapshot_at = snapshot.head.seq

    def step(self) -> Step:
        """Look after the leases, then take the next facts of the ledger, judge and commit.

        Raises StoreUnavailable: call again, unless `spent`.
        """
        taken = self._look_after_leases()
        page = self._store.page(self.reached, _PAGE)
        revisions: list[AlertRevision] = []
        issues: list[QualityIssue] = []
        if page:
            try:
                for head, fact in page:
                    self._take(head, fact, revisions, issues)
                    self._alive()
                self._commit(revisions, issues)
            except StoreUnavailable:
                self._drop("the database is out of reach")
                raise
            self._memory.committed()
            gc.collect(1)
            self._keep_snapshot()
        return Step(len(page), len(revisions), taken)

    def _take(self, head: Head, fact: Fact, revisions: list[AlertRevision], issues: list[QualityIssue]) -> None:
        self._memory.add(head, fact)
        self._move(head)
        self.spent = True  # until the fact is in the world wholly
        change = self._engine.absorb(head, fact)
        self.spent = False
        self._unjudged.add(change)
        held = self.leases.held
        for key in sorted(change.keys):
            if shard_of(key) in held:
                revisions.extend(self._engine.judge(key, change))
        if part_of_issues(head.seq) in held:
            issues.extend(change.issues())

    def _commit(self, revisions: Sequence[AlertRevision], issues: Sequence[QualityIssue]) -> None:
        try:
            self.leases.commit(self.reached, revisions, issues)
        except Fenced as error:
            self._drop(str(error))
            return
        self._unjudged.judged(dict.fromkeys(self.leases.held, self.reached))
        if revisions:
            heads = self._memory.read(sorted({made.seq for made in revisions}))
            metrics.judged(revisions, {seq: head.recorded_at for seq, (head, _) in heads.items()}, moments.now())

    def _drop(self, why: str) -> None:
        """Hold no part any more; what is still ours by the table is taken anew, with its alerts as written."""
        if self.leases.held:
            _log.warning("giving up %d parts: %s", len(self.leases.held), why)
        self._engine.forget(lambda key: True)
        self.leases.drop()
        self._shared_at = float("-inf")

    def _look_after_leases(self) -> int:
        now = self._seconds()
        if now - self._beat_at >= _BEAT_EVERY:
            self.leases.beat(self.reached)
            self._beat_at = now
        if now - self._shared_at < _SHARE_EVERY:
            return 0
        try:
            return self._share()
        except StoreUnavailable:
            self._drop("the database is out of reach")
            raise
        finally:
            self._shared_at = now

    def _share(self) -> int:
        made = self.leases.share(self.reached)
        gone = {*made.lost, *made.release}
        if gone:
            self._engine.forget(lambda key: shard_of(key) in gone)
        if made.claim:
            self._bring_up(made.claim)
        self._unjudged.judged(self.leases.positions)
        return len(made.claim)

    def _bring_up(self, parts: Sequence[int]) -> None:
        """Take parts over: their alerts as written, and judge what their last owner left, by the present world."""
        self._engine.take(self._store.standing_of(parts))
        revisions: list[AlertRevision] = []
        issues: list[QualityIssue] = []
        left: dict[str, Last] = {}
        for part in parts:
            position = self.leases.positions[part]
            left |= self._unjudged.cases(part, position)
            issues += self._unjudged.issues(part, position)
        facts = self._memory.read(sorted({last.seq for last in left.values()}))
        for key, last in sorted(left.items(), key=lambda item: (item[1].seq, item[0])):
            head, fact = facts[last.seq]
            change = Change(head, fact, Touched(identity=set(last.identity)), frozenset((key,)))
            revisions.extend(self._engine.judge(key, change))
            self._alive()
        self._commit(revisions, issues)

    def _keep_snapshot(self) -> None:
        if self._snapshots is None or self._last is None or self.spent:
            return
        if self.reached - self._snapshot_at < max(_SNAPSHOT_AFTER, self.reached // 10):
            return
        if self.reached <= lowest(self._store.engine):
            self._snapshots.save(freeze(self._engine.world, self._last))
            self._snapshot_at = self.reached

    def release(self) -> None:
        """Give the parts back at once. Raises StoreUnavailable."""
        self._engine.forget(lambda key: True)
        self.leases.release()
