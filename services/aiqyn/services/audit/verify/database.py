"""The whole check, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, func, select

from aiqyn.services.audit import erasures
from aiqyn.services.audit.erasures import Gone
from aiqyn.services.audit.notes import Checkpoint, Verifier
from aiqyn.services.audit.verify import alerts, documents, ledger, people, review, tree
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


def verify(
    engine: Engine, verifier: Verifier, since: Checkpoint | None = None, handle: Callable[[str], str] = str
) -> Result:
    """Hold everything that the database says against its log; one state of the database, nothing is written.

    `since` is an earlier checkpoint of this log whose signature holds; `handle`: what documents call people.
    """
    with reading(engine) as connection:
        return verify_within(connection, verifier, since, handle)


def verify_within(
    connection: Connection, verifier: Verifier, since: Checkpoint | None = None, handle: Callable[[str], str] = str
) -> Result:
    """As `verify`, in a transaction that is open already."""
    size = connection.execute(select(func.max(checkpoint.c.size))).scalar() or 0
    return Result(size, tuple(islice(findings(connection, verifier, since, handle), _MOST)))


def findings(
    connection: Connection, verifier: Verifier, since: Checkpoint | None = None, handle: Callable[[str], str] = str
) -> Iterator[Finding]:
    """One after the other, as they are found."""
    yield from _read("the log", tree.check(connection, verifier, since))
    gone = _gone(connection)
    yield from _read("documents", documents.check(connection, gone))
    yield from _read("the ledger", ledger.check(connection, gone))
    yield from _read("alerts", alerts.check(connection, gone))
    yield from _read("what people did", _people(connection, gone, handle))


def _people(connection: Connection, gone: Gone, handle: Callable[[str], str]) -> Iterator[Finding]:
    past = review.logged(connection, gone)
    actions: dict[str, list[dict[str, Any]]] = {}
    for name, document in past:
        actions.setdefault(name, []).append(document)
    yield from review.check(connection, past, gone, handle)
    yield from people.check(connection, gone, actions, handle)


def _read(what: str, found: Iterator[Finding]) -> Iterator[Finding]:
    """What somebody wrote into the database may be no JSON, no instant, or of another kind."""
    try:
        yield from found
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, msgspec.MsgspecError) as error:
        yield Finding(None, what, f"rows cannot be read as what was written: {type(error).__name__}: {error}"[:300])


def _gone(connection: Connection) -> Gone:
    try:
        return erasures.gone(connection)
    except (ValueError, TypeError, LookupError, AttributeError, msgspec.MsgspecError):
        return Gone({}, frozenset(), frozenset(), {})  # the leaf is found among the documents
