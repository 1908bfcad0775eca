"""What happened to an alert: its revisions and what people did, newest first."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Engine, select

from aiqyn.services.store.database import reading
from aiqyn.services.store.tables import action, action_alert, alert_revision
from aiqyn.streams.moments import rfc3339

Document = dict[str, Any]
_EMPTY = {"revision": None, "change": None, "kind": None, "state": None, "by": None, "disposition": None, "text": None,
          "reason": None, "undoable": False, "id": None}  # fmt: skip


def entries(engine: Engine, id: str, me: str, supervisor: bool) -> list[Document]:
    """Every revision and every action, as the page of the alert lists them."""
    with reading(engine) as connection:
        revisions = connection.execute(
            select(alert_revision.c.revision, alert_revision.c.change, alert_revision.c.recorded_at).where(
                alert_revision.c.alert == id
            )
        ).all()
        actions = connection.execute(
            select(action).join(action_alert, action_alert.c.action == action.c.id).where(action_alert.c.alert == id)
        ).all()
    found: list[Document] = [
        {**_EMPTY, "at": rfc3339(row.recorded_at), "revision": row.revision, "change": row.change} for row in revisions
    ]
    last = max((row.number for row in actions if row.kind not in ("comment", "reply")), default=0)
    for row in actions:
        document = msgspec.json.decode(row.document)
        mine = row.number == last and row.state in ("done", "proposed") and (row.by == me or supervisor)
        kept = {name: document.get(name) for name in ("kind", "state", "by", "disposition", "text", "reason", "id")}
        found.append({**_EMPTY, **kept, "at": rfc3339(row.at), "undoable": mine})
    return sorted(found, key=lambda entry: (entry["at"], entry["revision"] or 0), reverse=True)


def proposal(engine: Engine, id: str | None) -> Document | None:
    """An action that waits for a second person."""
    if id is None:
        return None
    with reading(engine) as connection:
        found = connection.execute(select(action.c.document).where(action.c.id == id)).scalar()
    return None if found is None else {"disposition": None, "reason": "", **msgspec.json.decode(found)}
