"""Who sent what by HTTP: events by their name, refused records in the quarantine."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Engine, func, select, text, update

from aiqyn.services.store.database import reading, writing
from aiqyn.services.store.event_name import event_name
from aiqyn.services.store.tables import quarantine

_SENT = text("INSERT INTO submission (name, account) VALUES (:name, :account) ON CONFLICT DO NOTHING")


def last_refusal(engine: Engine) -> int:
    """The number of the last refused record; 0: none."""
    with reading(engine) as connection:
        return last_refusal_in(connection)


def last_refusal_in(connection: Connection) -> int:
    """As `last_refusal`, in a transaction."""
    return connection.execute(select(func.max(quarantine.c.id))).scalar() or 0


def remember(engine: Engine, account: str, sent: Iterable[tuple[str, str]], refused_after: int | None) -> None:
    """Keep that the account sent these (source, id), and the records that were refused at the door `http` after that
    number."""
    rows = [{"name": event_name(*each), "account": account} for each in dict.fromkeys(sent)]
    with writing(engine) as connection:
        if rows:
            connection.execute(_SENT, rows)
        if refused_after is not None:
            name_refused(connection, account, refused_after)


def name_refused(connection: Connection, account: str, after: int) -> None:
    """The records that were refused at the door `http` after that number are of the account."""
    mine = (quarantine.c.id > after, quarantine.c.door == "http", quarantine.c.account.is_(None))
    connection.execute(update(quarantine).where(*mine).values(account=account))
