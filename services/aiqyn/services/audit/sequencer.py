"""Gives leaves their places in the log and signs checkpoints: one owner at a time, one transaction a step."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, func, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from aiqyn.services import moments
from aiqyn.services.audit import leaves, merkle, notes, witnesses
from aiqyn.services.audit.notes import Checkpoint, Signer
from aiqyn.services.audit.tiles import Tiles
from aiqyn.services.keys import Keys
from aiqyn.services.metrics import LEAVES
from aiqyn.services.settings import Settings
from aiqyn.services.store import reads, statements
from aiqyn.services.store.database import is_sqlite, reading, writing
from aiqyn.services.store.errors import StoreError
from aiqyn.services.store.tables import checkpoint, cursor, leaf

_AT_ONCE = 5_000  # leaves in one transaction
_PATIENCE = 20  # attempts against other owners
_LAST = 5  # seconds for the last round; what it does not do, the next start does
_NAME = "leaves"
_log = logging.getLogger(__name__)


def signer_of(settings: Settings, engine: Engine) -> Signer:
    """The key of the database's log. Raises BadKeys, BadSetting."""
    return notes.signer(settings, Keys(settings.keys_dir), reads.described(engine)["id"])


def advance(engine: Engine, signer: Signer) -> str:
    """Put every leaf that is committed into the log; the note of the newest checkpoint, signed by the log.

    Several processes may call it at once: each leaf gets one place. Raises StoreUnavailable.
    """
    for attempt in range(_PATIENCE):
        try:
            while True:
                with writing(engine) as connection:
                    number, note = _step(connection, signer)
                if number:
                    LEAVES.inc(number)
                if number < _AT_ONCE:
                    return note
        except (DBAPIError, StoreError) as error:
            # PostgreSQL lets one of two owners through and ends the other's transaction.
            if attempt == _PATIENCE - 1 or (isinstance(error, DBAPIError) and not isinstance(error, IntegrityError)):
                raise
            threading.Event().wait(0.01 * (attempt + 1))
    raise AssertionError  # the loop returns or raises


def last(connection: Connection) -> str | None:
    """The note of the newest checkpoint; None: there is none yet."""
    query = select(checkpoint.c.note).order_by(checkpoint.c.size.desc()).limit(1)
    note: str | None = connection.execute(query).scalar()
    return note


class Sequencer:
    """Advances the log again and again, and shows its checkpoints to the witnesses."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        """Raises BadKeys, BadSetting."""
        self._engine = engine
        self._interval = settings.audit_interval
        self._signer = signer_of(settings, engine)
        self._witnesses = [witnesses.Witness.of(key, url) for key, url in settings.audit_witnesses]

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop, then once more: what was committed before is in the log."""
        while True:
            ended = stop.wait(self._interval)
            self.once()
            if ended:
                return

    def once(self) -> None:
        """One round; trouble is logged and left to the next."""
        try:
            advance(self._engine, self._signer)
        except (StoreError, DBAPIError) as error:
            _log.warning("the audit log waits: %s", error)
            return
        except Exception:
            # the thread lives on: an audit log that nobody advances would not be noticed
            _log.exception("the audit log waits after a failure")
            return
        for witness in self._witnesses:
            witnesses.show(self._engine, self._signer, witness)


@contextmanager
def sequencing(settings: Settings, engine: Engine) -> Iterator[None]:
    """A thread that advances the log while the block runs, and once at its end. Raises BadKeys, BadSetting."""
    stop = threading.Event()
    thread = threading.Thread(target=Sequencer(settings, engine).run, args=(stop,), name="audit log", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_LAST)


def pending(engine: Engine) -> int:
    """Leaves that have no place yet."""
    with reading(engine) as connection:
        return connection.execute(select(func.count()).where(leaf.c.index.is_(None))).scalar() or 0


def _step(connection: Connection, signer: Signer) -> tuple[int, str]:
    size = _taken(connection)
    query = select(leaf.c.id, leaf.c.kind, leaf.c.at, leaf.c.ref, leaf.c.commitment).where(leaf.c.index.is_(None))
    rows = connection.execute(query.order_by(leaf.c.id).limit(_AT_ONCE)).all()
    tiles = Tiles(connection)
    if rows:
        hashes = [merkle.leaf_hash(leaves.written(r.kind, r.at, r.ref, bytes(r.commitment))) for r in rows]
        tiles.append(size, hashes)
        tiles.write()
        marks = statements.marks(connection, 1)
        numbered: list[tuple[object, ...]] = [(size + at, row.id) for at, row in enumerate(rows)]
        statements.run(connection, f'UPDATE leaf SET "index" = {marks} WHERE id = {marks}', numbered)
        connection.execute(cursor.update().where(cursor.c.name == _NAME).values(position=size + len(rows)))
    return len(rows), _signed(connection, signer, tiles, size + len(rows))


def _taken(connection: Connection) -> int:
    """The size of the log, which is ours until the transaction ends."""
    query = select(cursor.c.position).where(cursor.c.name == _NAME)
    size: int | None = connection.execute(query if is_sqlite(connection) else query.with_for_update()).scalar()
    if size is None:
        connection.execute(insert(cursor).values(name=_NAME, position=0, owner=None, epoch=0, until=0))
        return 0
    return size


def _signed(connection: Connection, signer: Signer, tiles: Tiles, size: int) -> str:
    found: str | None = connection.execute(select(checkpoint.c.note).where(checkpoint.c.size == size)).scalar()
    if found is not None:
        return found
    root = merkle.root(size, tiles.node)
    note = signer.sign(Checkpoint(signer.name, size, root))
    connection.execute(insert(checkpoint).values(size=size, root=root, at=moments.now(), note=note))
    return note
