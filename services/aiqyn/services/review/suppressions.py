"""Suppressions: what matches is hidden from the queue, now and later, until it expires."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, exists, insert, select, update

from aiqyn.services.review import rows
from aiqyn.services.store.alert_rows import indexed_entity
from aiqyn.services.store.database import reading, writing
from aiqyn.services.store.tables import alert, alert_entity, suppression

Document = dict[str, Any]


def begin(connection: Connection, id: str, scope: Mapping[str, Any], expires: str) -> None:
    """Hide every alert that the scope matches; `id` is the action that was approved."""
    persons = scope.get("persons")
    connection.execute(
        insert(suppression).values(
            action=id, rule=scope["rule"], company=scope.get("company"), buyer=scope.get("buyer"),
            persons=msgspec.json.encode(sorted(persons)).decode() if persons else None, expires=expires, active=True,
        )
    )  # fmt: skip
    _hide(connection, id, scope)


def end(connection: Connection, id: str) -> None:
    """Nothing is hidden by it any more."""
    connection.execute(update(alert).where(alert.c.suppressed_by == id).values(suppressed_by=None))
    connection.execute(update(suppression).where(suppression.c.action == id).values(active=False))


def refresh(engine: Engine, at: datetime | None = None) -> None:
    """Hide what was raised since, and show what suppressions that ran out had hidden. Cheap where there are none.

    A suppression holds to the end of its last day, in UTC. Call it before the queue is read. `at`: instead of now.
    """
    today = (at or datetime.now(UTC)).astimezone(UTC).date().isoformat()
    with reading(engine) as connection:
        active = connection.execute(select(suppression).where(suppression.c.active)).all()
        wanted = [(row.action, scope(row)) for row in active if row.expires >= today]
        over = [row.action for row in active if row.expires < today]
        fresh = {id: found for id, what in wanted if (found := _matching(connection, what))}
    if not fresh and not over:
        return
    with writing(engine) as connection:
        for id in over:
            end(connection, id)
        for id, what in wanted:
            still = connection.execute(select(suppression.c.active).where(suppression.c.action == id)).scalar()
            if id in fresh and still:
                _hide(connection, id, what)


def scope(row: Any) -> Document:
    """The scope of a row of `suppression`."""
    found: Document = {"rule": row.rule}
    if row.company:
        found["company"] = row.company
    if row.buyer:
        found["buyer"] = row.buyer
    if row.persons:
        found["persons"] = msgspec.json.decode(row.persons)
    return found


def subjects(connection: Connection, scope: Mapping[str, Any]) -> list[Document]:
    """Whom a suppression is about: the alerts that it would hide now and, with the id "", the scope itself."""
    company = scope.get("company")
    own = {
        "id": "", "persons": scope.get("persons") or [], "companies": [company] if company else [],
        "buyer": scope.get("buyer"), "paths": [],
    }  # fmt: skip
    found = [own]
    for some in rows.pages(_matching(connection, scope)):
        documents = connection.execute(select(alert.c.document).where(alert.c.id.in_(some))).scalars()
        found += [msgspec.json.decode(each) for each in documents]
    return found


def _matching(connection: Connection, scope: Mapping[str, Any]) -> list[str]:
    """Alerts of the scope that nothing hides yet, by the index of who stands in them."""
    query = select(alert.c.id).where(alert.c.rule == scope["rule"], alert.c.suppressed_by.is_(None))
    for role, names in _named(scope):
        for name in names:
            stands = alert_entity.c.entity == indexed_entity(name), alert_entity.c.role == role
            query = query.where(exists().where(alert_entity.c.alert == alert.c.id, *stands))
    return list(connection.execute(query).scalars())


def _named(scope: Mapping[str, Any]) -> Iterator[tuple[str, Sequence[str]]]:
    for role, member in (("company", "company"), ("buyer", "buyer")):
        if scope.get(member):
            yield role, [scope[member]]
    yield "person", scope.get("persons") or ()


def _hide(connection: Connection, id: str, scope: Mapping[str, Any]) -> None:
    rows.change(connection, [{"id": each, "suppressed_by": id} for each in _matching(connection, scope)])
