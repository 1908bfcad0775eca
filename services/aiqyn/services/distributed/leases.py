"""Leases on the parts of the cases, in the tables `shard` and `worker`.

A lease says who *should* judge a part; what protects the alerts is its epoch, which every commit checks. A worker that
was stopped and woke up again finds another epoch and writes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from aiqyn.services.distributed.sharing import Part, Plan, plan
from aiqyn.services.store import statements, tables
from aiqyn.services.store.alert_writes import write_alerts
from aiqyn.services.store.database import reading, writing
from aiqyn.services.store.turns import clock, taking_turns
from aiqyn.streams.ports import AlertRevision, QualityIssue
from aiqyn.streams.shards import SHARDS

LEASE = 10_000_000
"""Microseconds that a lease holds without being renewed, and that a worker counts as alive without a sign of life."""
_FORGOTTEN = 3_600_000_000
_parts = tables.shard
_workers = tables.worker


class Fenced(Exception):
    """Another worker judges one of our parts by now; nothing was written."""


def initialise(engine: Engine) -> None:
    """Make the rows of the parts where there are none: whatever the ledger holds was judged by an embedded engine."""
    with taking_turns(engine, "shards") as connection:
        if connection.execute(select(func.count()).select_from(_parts)).scalar_one():
            return
        last = connection.execute(select(func.max(tables.event.c.seq))).scalar() or 0
        rows = [(number, last, None, 0, 0) for number in range(SHARDS)]
        statements.run(connection, statements.insert(connection, _parts), list(rows))


def lowest(engine: Engine) -> int:
    """The ledger number up to which every part is judged."""
    with reading(engine) as connection:
        return int(connection.execute(select(func.min(_parts.c.position))).scalar() or 0)


class Leases:
    """The leases of one worker. `beat` may be called from another thread; the rest belongs to one."""

    def __init__(self, engine: Engine, worker: str, group: str, stages: str, lease: int = LEASE) -> None:
        self._engine = engine
        self.worker = worker
        self._group = group
        self._stages = stages
        self._lease = lease
        self._lock = threading.Lock()
        """Keeps our own statements on the same rows apart: PostgreSQL could find a deadlock in them."""
        self.held: Mapping[int, int] = {}
        """Number > epoch."""
        self.positions: Mapping[int, int] = {}
        """Where each part stood when last looked at."""

    def beat(self, reached: int) -> None:
        """Give a sign of life and renew the leases. Raises StoreUnavailable."""
        with self._lock, writing(self._engine, read_committed=True) as connection:
            now = clock(connection)
            sign = {"group": self._group, "stages": self._stages, "seen_at": now, "position": reached}
            known = connection.execute(update(_workers).where(_workers.c.id == self.worker).values(**sign)).rowcount
            if not known:
                connection.execute(insert(_workers).values(id=self.worker, started_at=now, **sign))
            if self.held:
                connection.execute(update(_parts).where(_parts.c.owner == self.worker).values(until=now + self._lease))

    def share(self, reached: int) -> Plan:
        """Take what is ours by right and free, give back what is too much; what was done. Raises StoreUnavailable."""
        with reading(self._engine) as connection:
            if self._plan(connection, reached).idle:
                return Plan(frozenset(), (), ())
        with self._lock, taking_turns(self._engine, "shards") as connection:
            made = self._plan(connection, reached, to_act=True)
            epochs = self._carry_out(connection, made)
        kept = {number: epoch for number, epoch in self.held.items() if number not in {*made.lost, *made.release}}
        self.held = {**kept, **epochs}
        return made

    def _plan(self, connection: Connection, reached: int, to_act: bool = False) -> Plan:
        now = clock(connection)
        # Locked where we act on it: an owner's commit meanwhile must not move what we read.
        query = select(_parts).order_by(_parts.c.number)
        parts = [Part(*row) for row in connection.execute(query.with_for_update() if to_act else query)]
        self.positions = {part.number: part.position for part in parts}
        alive = connection.execute(
            select(_workers.c.id, _workers.c.position).where(
                _workers.c.group == self._group,
                _workers.c.stages.contains("detect"),
                _workers.c.seen_at > now - self._lease,
            )
        )
        graphs = {name: position for name, position in alive}
        return plan(parts, graphs, self.worker, self.held, reached, now)

    def _carry_out(self, connection: Connection, made: Plan) -> dict[int, int]:
        now = clock(connection)
        if made.release:
            ours = _parts.c.number.in_(made.release), _parts.c.owner == self.worker
            connection.execute(update(_parts).where(*ours).values(owner=None, until=0))
        if not made.claim:
            return {}
        taken = _parts.c.number.in_(made.claim)
        connection.execute(
            update(_parts).where(taken).values(owner=self.worker, epoch=_parts.c.epoch + 1, until=now + self._lease)
        )
        rows = connection.execute(select(_parts.c.number, _parts.c.epoch).where(taken))
        return {number: epoch for number, epoch in rows}

    def commit(self, to: int, revisions: Sequence[AlertRevision], issues: Sequence[QualityIssue]) -> None:
        """Write what judging our parts up to event `to` made, and move them there: one transaction.

        Raises Fenced where one of them is not ours any more; StoreUnavailable: whether it was written is not known.
        """
        held = self.held
        if not held:
            return
        turn = taking_turns(self._engine, "feed") if revisions else writing(self._engine, read_committed=True)
        with self._lock, turn as connection:
            pairs, values = statements.pairs(connection, sorted(held.items()))
            mark = statements.marks(connection, 1)
            moved = connection.exec_driver_sql(
                f"UPDATE shard SET position = {mark} WHERE owner = {mark} AND position <= {mark} "
                f"AND (number, epoch) IN ({pairs})",
                (to, self.worker, to, *values),
            ).rowcount
            if moved != len(held):
                raise Fenced(f"{len(held) - moved} of {len(held)} parts are judged by another worker now")
            write_alerts(connection, revisions)
            into = statements.insert(connection, tables.quality_issue, ("id",))
            statements.run(connection, into, [tuple(issue) for issue in issues])

    def drop(self) -> None:
        """Hold nothing any more, without telling anybody: after a commit of unknown outcome."""
        self.held = {}

    def release(self) -> None:
        """Give everything back and sign off: others take over at once. Raises StoreUnavailable."""
        with self._lock, taking_turns(self._engine, "shards") as connection:
            connection.execute(update(_parts).where(_parts.c.owner == self.worker).values(owner=None, until=0))
            connection.execute(delete(_workers).where(_workers.c.id == self.worker))
            connection.execute(delete(_workers).where(_workers.c.seen_at < clock(connection) - _FORGOTTEN))
        self.held = {}
