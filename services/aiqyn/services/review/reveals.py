"""The access log of restricted data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, Row, Select, and_, func, insert, or_, select

from aiqyn.services import moments
from aiqyn.services.audit import leaves
from aiqyn.services.store.database import reading, writing
from aiqyn.services.store.tables import reveal
from aiqyn.streams.moments import rfc3339


def record(engine: Engine, by: str, alert: str | None, entity: str | None, purpose: str) -> str:
    """Note that somebody is about to see something, before it is shown. The entry's id."""
    id, at = str(uuid4()), moments.now()
    row = {"id": id, "by": by, "at": at, "alert": alert, "entity": entity, "purpose": purpose}
    with writing(engine) as connection:
        connection.execute(insert(reveal).values(**row))
        leaves.record(connection, "reveal", id, {**row, "at": rfc3339(at)}, at)
    return id


def listed(
    engine: Engine, by: Sequence[str], alert: Sequence[str], after: tuple[int, str] | None, limit: int
) -> list[Row[Any]]:
    """Entries, newest first, those behind the place `after`."""
    query = _of(by, alert).order_by(reveal.c.at.desc(), reveal.c.id.desc()).limit(limit)
    if after is not None:
        at, id = after
        query = query.where(or_(reveal.c.at < at, and_(reveal.c.at == at, reveal.c.id < id)))
    with reading(engine) as connection:
        return list(connection.execute(query))


def number(engine: Engine, by: Sequence[str], alert: Sequence[str]) -> int:
    """How many entries there are."""
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(_of(by, alert).subquery())).scalar_one())


def _of(by: Sequence[str], alert: Sequence[str]) -> Select[Any]:
    query = select(reveal)
    if by:
        query = query.where(reveal.c.by.in_(by))
    return query.where(reveal.c.alert.in_(alert)) if alert else query


def shown(row: Row[Any]) -> dict[str, object]:
    return {
        "id": row.id, "by": row.by, "at": rfc3339(row.at), "alert": row.alert, "entity": row.entity,
        "purpose": row.purpose,
    }  # fmt: skip
