"""First answers to requests that carry an Idempotency-Key, kept for 24 hours.

A request whose outcome is not known keeps its key: made again it bears the same id, and finds what it did before.
"""

from __future__ import annotations

from typing import Literal, NamedTuple
from uuid import UUID, uuid5

import msgspec
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from aiqyn.services import moments
from aiqyn.services.store.database import writing
from aiqyn.services.store.tables import idempotency

_MICRO = 1_000_000
_KEPT = 24 * 3600 * _MICRO
_LOST_AFTER = 120 * _MICRO
"""A request that has run for so long died with its process: what it did is not known."""
_UNKNOWN = 0
"""Instead of a status: the request ended, and what it did is not known."""
_NAMESPACE = UUID("0f6c9d0e-7c52-5d0a-9a5c-6a1f2b6f6a11")


class Answer(NamedTuple):
    """An answer as it was given."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Run(NamedTuple):
    """The request is to be made, for the first time or again after an unknown outcome."""

    id: str
    """The same each time: what the request makes is named by it."""
    at: int
    """When it was first made, in microseconds."""


Begun = Answer | Run | Literal["other", "running"]


def begin(engine: Engine, account: str, key: str, request: bytes) -> Begun:
    """Begin a request, or what became of the one that had this key first. `request`: what tells it from others."""
    now = moments.now()
    table = idempotency
    mine = (table.c.account == account) & (table.c.key == key)
    try:
        with writing(engine) as connection:
            connection.execute(delete(table).where(table.c.at <= now - _KEPT))
            row = connection.execute(select(table).where(mine)).one_or_none()
            if row is None:
                connection.execute(insert(table).values(account=account, key=key, request=request, at=now))
                return _run(account, key, now)
            if bytes(row.request) == request and row.status == _UNKNOWN:
                again = update(table).where(mine, table.c.status == _UNKNOWN).values(status=None)
                return _run(account, key, row.at) if connection.execute(again).rowcount else "running"
    except IntegrityError:
        return "running"  # another one began it at the same moment
    if bytes(row.request) != request:
        return "other"
    if row.status is None:
        return _run(account, key, row.at) if row.at <= now - _LOST_AFTER else "running"
    return Answer(row.status, msgspec.json.decode(row.headers, type=list[tuple[str, str]]), bytes(row.body))


def _run(account: str, key: str, at: int) -> Run:
    return Run(str(uuid5(_NAMESPACE, f"{account}\0{key}\0{at}")), at)


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


def unknown(engine: Engine, account: str, key: str) -> None:
    """The request ended, and nobody knows what it did."""
    mine = (idempotency.c.account == account) & (idempotency.c.key == key)
    with writing(engine) as connection:
        connection.execute(update(idempotency).where(mine).values(status=_UNKNOWN))
