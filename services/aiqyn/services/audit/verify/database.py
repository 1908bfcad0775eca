"""The whole check, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from aiqyn.services.audit.notes import Checkpoint, Verifier
from aiqyn.services.audit.verify import documents, ledger, review, tree
from aiqyn.services.audit.verify.finding import Finding
from aiqyn.services.store.database import reading
from aiqyn.services.store.tables import checkpoint

_MOST = 100


@dataclass(frozen=True, slots=True)
class Result:
    """What the check of a database said."""

    size: int
    """Leaves under the newest checkpoint."""
    findings: tuple[Finding, ...]
    """At most 100."""

    @property
    def ok(self) -> bool:
        return not self.findings

    def as_json(self) -> dict[str, Any]:
        return {"ok": self.ok, "size": self.size, "first": self.findings[0].as_json() if self.findings else None}


def verify(engine: Engine, verifier: Verifier, since: Checkpoint | None = None) -> Result:
    """Hold everything that the database says against its log; one state of the database, nothing is written.

    `since` is an earlier checkpoint of this log whose signature holds.
    """
    with reading(engine) as connection:
        size = connection.execute(select(func.max(checkpoint.c.size))).scalar() or 0
        found: list[Finding] = []
        for each in _findings(connection, verifier, since):
            found.append(each)
            if len(found) == _MOST:
                break
    return Result(size, tuple(found))


def _findings(connection: Connection, verifier: Verifier, since: Checkpoint | None) -> Iterator[Finding]:
    yield from tree.check(connection, verifier, since)
    yield from documents.check(connection)
    yield from ledger.check(connection)
    yield from review.check(connection)
