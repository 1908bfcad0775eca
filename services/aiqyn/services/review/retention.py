"""Retention: what reviewers wrote and filed about a case goes some time after the case was closed; what was decided, by
whom and when stays, and so do the commitments to all that went."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, delete, select

from aiqyn.services.audit import erasures
from aiqyn.services.review import rows
from aiqyn.services.review.erasing_traces import FREE, Traces, silence
from aiqyn.services.store.database import is_sqlite, reading
from aiqyn.services.store.tables import action, action_alert, alert, attachment, leaf

DAY = 86_400 * 1_000_000
PERIODS: Mapping[str, int] = {"falseMatch": 365, "notMaterial": 365, "managed": 1095, "valuable": 1095}
"""Days after the decision, by disposition. What is confirmed or referred stays: courts and laws say for how long."""
_REF = "retention"
Document = dict[str, Any]


class Due(NamedTuple):
    """A case whose words and files are to go."""

    alert: str
    disposition: str
    decided_at: int
    files: tuple[str, ...]
    actions: tuple[str, ...]
    """Those that still say something, and are about no case that is not due."""


def due(engine: Engine, now: int, periods: Mapping[str, int], held: Collection[str] = ()) -> list[Due]:
    """The cases that are due at an instant (microseconds since 1970 UTC), oldest decision first.

    Not due: a case that changed since, that waits for a second person, or that is `held`; one of which nothing is left.
    """
    with reading(engine) as connection:
        return _due(connection, now, periods, frozenset(held))


def apply(engine: Engine, by: str, now: int, periods: Mapping[str, int], held: Collection[str] = ()) -> list[Due]:
    """Erase what is due, in one transaction, with a leaf that says what went. A repeat does nothing."""
    with rows.changing(engine) as connection:
        found = _due(connection, now, periods, frozenset(held))
        if not found:
            return []
        if is_sqlite(connection):
            connection.exec_driver_sql("PRAGMA secure_delete = ON")
        gone = Traces([], [], {})
        for case in found:
            gone.rows.extend(case.files)
        for id in sorted({id for case in found for id in case.actions}):
            silence(connection, id, gone, whole=True)
        for some in rows.pages(gone.rows):
            connection.execute(delete(attachment).where(attachment.c.id.in_(some)))
        erasures.tell(connection, _REF, by, now, cleared=gone.leaves, rows=gone.rows, left=gone.left)
    return found


def _due(connection: Connection, now: int, periods: Mapping[str, int], held: frozenset[str]) -> list[Due]:
    closed = {row.id: row for row in _closed(connection, periods) if row.id not in held}
    decided = _decided(connection)
    ripe = {
        id: (row.disposition, at)
        for id, row in closed.items()
        if (at := decided.get(id)) is not None and at + periods[row.disposition] * DAY <= now
    }
    about = _about(connection)
    waiting = rows.proposals(connection, sorted(ripe))
    found: list[Due] = []
    for id in sorted(ripe.keys() - waiting.keys(), key=lambda each: (ripe[each][1], each)):
        said = tuple(each for each, alerts in about.items() if id in alerts and alerts <= ripe.keys() - waiting.keys())
        files = tuple(connection.execute(select(attachment.c.id).where(attachment.c.alert == id)).scalars())
        if said or files:
            found.append(Due(id, *ripe[id], files, said))
    return found


def _closed(connection: Connection, periods: Mapping[str, int]) -> Iterator[Any]:
    """Closed cases that are as they were when they were decided on."""
    columns = select(alert.c.id, alert.c.disposition)
    closed = alert.c.review_status == "closed", alert.c.decided_revision == alert.c.revision
    yield from connection.execute(columns.where(*closed, alert.c.disposition.in_(sorted(periods))))


def _decided(connection: Connection) -> dict[str, int]:
    """When each case was decided on last."""
    query = (
        select(action_alert.c.alert, action.c.at, action.c.decided_at)
        .join(action, action.c.id == action_alert.c.action)
        .where(action.c.kind == "decide", action.c.state == "done")
        .order_by(action.c.number)
    )
    return {row.alert: row.decided_at or row.at for row in connection.execute(query)}


def _about(connection: Connection) -> dict[str, frozenset[str]]:
    """The actions that say something, and the alerts of each."""
    said: dict[str, frozenset[str]] = {}
    gone = erasures.gone(connection).left
    query = select(leaf.c.ref, leaf.c.document).where(leaf.c.kind == "action", leaf.c.document.is_not(None))
    for ref, text in connection.execute(query):
        document: Document = msgspec.json.decode(text)
        if ref not in gone and any(document.get(name) for name in (*FREE, "file")) and document["alerts"]:
            said[ref.rpartition("#")[0]] = frozenset(document["alerts"])
    return said
