"""What waits for a second person, and what is hidden: proposals and suppressions as people look for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Engine, func, select

from aiqyn.services.review.suppressions import scope
from aiqyn.services.store.database import reading
from aiqyn.services.store.tables import action, alert, suppression

Document = dict[str, Any]
_decode = msgspec.json.Decoder(Document).decode


def proposals(engine: Engine) -> list[Document]:
    """Every proposal that waits, oldest first."""
    with reading(engine) as connection:
        query = select(action.c.document).where(action.c.state == "proposed").order_by(action.c.number)
        return [_whole(_decode(row.document)) for row in connection.execute(query)]


def waiting(engine: Engine) -> int:
    """How many proposals wait."""
    with reading(engine) as connection:
        query = select(func.count()).select_from(action).where(action.c.state == "proposed")
        return int(connection.execute(query).scalar() or 0)


def suppressions(engine: Engine) -> list[Document]:
    """Every suppression that was approved, those in force first, each with how many alerts it hides: `scope`,
    `expires`, `active`, `hides` beside the members of its action."""
    with reading(engine) as connection:
        hidden = select(alert.c.suppressed_by, func.count()).group_by(alert.c.suppressed_by)
        numbers: dict[str | None, int] = dict(connection.execute(hidden).tuples().all())
        query = select(suppression, action.c.document).join(action, action.c.id == suppression.c.action)
        rows = connection.execute(query.order_by(suppression.c.active.desc(), suppression.c.expires)).all()
    return [{**_whole(_decode(row.document)), **_of(row), "hides": numbers.get(row.action, 0)} for row in rows]


def suppression_of(engine: Engine, id: str | None) -> Document | None:
    """The suppression that hides an alert; None: nothing does."""
    if id is None:
        return None
    with reading(engine) as connection:
        query = select(suppression, action.c.document).join(action, action.c.id == suppression.c.action)
        row = connection.execute(query.where(suppression.c.action == id)).one_or_none()
    return None if row is None else {**_whole(_decode(row.document)), **_of(row)}


def _of(row: Any) -> Document:
    return {"scope": scope(row), "expires": row.expires, "active": row.active}


def _whole(document: Mapping[str, Any]) -> Document:
    return {"disposition": None, "reason": "", "scope": None, "expires": None, **document}
