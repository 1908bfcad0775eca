"""One engine a database: a lock that dies with the process that holds it."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from sqlalchemy import Connection, Engine, text

from aiqyn.services import moments
from aiqyn.services.settings import sqlite_file
from aiqyn.services.store.database import is_sqlite, translated
from aiqyn.services.store.errors import EngineRunning, StoreError
from aiqyn.streams.moments import rfc3339


@contextmanager
def engine_lock(engine: Engine, url: str, command: str) -> Iterator[None]:
    """Be the one engine of this database until the block ends.

    Raises EngineRunning at once, naming the process that is it already. `command` is what others hear of us.
    """
    file = sqlite_file(url)
    if is_sqlite(engine) and file is not None:
        with _file_lock(file, command):
            yield
    else:
        with _advisory_lock(engine, command):
            yield


class Holder(msgspec.Struct, frozen=True):
    """Who holds the lock, as written into its file."""

    command: str
    pid: int
    since: str

    def __str__(self) -> str:
        return f"`{self.command}` (process {self.pid}, since {self.since})"


def lock_file(database: Path) -> Path:
    """The file beside an SQLite database that its engine locks. It stays: only the lock on it counts."""
    return database.with_name(database.name + "-lock")


@contextmanager
def _file_lock(database: Path, command: str) -> Iterator[None]:
    path = lock_file(database)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(f"the lock file {path} cannot be opened: {error.strerror}") from None
    try:
        try:
            # The kernel lets go of it when the process ends, however it ends.
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EngineRunning(_running(database, _holder(descriptor))) from None
        holder = Holder(command, os.getpid(), rfc3339(moments.now()))
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, msgspec.json.encode(holder), 0)
        yield
    finally:
        os.close(descriptor)


def _running(database: object, holder: object) -> str:
    return f"{holder} drives the database {database} already; stop it first, or use another --db"


def _holder(descriptor: int) -> object:
    try:
        return msgspec.json.decode(os.pread(descriptor, 4096, 0), type=Holder)
    except msgspec.MsgspecError:
        return "another engine, just started,"


@contextmanager
def _advisory_lock(engine: Engine, command: str) -> Iterator[None]:
    # A session lock: PostgreSQL lets go of it when the connection ends.
    number = _number("aiqyn engine")
    with _session(engine) as connection:
        name = f"`{command}` (process {os.getpid()})"[:63]
        connection.execute(text("SELECT set_config('application_name', :name, false)"), {"name": name})
        taken = connection.execute(text("SELECT pg_try_advisory_lock(1, :n)"), {"n": number}).scalar()
        if not taken:
            holder = connection.execute(
                text(
                    "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid "
                    "WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 1 AND l.objsubid = 2 "
                    "AND l.objid = :n AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                ),
                {"n": number % 2**32},
            ).scalar()
            raise EngineRunning(_running(engine.url.database, holder or "another engine"))
        yield


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
