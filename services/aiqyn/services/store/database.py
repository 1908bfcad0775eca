"""Connections: how SQLite and PostgreSQL are opened, so that a commit is durable and readers never wait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from aiqyn.services.settings import sqlite_file
from aiqyn.services.store.errors import NoDatabase, StoreError, StoreUnavailable

_WRITES = "aiqyn_writes"
_PAGE = 8192  # bytes; rows of about 1 KB
_CACHE = 64  # MiB
_CHECKPOINT = 4096  # pages of the write-ahead log, 32 MiB
_PATIENCE = 30  # seconds to wait for another writer


def connect(url: str, *, create: bool) -> Engine:
    """An engine for the database at `url`, which is made where `create`; no table is touched.

    Raises NoDatabase where an SQLite file is missing and not to be made, StoreError where a driver is.
    """
    file = sqlite_file(url)
    if file is None:
        return _postgresql(url)
    if not create and not file.is_file():
        raise NoDatabase(f"there is no database at {file}; `aiqyn ingest` makes one, --db names another")
    if create:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"the folder {file.parent} cannot be made: {error.strerror}") from None
    return _sqlite(url)


def is_sqlite(engine: Engine | Connection) -> bool:
    return engine.dialect.name == "sqlite"


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads: one state of the database from its first query to its end."""
    with _translated(), engine.begin() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes, committed at the end: all of it or nothing. Raises StoreUnavailable."""
    with (
        _translated(),
        engine.connect().execution_options(**{_WRITES: True}) as connection,
        connection.begin(),
    ):
        yield connection


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise StoreUnavailable(_reason(error)) from error


def _reason(error: DBAPIError) -> str:
    cause = str(error.orig)
    if "locked" in cause or "busy" in cause:
        return "the database is busy: another process writes to it; try again"
    if "full" in cause:
        return "the disk of the database is full; make room and run the command again"
    return f"the database cannot be used: {cause}"


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": _PATIENCE})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transactions would leave table changes outside them: we say BEGIN ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA page_size = {_PAGE}")
    cursor.execute("PRAGMA journal_mode = WAL")
    # In WAL mode NORMAL would survive kill -9 of the process, but lose acknowledged commits when the machine
    # stops. FULL syncs the log once a commit, and a commit is a batch: it costs microseconds an event.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT}")
    cursor.execute(f"PRAGMA cache_size = {-1024 * _CACHE}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that will write takes the write lock at once: one that read first could not wait for it.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: str) -> Engine:
    try:
        return create_engine(
            "postgresql+psycopg" + url.removeprefix("postgresql"),
            isolation_level="REPEATABLE READ",
            pool_pre_ping=True,
        )
    except ModuleNotFoundError:
        raise StoreError("PostgreSQL needs the package psycopg; install it or use sqlite:///<file>") from None
