"""Revisions of alerts into the database, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from aiqyn.services.audit import leaves
from aiqyn.services.store import alert_rows, statements, tables
from aiqyn.streams.ports import AlertRevision


def _next_number(connection: Connection) -> int:
    last: int | None = connection.exec_driver_sql("SELECT max(number) FROM alert_revision").scalar()
    return (last or 0) + 1


def write_alerts(connection: Connection, revisions: Sequence[AlertRevision]) -> None:
    """Add the revisions to the feed and make the last of each alert its state. One writer of the feed at a time."""
    if not revisions:
        return
    # PostgreSQL takes a row once in one statement; the last of several revisions is an alert's state.
    last = {made.alert["id"]: made for made in revisions}
    statements.run(
        connection,
        statements.insert(connection, tables.alert_revision),
        [
            alert_rows.revision_row(made, number)
            for number, made in enumerate(revisions, start=_next_number(connection))
        ],
    )
    leaves.record_alerts(connection, revisions)
    statements.run(
        connection,
        statements.upsert(connection, tables.alert, tables.REVIEW_COLUMNS),
        [alert_rows.alert_row(made.alert) for made in last.values()],
    )
    mark = statements.marks(connection, 1)
    names: list[tuple[object, ...]] = [(name,) for name in last]
    for table, rows in (
        (tables.alert_event, [row for made in last.values() for row in alert_rows.event_rows(made)]),
        (tables.alert_entity, [row for made in last.values() for row in alert_rows.entity_rows(made.alert)]),
    ):
        statements.run(connection, f"DELETE FROM {table.name} WHERE alert = {mark}", names)
        statements.run(connection, statements.insert(connection, table), rows)
