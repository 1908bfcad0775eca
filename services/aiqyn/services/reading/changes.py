"""The feed of alert revisions, in the order in which they were committed, as the CloudEvents of `aiqyn.alerts`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Engine, func, select

from aiqyn.services.store.database import reading
from aiqyn.services.store.reads import with_review
from aiqyn.services.store.tables import alert, alert_revision
from aiqyn.streams.moments import rfc3339

_decode = msgspec.json.Decoder(dict[str, Any]).decode


def feed(engine: Engine, after: int, limit: int, source: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Revisions beyond number `after`, at most `limit`: their numbers and their events."""
    query = (
        select(alert_revision, alert.c.review_status, alert.c.disposition)
        .join(alert, alert.c.id == alert_revision.c.alert)
        .where(alert_revision.c.number > after)
        .order_by(alert_revision.c.number)
        .limit(limit)
    )
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    for row in rows:
        yield row.number, event(row, source)


def number_of(engine: Engine) -> int:
    """How many revisions there are."""
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(alert_revision)).scalar_one())


def event(row: Any, source: str) -> dict[str, Any]:
    """The CloudEvent of one revision: `id` is `<alert>-<revision>`, `subject` the alert."""
    return {
        "specversion": "1.0",
        "id": f"{row.alert}-{row.revision}",
        "source": source,
        "type": f"coi.alert.{row.change}.v1",
        "subject": row.alert,
        "time": rfc3339(row.recorded_at),
        "datacontenttype": "application/json",
        "data": with_review(_decode(row.document), row.review_status, row.disposition),
    }
