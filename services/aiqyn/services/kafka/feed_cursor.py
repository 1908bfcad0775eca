"""How far one follower of the feed of alert revisions has come, and who follows: a lease with an epoch."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from aiqyn.services.store.database import reading, writing
from aiqyn.services.store.tables import alert_revision, cursor
from aiqyn.services.store.turns import clock

_SECOND = 1_000_000


class Held(NamedTuple):
    """A lease that was given."""

    position: int
    """The last number that is dealt with; 0: none."""
    epoch: int


class FeedCursor:
    """The row of one follower in `cursor`. Methods raise StoreUnavailable and change nothing then."""

    def __init__(self, engine: Engine, name: str, owner: str, seconds: float) -> None:
        """`seconds`: how long a lease holds without being renewed, by the database's clock."""
        self._engine = engine
        self._name = name
        self._owner = owner
        self._span = int(seconds * _SECOND)

    def claim(self) -> Held | None:
        """Take the lease if nobody holds it, or its holder gave no sign for too long; None: another one follows."""
        with reading(self._engine) as connection:
            row = self._row(connection)
            if row is not None and self._is_anothers(row, clock(connection)):
                return None
        with writing(self._engine) as connection:
            row = self._row(connection)
            now = clock(connection)
            if row is None:
                return self._begin(connection, now)
            if self._is_anothers(row, now):
                return None
            taken = connection.execute(
                update(cursor)
                .where(cursor.c.name == self._name, cursor.c.epoch == row.epoch)
                .where(or_(cursor.c.owner.is_(None), cursor.c.owner == self._owner, cursor.c.until < now))
                .values(owner=self._owner, epoch=row.epoch + 1, until=now + self._span)
            )
            return Held(row.position, row.epoch + 1) if taken.rowcount == 1 else None

    def _begin(self, connection: Connection, now: int) -> Held | None:
        try:
            with connection.begin_nested():
                connection.execute(
                    cursor.insert().values(
                        name=self._name, position=0, owner=self._owner, epoch=1, until=now + self._span
                    )
                )
        except IntegrityError:  # somebody was faster
            return None
        return Held(0, 1)

    def _row(self, connection: Connection) -> Any:
        return connection.execute(select(cursor).where(cursor.c.name == self._name)).one_or_none()

    def _is_anothers(self, row: Any, now: int) -> bool:
        return row.owner is not None and row.owner != self._owner and bool(row.until >= now)

    def renew(self, held: Held) -> bool:
        """Hold the lease longer. False: it is another one's now."""
        return self.advance(held, held.position) is not None

    def advance(self, held: Held, to: int) -> Held | None:
        """Move to a number, if the lease is still ours and nobody moved meanwhile. None: it is another one's now."""
        with writing(self._engine) as connection:
            moved = connection.execute(
                update(cursor)
                .where(
                    cursor.c.name == self._name,
                    cursor.c.owner == self._owner,
                    cursor.c.epoch == held.epoch,
                    cursor.c.position == held.position,
                )
                .values(position=to, until=clock(connection) + self._span)
            )
        return Held(to, held.epoch) if moved.rowcount == 1 else None

    def holds(self, held: Held) -> bool:
        """Whether the lease is still ours and nobody moved its position. Writes nothing."""
        with reading(self._engine) as connection:
            row = self._row(connection)
        return row is not None and (row.owner, row.epoch, row.position) == (self._owner, held.epoch, held.position)

    def release(self, held: Held) -> None:
        """Let another one follow at once."""
        with writing(self._engine) as connection:
            connection.execute(
                update(cursor)
                .where(cursor.c.name == self._name, cursor.c.owner == self._owner, cursor.c.epoch == held.epoch)
                .values(owner=None, until=0)
            )


def pending(engine: Engine, name: str) -> int:
    """Revisions that a follower has not dealt with yet."""
    with reading(engine) as connection:
        last = connection.execute(select(func.max(alert_revision.c.number))).scalar() or 0
        position = connection.execute(select(cursor.c.position).where(cursor.c.name == name)).scalar() or 0
    return max(0, last - position)
