"""Alerts and actions as rows, locked where they are about to change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Row, bindparam, select, update

from aiqyn.services.review.errors import ActionRefused
from aiqyn.services.store.database import is_sqlite, writing
from aiqyn.services.store.tables import action, action_alert, alert

REVIEW = ("review_status", "disposition", "assignee", "decided_revision", "suppressed_by")
_TOGETHER = 500


@contextmanager
def changing(engine: Engine) -> Iterator[Connection]:
    """A transaction that waits for whoever holds the same rows, and then sees what they made of them."""
    own = engine if is_sqlite(engine) else engine.execution_options(isolation_level="READ COMMITTED")
    with writing(own) as connection:
        yield connection


def pages(ids: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), _TOGETHER):
        yield list(ids[start : start + _TOGETHER])


def bytes_hold(connection: Connection, *columns: str) -> str:
    """A condition: one of the columns of bytes has `:part` in it."""
    form = "instr({0}, :part) > 0" if is_sqlite(connection) else "position(CAST(:part AS bytea) in {0}) > 0"
    return "(" + " OR ".join(form.format(column) for column in columns) + ")"


def alerts(connection: Connection, ids: Sequence[str], *, lock: bool = True) -> list[Row[Any]]:
    """The alerts, in order of id. Raises ActionRefused 404."""
    wanted = sorted(set(ids))
    rows: list[Row[Any]] = []
    for some in pages(wanted):
        query = select(alert).where(alert.c.id.in_(some)).order_by(alert.c.id)
        rows.extend(connection.execute(query.with_for_update() if lock else query))
    if len(rows) != len(wanted):
        raise ActionRefused(404, "notFound", "one of these alerts does not exist")
    return rows


def proposals(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """The action that waits for a second person, by alert."""
    found: dict[str, str] = {}
    for some in pages(ids):
        query = (
            select(action_alert.c.alert, action.c.id)
            .join(action, action.c.id == action_alert.c.action)
            .where(action_alert.c.alert.in_(some), action.c.state == "proposed")
        )
        found.update({row.alert: row.id for row in connection.execute(query)})
    return found


def change(connection: Connection, changes: Sequence[dict[str, Any]]) -> None:
    """Give alerts new values; each change has the same members: `id` and columns of `REVIEW`."""
    if not changes:
        return
    names = [name for name in changes[0] if name != "id"]
    statement = (
        update(alert).where(alert.c.id == bindparam("_id")).values({name: bindparam(f"_{name}") for name in names})
    )
    connection.execute(statement, [{f"_{name}": value for name, value in each.items()} for each in changes])
