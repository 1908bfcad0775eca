"""Subscriptions: who wants which revisions sent where. A webhook is its owner's, an administrator's too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import msgspec
from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from aiqyn.services import moments
from aiqyn.services.audit import states
from aiqyn.services.store.database import reading, writing
from aiqyn.services.store.tables import delivery, webhook
from aiqyn.services.webhooks import signing
from aiqyn.services.webhooks.errors import BadWebhook, UnknownWebhook
from aiqyn.services.webhooks.matching import checked_filter, checked_types
from aiqyn.services.webhooks.targets import BadTarget, addresses, parse
from aiqyn.streams.moments import rfc3339

OVERLAP = 24 * 3600 * 1_000_000
"""Microseconds for which both secrets sign after a rotation."""
_MOST = 100
"""Webhooks of one owner."""
Document = dict[str, Any]


def add(
    engine: Engine, owner: str, url: str, types: list[str], wanted: Mapping[str, str | list[str]], allow_private: bool
) -> Document:
    """Make a webhook; its secret is in the answer, this once. Raises BadWebhook."""
    _check_target(url, allow_private)
    chosen, filter = checked_types(types), checked_filter(wanted)
    now, secret = moments.now(), signing.secret()
    row = {
        "id": str(uuid4()), "owner": owner, "url": url, "types": _text(chosen), "filter": _text(filter),
        "secret": secret, "old_secret": None, "old_until": None, "enabled": True, "disabled_reason": None,
        "created_at": now,
    }  # fmt: skip
    with writing(engine) as connection:
        if len(connection.execute(select(webhook.c.id).where(webhook.c.owner == owner)).all()) >= _MOST:
            raise BadWebhook(f"one user has at most {_MOST} webhooks", "")
        connection.execute(insert(webhook).values(**row))
        made = _row(connection, str(row["id"]), owner)
        states.tell_webhook(connection, owner, made, "webhook added", now)
    return {**shown(made), "secret": secret}


def every(engine: Engine, owner: str | None) -> list[Document]:
    """The webhooks of an owner, oldest first; None: everybody's."""
    query = select(webhook).order_by(webhook.c.created_at, webhook.c.id)
    if owner is not None:
        query = query.where(webhook.c.owner == owner)
    with reading(engine) as connection:
        return [shown(row) for row in connection.execute(query)]


def one(engine: Engine, id: str, owner: str | None) -> Row[Any]:
    """A webhook, whole. Raises UnknownWebhook."""
    with reading(engine) as connection:
        return _row(connection, id, owner)


def change(
    engine: Engine, by: str, id: str, owner: str | None, members: Mapping[str, Any], allow_private: bool
) -> Document:
    """Change `url`, `types`, `filter` or `enabled`. Raises BadWebhook, UnknownWebhook."""
    values: dict[str, Any] = {}
    if "url" in members:
        _check_target(members["url"], allow_private)
        values["url"] = members["url"]
    if "types" in members:
        values["types"] = _text(checked_types(members["types"]))
    if "filter" in members:
        values["filter"] = _text(checked_filter(members["filter"]))
    if "enabled" in members:
        values["enabled"] = members["enabled"]
        values["disabled_reason"] = None if members["enabled"] else "switched off by its owner"
    with writing(engine) as connection:
        _row(connection, id, owner)
        if values:
            connection.execute(update(webhook).where(webhook.c.id == id).values(**values))
        row = _row(connection, id, owner)
        states.tell_webhook(connection, by, row, "webhook changed", moments.now())
    return shown(row)


def rotate(engine: Engine, by: str, id: str, owner: str | None) -> Document:
    """A new secret; the old one signs for 24 hours beside it. Raises UnknownWebhook."""
    now, secret = moments.now(), signing.secret()
    with writing(engine) as connection:
        row = _row(connection, id, owner)
        connection.execute(
            update(webhook)
            .where(webhook.c.id == id)
            .values(secret=secret, old_secret=row.secret, old_until=now + OVERLAP)
        )
        row = _row(connection, id, owner)
        states.tell_webhook(connection, by, row, "webhook secret rotated", now)
    return {**shown(row), "secret": secret}


def remove(engine: Engine, by: str, id: str, owner: str | None) -> None:
    """Forget a webhook and its deliveries. Raises UnknownWebhook."""
    with writing(engine) as connection:
        row = _row(connection, id, owner)
        connection.execute(delete(delivery).where(delivery.c.webhook == id))
        connection.execute(delete(webhook).where(webhook.c.id == id))
        states.tell_webhook(connection, by, row, "webhook removed", moments.now(), gone=True)


def secrets(row: Row[Any], now: int) -> list[str]:
    """The secrets that sign at an instant, the newest first."""
    old = row.old_secret is not None and row.old_until is not None and row.old_until > now
    return [row.secret, row.old_secret] if old else [row.secret]


def shown(row: Row[Any]) -> Document:
    """A webhook as its owner sees it, without secrets."""
    return {
        "id": row.id,
        "owner": row.owner,
        "url": row.url,
        "types": msgspec.json.decode(row.types),
        "filter": msgspec.json.decode(row.filter),
        "enabled": row.enabled,
        "disabledReason": row.disabled_reason,
        "createdAt": rfc3339(row.created_at),
    }


def _row(connection: Connection, id: str, owner: str | None) -> Row[Any]:
    row = connection.execute(select(webhook).where(webhook.c.id == id)).one_or_none()
    if row is None or (owner is not None and row.owner != owner):
        raise UnknownWebhook("there is no webhook of this id that is yours")
    return row


def _check_target(url: str, allow_private: bool) -> None:
    try:
        addresses(parse(url, allow_private), allow_private)
    except BadTarget as error:
        raise BadWebhook(f"url: {error}", "/url") from None


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()
