"""What actions do beyond the tables of review: events that they emit, and the engine made anew after an erasure."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from sqlite3 import Error as DriverError
from typing import Any, NamedTuple, Protocol, TypeVar
from uuid import uuid4

from sqlalchemy import Connection, Engine, Row
from sqlalchemy.exc import DBAPIError

from aiqyn.schemas.envelope import Event, wrap
from aiqyn.schemas.errors import Rejected
from aiqyn.services import moments
from aiqyn.services.keys import Keys
from aiqyn.services.reading.clusters import Joined, names_of_one
from aiqyn.services.review import erasing
from aiqyn.services.review.asked import Request, check
from aiqyn.services.review.errors import ActionRefused
from aiqyn.services.review.settling import Within
from aiqyn.services.settings import Settings
from aiqyn.services.snapshots import SnapshotFile
from aiqyn.services.store.database import is_sqlite
from aiqyn.services.store.errors import StoreUnavailable
from aiqyn.services.store.sql_store import SqlStore
from aiqyn.streams.engine import Engine as Detection
from aiqyn.streams.moments import rfc3339
from aiqyn.streams.verdicts import Incoming, Verdict
from aiqyn.streams.world.world import World

T = TypeVar("T")
Document = dict[str, Any]
_RETRACTED = "record.retracted.v1"
_SETTLED_WITHIN = 30.0  # seconds
_log = logging.getLogger("aiqyn.review")


class Live(Protocol):
    """What is asked of whatever runs the engine."""

    def submit(self, records: Sequence[Incoming]) -> list[Verdict]: ...

    def settled(self, verdicts: list[Verdict], seconds: float) -> list[Verdict]: ...

    def ask(self, question: Callable[[Detection], T]) -> T: ...


class _Own(NamedTuple):
    """An event of our own, at the door."""

    raw: bytes
    event: Event | None
    error: Rejected | None = None


class Named(Protocol):
    """A request that may be made again: its id, and when it was first made."""

    @property
    def id(self) -> str: ...

    @property
    def at(self) -> int: ...


def decide(live: Live, source: str, by: str, asked: Request, made: Named | None = None) -> str:
    """Emit the `identity.decision` of an action. Its id, which is the event's; where `made` again, the same event.

    Raises ActionRefused 422.
    """
    check(asked)
    id, at = (made.id, made.at) if made is not None else (str(uuid4()), moments.now())
    data = {
        "left": asked.left, "right": asked.right, "verdict": asked.verdict, "decidedBy": by, "reason": asked.reason,
    }  # fmt: skip
    _emit(live, [_event(source, id, "identity.decision.v1", data, at)])
    return id


def undecide(live: Live, source: str, id: str) -> None:
    """Take back the decision that an action emitted."""
    target = {"target": {"source": source, "id": id}, "reason": "error"}
    _emit(live, [_event(source, f"undo-{id}", _RETRACTED, target)])


def erase(
    live: Live,
    store: SqlStore,
    engine: Engine,
    settings: Settings,
    keys: Keys,
    name: str,
    id: str,
    settle: Callable[[Within], Document],
) -> Document:
    """Carry out an erasure that was just approved: the events are retracted, then leave; the engine forgets.

    `settle` notes the approval, in the transaction that erases. Safe to repeat after a failure. Raises ActionRefused
    404, StoreUnavailable.
    """
    # Only records that share an identifier: whoever is joined by likeness alone may be somebody else.
    ids = live.ask(names_of_one(name, Joined.BY_IDENTIFIER)) or [name]
    doomed = erasing.events_of(engine, ids)
    if not doomed:
        raise ActionRefused(404, "notFound", "no event tells of this person")
    _retract(live, doomed, id)

    def within(connection: Connection, found: Row[Any], document: Document) -> None:
        told = erasing.erase(connection, ids, doomed, document, moments.now())
        document.update(told, events=len(doomed))

    done = settle(within)
    SnapshotFile(settings.state_dir, settings.database_url, keys).path.unlink(missing_ok=True)
    live.ask(_anew(store))
    shrink(engine)
    return done


def _retract(live: Live, doomed: Sequence[erasing.Doomed], id: str) -> None:
    events = [
        _event(
            each.source, f"erasure-{id}-{each.seq}", _RETRACTED,
            {"target": {"source": each.source, "id": each.id}, "reason": "erasure"},
        )
        for each in doomed
        if each.type != _RETRACTED
    ]  # fmt: skip
    for start in range(0, len(events), 1000):
        verdicts = _emit(live, events[start : start + 1000])
        if any(each.state == "queued" for each in live.settled(verdicts, _SETTLED_WITHIN)):
            raise StoreUnavailable("the retractions have not taken effect yet; approve again a little later")


def _event(source: str, id: str, type: str, data: Document, at: int | None = None) -> Event:
    try:
        return wrap(source, id, type, rfc3339(moments.now() if at is None else at), data)
    except Rejected as error:
        raise ActionRefused(422, error.problems[0].code, error.problems[0].detail) from None


def _emit(live: Live, events: Sequence[Event]) -> list[Verdict]:
    verdicts = live.submit([_Own(event.content, event) for event in events])
    for verdict in verdicts:
        if verdict.status == "rejected":
            problem = verdict.errors[0]
            raise ActionRefused(422, "field.invalid", problem.detail, pointer=problem.pointer.removeprefix("/data"))
    return verdicts


def _anew(store: SqlStore) -> Callable[[Detection], None]:
    """The engine builds its state again from what is left."""

    def rebuild(engine: Detection) -> None:
        engine.forget(lambda key: True)
        engine.adopt(World(store, store.find))
        engine.load(store.facts(), store.standing())

    return rebuild


def shrink(engine: Engine) -> None:
    """On SQLite, nothing of what was deleted stays in the file or its log."""
    if not is_sqlite(engine):
        return
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            connection.rollback()
            raw.execute("VACUUM")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except (DBAPIError, DriverError) as error:
        _log.warning("the database file was not rewritten after an erasure; run VACUUM: %s", type(error).__name__)
