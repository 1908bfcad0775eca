"""Transactions that take turns across processes: one at a time of each kind, and each sees what the last one wrote."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from sqlalchemy import Connection, Engine, text

from aiqyn.services import moments
from aiqyn.services.store.database import is_sqlite, writing

Turn = Literal["ledger", "feed", "shards", "rules"]
"""`ledger`: numbers of events; `feed`: numbers of revisions; `shards`: who judges which part; `rules`: their leaves."""

_KEYS: dict[Turn, int] = {"ledger": 1, "feed": 2, "shards": 3, "rules": 4}
_CLASS = 3
"""First key of these advisory locks; 1 and 2 belong to the lock of engines."""


@contextmanager
def taking_turns(engine: Engine, turn: Turn) -> Iterator[Connection]:
    """A transaction that waits for its turn, committed at the end: all of it or nothing. Raises StoreUnavailable."""
    if is_sqlite(engine):
        with writing(engine) as connection:
            yield connection
        return
    # Not REPEATABLE READ: its snapshot would be as old as the wait for the turn.
    with writing(engine, read_committed=True) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:kind, :key)"), {"kind": _CLASS, "key": _KEYS[turn]})
        yield connection


def clock(connection: Connection) -> int:
    """The database's clock, the same for all workers: microseconds since 1970 UTC."""
    if is_sqlite(connection):
        return moments.now()
    seconds = connection.execute(text("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")).scalar_one()
    return int(seconds)
