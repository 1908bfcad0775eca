"""One engine a database, or the workers of one group: a lock that dies with the process that holds it."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, text

from aiqyn.services import moments
from aiqyn.services.settings import sqlite_file
from aiqyn.services.store.database import is_sqlite, translated
from aiqyn.services.store.errors import EngineRunning, StoreError, StoreUnavailable
from aiqyn.streams.moments import rfc3339


@contextmanager
def engine_lock(engine: Engine, url: str, command: str, group: str | None = None) -> Iterator[Lock]:
    """Be the one engine of this database until the block ends; with `group`, one of the workers of that group.

    Raises EngineRunning at once, naming the process that is in the way. `command` is what others hear of us.
    """
    file = sqlite_file(url)
    if is_sqlite(engine) and file is not None:
        with _file_lock(file, command, group):
            yield Lock(lambda: None)
    else:
        with _Advisory(engine, command, group) as lock:
            yield Lock(lock.keep)


class Lock(NamedTuple):
    """The lock that one has."""

    keep: Callable[[], None]
    """Make sure that it still is ours, and take it anew where the database let go of it. Raises EngineRunning where
    another was faster, StoreUnavailable."""


class Holder(msgspec.Struct, frozen=True):
    """Who holds the lock, as written into its file."""

    command: str
    pid: int
    since: str
    group: str | None = None

    def __str__(self) -> str:
        return f"`{self.command}` (process {self.pid}, since {self.since})"


def lock_file(database: Path) -> Path:
    """The file beside an SQLite database that its engine locks. It stays: only the lock on it counts."""
    return database.with_name(database.name + "-lock")


@contextmanager
def _file_lock(database: Path, command: str, group: str | None) -> Iterator[None]:
    path = lock_file(database)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(f"the lock file {path} cannot be opened: {error.strerror}") from None
    try:
        # The kernel lets go of it when the process ends, however it ends.
        alone = _flock(descriptor, fcntl.LOCK_EX)
        if alone:
            holder = Holder(command, os.getpid(), rfc3339(moments.now()), group)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, msgspec.json.encode(holder), 0)
        if not (alone if group is None else _flock(descriptor, fcntl.LOCK_SH)):
            raise EngineRunning(_running(database, _holder(descriptor) or "another engine, just started,"))
        if group is not None:
            # Whoever was alone last wrote whose the database is. Going from alone to shared, we may have been passed.
            found = _holder(descriptor)
            if found is None or found.group != group:
                raise EngineRunning(_running(database, found or "a worker, just started,"))
        yield
    finally:
        os.close(descriptor)


def _flock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _running(database: object, holder: object) -> str:
    return f"{holder} drives the database {database} already; stop it first, or use another --db"


def _holder(descriptor: int) -> Holder | None:
    try:
        return msgspec.json.decode(os.pread(descriptor, 4096, 0), type=Holder)
    except msgspec.MsgspecError:
        return None


_ENGINE, _GROUPS = 1, 2
"""First keys of the advisory locks: the engine's own, and one for each group of workers."""
_WHO = (  # objid is the second key, unsigned
    "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid "
    "WHERE l.locktype = 'advisory' AND l.granted AND l.classid = :kind AND l.objsubid = 2 "
    "AND l.pid <> pg_backend_pid() "
    "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class _Advisory:
    """Session locks of a connection of its own: PostgreSQL lets go of them when it ends."""

    def __init__(self, engine: Engine, command: str, group: str | None) -> None:
        self._engine = engine
        self._command = command
        self._group = group
        self._connection: Connection | None = None

    def __enter__(self) -> _Advisory:
        self.keep()
        return self

    def __exit__(self, *_: object) -> None:
        self._let_go()

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()  # detached: closed for good, and its locks with it
            self._connection = None

    def keep(self) -> None:
        try:
            if self._connection is not None:
                with translated():
                    self._connection.execute(text("SELECT 1"))
                return
        except StoreUnavailable:
            self._let_go()
        try:
            with translated():
                self._take()
        except BaseException:
            self._let_go()
            raise

    def _take(self) -> None:
        self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._connection.detach()
        name = f"`{self._command}` (process {os.getpid()})"[:63]
        self._connection.execute(text("SELECT set_config('application_name', :name, false)"), {"name": name})
        shared = "_shared" if self._group is not None else ""
        if not self._ask(f"SELECT pg_try_advisory_lock{shared}(:kind, :key)", _ENGINE, _number("aiqyn engine")):
            raise EngineRunning(_running(self._engine.url.database, self._who() or "another engine"))
        if self._group is not None:
            mine = _number(f"group {self._group}")
            self._ask("SELECT pg_try_advisory_lock_shared(:kind, :key)", _GROUPS, mine)
            others = text(f"{_WHO} AND l.objid::bigint <> :key")
            found = self._connection.execute(others, {"kind": _GROUPS, "key": mine & 0xFFFFFFFF}).scalar()
            if found:
                raise EngineRunning(_running(self._engine.url.database, found))

    def _ask(self, query: str, kind: int, key: int) -> bool:
        assert self._connection is not None
        return bool(self._connection.execute(text(query), {"kind": kind, "key": key}).scalar())

    def _who(self) -> object:
        assert self._connection is not None
        key = _number("aiqyn engine") & 0xFFFFFFFF
        query = text(f"{_WHO} AND l.objid::bigint = :key")
        return self._connection.execute(query, {"kind": _ENGINE, "key": key}).scalar()


@contextmanager
def upgrade_lock(engine: Engine) -> Iterator[None]:
    """Alter tables alone: others that want to, wait. SQLite's own write lock does as much."""
    if is_sqlite(engine):
        yield
        return
    with _session(engine) as connection:
        connection.execute(text("SELECT pg_advisory_lock(1, :n)"), {"n": _number("aiqyn upgrade")})
        yield


@contextmanager
def _session(engine: Engine) -> Iterator[Connection]:
    """A connection outside the pool, so that its end is the end of its locks."""
    with translated(), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()
        yield connection


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big", signed=True)
