"""What is to be sent, was sent, or could not be: a row for each revision and webhook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, Row, func, insert, select, update

from aiqyn.services import moments
from aiqyn.services.store.database import reading, writing
from aiqyn.services.store.tables import alert_revision, delivery, webhook
from aiqyn.services.webhooks.matching import matches
from aiqyn.streams.moments import rfc3339

_PAGE = 500
STATES = ("delivered", "pending", "failed")
_decode = msgspec.json.Decoder(dict[str, Any]).decode


def body(event: str, kind: str, at: int, source: str, data: Mapping[str, Any]) -> bytes:
    """A thin CloudEvent: that something happened, and where to read it; nothing about a person."""
    return msgspec.json.encode(
        {
            "specversion": "1.0",
            "id": event,
            "source": source,
            "type": kind,
            "time": rfc3339(at),
            "datacontenttype": "application/json",
            "data": data,
        }
    )


def of_revision(row: Row[Any], alert: Mapping[str, Any], source: str, base_url: str) -> tuple[str, bytes]:
    """The id of the event of a revision, and its body."""
    data = {
        "alert": row.alert,
        "revision": row.revision,
        "rule": alert["rule"],
        "severity": alert["severity"],
        "dataState": alert["dataState"],
        "url": f"{base_url}/alerts/{row.alert}",
    }
    event = f"{row.alert}-{row.revision}"
    return event, body(event, f"coi.alert.{row.change}.v1", row.recorded_at, source, data)


def queue(connection: Connection, rows: list[Row[Any]], source: str, base_url: str, now: int) -> int:
    """Queue revisions for everybody who wants them, but nothing from before a webhook was made. How many."""
    wanted = connection.execute(select(webhook).where(webhook.c.enabled)).all()
    if not wanted:
        return 0
    subscribers = [(each, msgspec.json.decode(each.types), msgspec.json.decode(each.filter)) for each in wanted]
    made: list[dict[str, Any]] = []
    for row in rows:
        alert = _decode(row.document)
        for each, types, filter in subscribers:
            if row.recorded_at >= each.created_at and matches(types, filter, row.change, alert):
                event, content = of_revision(row, alert, source, base_url)
                made.append(_new(each.id, event, content, now))
    if made:
        connection.execute(insert(delivery), made)
    return len(made)


def replay(engine: Engine, hook: Row[Any], since: int, source: str, base_url: str) -> int:
    """Queue all that the webhook wants and was recorded since then, delivered or not, from its first try on."""
    types, filter = msgspec.json.decode(hook.types), msgspec.json.decode(hook.filter)
    now, number = moments.now(), 0
    for page in _since(engine, since):
        events = dict(
            of_revision(row, alert, source, base_url)
            for row in page
            if matches(types, filter, row.change, alert := _decode(row.document))
        )
        if events:
            _again(engine, hook.id, events, now)
            number += len(events)
    return number


def _since(engine: Engine, since: int) -> Iterator[list[Row[Any]]]:
    last = 0
    while True:
        query = (
            select(alert_revision)
            .where(alert_revision.c.number > last, alert_revision.c.recorded_at >= since)
            .order_by(alert_revision.c.number)
            .limit(_PAGE)
        )
        with reading(engine) as connection:
            page = list(connection.execute(query))
        if not page:
            return
        last = page[-1].number
        yield page


def _again(engine: Engine, id: str, events: Mapping[str, bytes], now: int) -> None:
    mine = delivery.c.webhook == id, delivery.c.event.in_(list(events))
    with writing(engine) as connection:
        known = set(connection.execute(select(delivery.c.event).where(*mine)).scalars())
        connection.execute(
            update(delivery).where(*mine).values(state="pending", attempts=0, next_at=now, last_error=None)
        )
        fresh = [_new(id, event, content, now) for event, content in events.items() if event not in known]
        if fresh:
            connection.execute(insert(delivery), fresh)


def _new(hook: str, event: str, content: bytes, now: int) -> dict[str, Any]:
    return {
        "webhook": hook, "event": event, "body": content, "state": "pending", "attempts": 0, "next_at": now,
        "last_status": None, "last_error": None, "created_at": now,
    }  # fmt: skip


def listed(engine: Engine, hook: str, states: Sequence[str], after: int | None, limit: int) -> list[Row[Any]]:
    """Deliveries of a webhook in any of the states (none named: all), newest first, those before the row `after`."""
    query = select(delivery).where(*_wanted(hook, states)).order_by(delivery.c.id.desc()).limit(limit)
    if after is not None:
        query = query.where(delivery.c.id < after)
    with reading(engine) as connection:
        return list(connection.execute(query))


def count(engine: Engine, hook: str, states: Sequence[str]) -> int:
    """How many there are."""
    with reading(engine) as connection:
        query = select(func.count()).select_from(delivery).where(*_wanted(hook, states))
        return int(connection.execute(query).scalar_one())


def _wanted(hook: str, states: Sequence[str]) -> list[ColumnElement[bool]]:
    return [delivery.c.webhook == hook, *([delivery.c.state.in_(states)] if states else [])]


def shown(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "event": row.event,
        "state": row.state,
        "attempts": row.attempts,
        "nextAt": None if row.next_at is None else rfc3339(row.next_at),
        "lastStatus": row.last_status,
        "lastError": row.last_error,
        "createdAt": rfc3339(row.created_at),
    }
