"""The queue: alerts by filter, sorted, page by page, each with what reviewers did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Engine, Select, and_, func, literal, or_, select, true, tuple_

from aiqyn.services.store import priority
from aiqyn.services.store.alert_filter import AlertFilter
from aiqyn.services.store.database import reading
from aiqyn.services.store.reads import conditions, with_review
from aiqyn.services.store.tables import action, action_alert, alert

Document = dict[str, Any]
SORTS = ("priority", "-priority", "raisedAt", "-raisedAt", "updatedAt", "-updatedAt", "amount", "-amount")
_decode = msgspec.json.Decoder(Document).decode


class Page(NamedTuple):
    """Some alerts, and where the walk goes on; None: nowhere."""

    items: list[Document]
    after: tuple[object, ...] | None


class Review(NamedTuple):
    """Filters on what reviewers did."""

    assignee: tuple[str, ...] = ()
    """Names; an empty name: nobody."""
    suppressed: bool | None = False
    changed: bool | None = None


def listed(
    engine: Engine, wanted: AlertFilter, more: Review, sort: str, after: Sequence[object] | None, limit: int
) -> Page:
    """At most `limit` alerts in the order `sort`, alerts without an amount behind all others by amount.

    A walk by raisedAt gives every alert that stands throughout once. Each order but updatedAt is that of an index.
    """
    column, falling = _order(sort)
    query = select(alert).where(*conditions(wanted), *review_conditions(more))
    with reading(engine) as connection:
        rows: list[Any] = []
        if column is not alert.c.amount:
            rows += connection.execute(_part(query, column, falling, after).limit(limit + 1)).all()
        else:
            if after is None or after[0] is not None:
                stated = query.where(column.is_not(None))
                rows += connection.execute(_part(stated, column, falling, after).limit(limit + 1)).all()
            if len(rows) <= limit:
                beyond = alert.c.id > after[1] if after is not None and after[0] is None else true()
                rest = query.where(column.is_(None), beyond).order_by(alert.c.id)
                rows += connection.execute(rest.limit(limit + 1 - len(rows))).all()
        proposals = _proposals(connection, [row.id for row in rows[:limit]])
    items = [whole(row, proposals.get(row.id)) for row in rows[:limit]]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(items, None if last is None else (getattr(last, column.name), last.id))


def _part(query: Select[Any], column: Any, falling: bool, after: Sequence[object] | None) -> Select[Any]:
    """The walk by a column that has a value, from a place on."""
    if after is not None:
        place, here = tuple_(literal(after[0], column.type), literal(after[1])), tuple_(column, alert.c.id)
        query = query.where(here < place if falling else here > place)
    return query.order_by(*((column.desc(), alert.c.id.desc()) if falling else (column, alert.c.id)))


def count(engine: Engine, wanted: AlertFilter, more: Review) -> int:
    """How many alerts the filter lets through."""
    with reading(engine) as connection:
        query = select(func.count()).select_from(alert).where(*conditions(wanted), *review_conditions(more))
        return int(connection.execute(query).scalar() or 0)


def counts(engine: Engine, wanted: AlertFilter, more: Review, by: str) -> dict[str, int]:
    """How many by a column of the table: `rule`, `severity`, `review_status` ..."""
    column = alert.c[by]
    query = select(column, func.count()).where(*conditions(wanted), *review_conditions(more)).group_by(column)
    with reading(engine) as connection:
        return {str(value): int(number) for value, number in connection.execute(query)}


def one(engine: Engine, id: str) -> Document | None:
    """One alert with its review, by its whole id."""
    return some(engine, [id]).get(id)


def some(engine: Engine, ids: Sequence[str]) -> dict[str, Document]:
    """Alerts with their reviews, by id; those that there are."""
    with reading(engine) as connection:
        rows = connection.execute(select(alert).where(alert.c.id.in_(ids))).all()
        proposals = _proposals(connection, ids)
    return {row.id: whole(row, proposals.get(row.id)) for row in rows}


def whole(row: Any, proposal: str | None) -> Document:
    """The alert of the contract with `review` and `masked`."""
    document = with_review(_decode(row.document), row.review_status, row.disposition)
    changed = row.decided_revision is not None and row.decided_revision != row.revision
    document["review"] = {
        "assignee": row.assignee,
        "proposal": proposal,
        "suppressedBy": row.suppressed_by,
        "decidedRevision": row.decided_revision,
        "changed": changed,
        "priority": {
            "score": row.priority,
            "parts": [{"name": name, "points": points} for name, points in priority.parts(document)],
        },
    }
    document["masked"] = []
    return document


def _order(sort: str) -> tuple[Any, bool]:
    if sort.lstrip("-") == "priority":
        return alert.c.priority, True  # the highest first, in either spelling
    name = sort.lstrip("-")
    column = {"raisedAt": alert.c.raised_at, "updatedAt": alert.c.updated_at, "amount": alert.c.amount}[name]
    return column, sort.startswith("-")


def review_conditions(more: Review) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if more.assignee:
        names = [name for name in more.assignee if name]
        ways: list[ColumnElement[bool]] = [alert.c.assignee.in_(names)] if names else []
        if "" in more.assignee:
            ways.append(alert.c.assignee.is_(None))
        found.append(or_(*ways))
    if more.suppressed is not None:
        hidden = alert.c.suppressed_by
        found.append(hidden.is_not(None) if more.suppressed else hidden.is_(None))
    if more.changed is not None:
        since = and_(alert.c.decided_revision.is_not(None), alert.c.decided_revision != alert.c.revision)
        found.append(since if more.changed else ~since)
    return found


def _proposals(connection: Any, ids: Sequence[str]) -> dict[str, str]:
    """The open proposal on each alert."""
    query = (
        select(action_alert.c.alert, action.c.id)
        .join(action, action.c.id == action_alert.c.action)
        .where(action_alert.c.alert.in_(list(ids)), action.c.state == "proposed")
    )
    return {row.alert: row.id for row in connection.execute(query)} if ids else {}
