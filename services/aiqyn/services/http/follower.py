"""An engine that reads along: its world follows the ledger, its alerts those that workers write. Nothing is judged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import func, select

from aiqyn.rules import profile as profiles
from aiqyn.services.store.database import reading
from aiqyn.services.store.erasures import erasures
from aiqyn.services.store.opening import Database
from aiqyn.services.store.tables import alert, alert_revision
from aiqyn.streams.engine import Engine


class Follower:
    """Owned by one thread. A step that fails leaves it behind, never wrong: the next one goes on from there."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._engine: Engine | None = None
        self._seq = 0
        self._revision = 0
        self._erasures = 0

    def engine(self) -> Engine:
        """The engine as far as the ledger is now."""
        engine, gone = self._engine, erasures(self._database.engine)
        if engine is None or gone != self._erasures:
            self._erasures = gone
            engine = Engine(
                profiles.load(self._database.profile), self._database.alert_namespace(), self._database.store
            )
            self._seq, self._revision = 0, 0
        self._engine = None  # after an exception it is built anew
        for head, fact in self._database.store.facts(after=self._seq):
            engine.absorb(head, fact)
            self._seq = head.seq
        engine.take(self._changed())
        self._engine = engine
        return engine

    def behind(self) -> int:
        """Facts in the ledger that it has not taken in."""
        return max(0, self._database.store.last_seq() - self._seq)

    def _changed(self) -> Iterable[dict[str, Any]]:
        with reading(self._database.engine) as connection:
            last = connection.execute(select(func.max(alert_revision.c.number))).scalar() or 0
            if last == self._revision:
                return []
            changed = select(alert_revision.c.alert).where(
                alert_revision.c.number > self._revision, alert_revision.c.number <= last
            )
            rows = connection.execute(select(alert.c.document).where(alert.c.id.in_(changed))).scalars().all()
        self._revision = last
        return [msgspec.json.decode(row) for row in rows]
