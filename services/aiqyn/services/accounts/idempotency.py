"""First answers to requests that carry an Idempotency-Key, kept for 24 hours."""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from aiqyn.services import moments
from aiqyn.services.store.database import writing
from aiqyn.services.store.tables import idempotency

_MICRO = 1_000_000
_KEPT = 24 * 3600 * _MICRO
_LOST_AFTER = 120 * _MICRO
"""A request that has run for so long died with its process: it may be made again."""


class Answer(NamedTuple):
    """An answer as it was given."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


Begun = Answer | Literal["new", "other", "running"]


def begin(engine: Engine, account: str, key: str, request: bytes) -> Begun:
    """Begin a request, or what became of the one that had this key first. `request`: what tells it from others."""
    now = moments.now()
    table = idempotency
    mine = (table.c.account == account) & (table.c.key == key)
    try:
        with writing(engine) as connection:
            connection.execute(delete(table).where(table.c.at <= now - _KEPT))
            connection.execute(delete(table).where(mine, table.c.status.is_(None), table.c.at <= now - _LOST_AFTER))
            row = connection.execute(select(table).where(mine)).one_or_none()
            if row is None:
                connection.execute(insert(table).values(account=account, key=key, request=request, at=now))
                return "new"
    except IntegrityError:
        return "running"  # another one began it at the same moment
    if bytes(row.request) != request:
        return "other"
    if row.status is None:
        return "running"
    return Answer(row.status, msgspec.json.decode(row.headers, type=list[tuple[str, str]]), bytes(row.body))


def finish(engine: Engine, account: str, key: str, answer: Answer | None) -> None:
    """Keep the answer; None: nothing happened, the request may be made again."""
    table = idempotency
    mine = (table.c.account == account) & (table.c.key == key)
    with writing(engine) as connection:
        if answer is None:
            connection.execute(delete(table).where(mine))
            return
        headers = msgspec.json.encode(answer.headers).decode()
        connection.execute(update(table).where(mine).values(status=answer.status, headers=headers, body=answer.body))
