"""What the audit log commits to of accounts, keys and webhooks: their whole row, secrets as digests."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select

from aiqyn.services.audit import leaves
from aiqyn.services.store.tables import account, api_key
from aiqyn.streams.moments import rfc3339

Document = dict[str, Any]
_decode = msgspec.json.decode


def account_state(row: Row[Any]) -> Document:
    """A user as the log tells of it; `credential`: the digest of the password's hash."""
    return {
        "roles": _decode(row.roles),
        "person": row.person,
        "email": row.email,
        "credential": _digest(row.password),
        "disabled": bool(row.disabled),
        "createdAt": rfc3339(row.created_at),
        "subject": row.subject,
    }


def key_state(row: Row[Any]) -> Document:
    """A key as the log tells of it; `credential`: the hash by which it is known."""
    return {
        "user": row.account,
        "credential": bytes(row.hash).hex(),
        "scopes": _decode(row.scopes),
        "sources": _decode(row.sources),
        "createdAt": rfc3339(row.created_at),
        "expires": _instant(row.expires_at),
        "revoked": _instant(row.revoked_at),
        "replaces": row.replaces,
    }


def webhook_state(row: Row[Any]) -> Document:
    """A webhook as the log tells of it; `credential`: the digest of its secrets."""
    return {
        "owner": row.owner,
        "url": row.url,
        "types": _decode(row.types),
        "filter": _decode(row.filter),
        "credential": [_digest(row.secret), _digest(row.old_secret)],
        "oldUntil": _instant(row.old_until),
        "enabled": bool(row.enabled),
        "disabledReason": row.disabled_reason,
        "createdAt": rfc3339(row.created_at),
    }


def tell_account(connection: Connection, by: str, name: str, what: str, at: int, **more: object) -> None:
    """A leaf about what became of a user, in the transaction that changed the row."""
    row = connection.execute(select(account).where(account.c.name == name)).one()
    told = {"account": name, "what": what, "by": by, "at": rfc3339(at), **more, "state": account_state(row)}
    leaves.record(connection, "account", name, told, at)


def tell_key(connection: Connection, by: str, id: str, what: str, at: int) -> None:
    """A leaf about what became of a key, in the transaction that changed the row."""
    row = connection.execute(select(api_key).where(api_key.c.id == id)).one()
    told = {"account": row.account, "what": what, "by": by, "at": rfc3339(at), "key": id, "state": key_state(row)}
    leaves.record(connection, "account", row.account, told, at)


def tell_webhook(connection: Connection, by: str, row: Row[Any], what: str, at: int, *, gone: bool = False) -> None:
    """A leaf about what became of a webhook, which takes data out of the house; `gone`: it is no more."""
    state = None if gone else webhook_state(row)
    told = {"webhook": row.id, "what": what, "by": by, "at": rfc3339(at), "state": state}
    leaves.record(connection, "account", row.id, told, at)


def _digest(secret: str | None) -> str | None:
    return None if secret is None else hashlib.sha256(secret.encode()).hexdigest()


def _instant(at: int | None) -> str | None:
    return None if at is None else rfc3339(at)
