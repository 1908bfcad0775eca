"""The feed of `aiqyn.alerts`: every revision of every alert."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Engine, select

from aiqyn.schemas.routing import ALERTS
from aiqyn.services.kafka.feed_cursor import pending
from aiqyn.services.kafka.relay import Outgoing
from aiqyn.services.store.database import reading
from aiqyn.services.store.reads import with_review
from aiqyn.services.store.tables import alert, alert_revision
from aiqyn.streams.moments import rfc3339

CURSOR = "alerts"
_log = logging.getLogger("aiqyn.relay")


class AlertFeed:
    """Numbers follow each other without holes; whoever finds one waits: what belongs there is not to be seen yet."""

    name = CURSOR
    topic = ALERTS
    rest = 0.2

    def __init__(self, source: str) -> None:
        """`source` of the CloudEvents."""
        self._source = source

    def after(self, engine: Engine, position: int, most: int) -> Sequence[Outgoing]:
        query = (
            select(
                alert_revision.c.number,
                alert_revision.c.alert,
                alert_revision.c.revision,
                alert_revision.c.change,
                alert_revision.c.recorded_at,
                alert_revision.c.document,
                alert.c.review_status,
                alert.c.disposition,
            )
            .join(alert, alert.c.id == alert_revision.c.alert)
            .where(alert_revision.c.number > position)
            .order_by(alert_revision.c.number)
            .limit(most)
        )
        with reading(engine) as connection:
            rows = connection.execute(query).all()
        for place, row in enumerate(rows, start=position + 1):
            if row.number != place:  # passing it would lose it
                _log.warning("revision %d is not there yet", place)
                rows = rows[: place - position - 1]
                break
        return [Outgoing(row.number, row.alert, value(row), headers(row, self._source)) for row in rows]

    def sent(self, records: Sequence[Outgoing]) -> None:
        """Nothing more to do."""


def waiting(engine: Engine) -> int:
    """Revisions that are not on Kafka yet."""
    return pending(engine, CURSOR)


def headers(row: Any, source: str) -> list[tuple[str, bytes]]:
    """The CloudEvent's attributes; `row`: a revision."""
    attributes = {
        "specversion": "1.0",
        "id": f"{row.alert}-{row.revision}",
        "source": source,
        "type": f"coi.alert.{row.change}.v1",
        "time": rfc3339(row.recorded_at),
        "subject": row.alert,
    }
    return [
        *((f"ce_{name}", text.encode()) for name, text in attributes.items()),
        ("content-type", b"application/json"),
    ]


def value(row: Any) -> bytes:
    """The alert of the contract; `row`: a revision with the reviewers' fields."""
    document = msgspec.json.decode(row.document)
    return msgspec.json.encode(with_review(document, row.review_status, row.disposition))
