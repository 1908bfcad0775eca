"""Connections: how SQLite and PostgreSQL are opened, so that a commit is durable and readers never wait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from aiqyn.services.settings import sqlite_file
from aiqyn.services.store.errors import NoDatabase, OutcomeUnknown, StoreError, StoreUnavailable

_WRITES = "aiqyn_writes"
_PAGE = 8192  # bytes; rows of about 1 KB
_CACHE = 64  # MiB
_CHECKPOINT = 4096  # pages of the write-ahead log, 32 MiB
_PATIENCE = 30  # seconds to wait for another writer

# Of PostgreSQL: what its messages on a refused connection say where waiting does not help.
_FOR_GOOD = ("does not exist", "authentication failed", "no password supplied", "no pg_hba.conf entry")
_LOST_RACES = ("40001", "40P01")  # serialization failure, deadlock
# Read-only while another server takes over; a transaction ended from outside.
_PASSING = ("25006", "25P02", "25P03")
STANDSTILL = 15_000
"""Milliseconds after which PostgreSQL ends a transaction that writes and whose process asks nothing more of it: one
that was frozen, or whose machine is gone, must not hold others up. It finds all undone, and tries again."""
_LIVELINESS = {
    "connect_timeout": "10",
    # A server that vanished is noticed within half a minute.
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
    "application_name": "aiqyn",
}


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
    with translated(), engine.begin() as connection:
        yield connection


@contextmanager
def writing(engine: Engine, read_committed: bool = False) -> Iterator[Connection]:
    """A transaction that writes, committed at the end: all of it or nothing.

    `read_committed`: on PostgreSQL each statement sees what others have committed before it, not before the first.
    Raises StoreUnavailable: nothing was written; OutcomeUnknown, which is one, where the commit itself broke off.
    """
    committing = False
    options: dict[str, Any] = {_WRITES: True}
    if read_committed and not is_sqlite(engine):
        options["isolation_level"] = "READ COMMITTED"
    try:
        with (
            translated(),
            engine.connect().execution_options(**options) as connection,
            connection.begin(),
        ):
            if not is_sqlite(connection):
                connection.exec_driver_sql(f"SET LOCAL idle_in_transaction_session_timeout = {STANDSTILL}")
            yield connection
            committing = True
    except StoreUnavailable as error:
        if committing and getattr(error.__cause__, "connection_invalidated", False):
            raise OutcomeUnknown(
                "the connection to the database broke during the commit: it may have been written, or not"
            ) from error
        raise


@contextmanager
def translated() -> Iterator[None]:
    """Errors of the driver as ours: StoreUnavailable where trying again later may help."""
    try:
        yield
    except NoConnectionFree as error:
        raise StoreUnavailable("all connections to the database are in use; try again") from error
    except DBAPIError as error:
        cause = str(error.orig)
        if _will_not_pass(cause):
            raise StoreError(f"the database cannot be used: {cause.strip()}") from error
        if isinstance(error, OperationalError | InterfaceError) or _passes(error):
            raise StoreUnavailable(_reason(error)) from error
        raise


def _will_not_pass(cause: str) -> bool:
    """Whether connecting fails for good, until somebody acts."""
    return "connection failed" in cause and any(words in cause for words in _FOR_GOOD)


def _passes(error: DBAPIError) -> bool:
    """Whether a driver's error that is not operational in its own eyes is one to wait for."""
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _PASSING


def _reason(error: DBAPIError) -> str:
    cause = str(error.orig)
    if "locked" in cause or "busy" in cause:
        return "the database is busy: another process writes to it; try again"
    if "full" in cause:
        return "the disk of the database is full; make room and run the command again"
    if getattr(error.orig, "sqlstate", None) in _LOST_RACES:
        return "another process wrote the same at the same time; try again"
    return f"the database cannot be used: {cause.strip()}"


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": _PATIENCE}, hide_parameters=True)
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
    address = make_url("postgresql+psycopg" + url.removeprefix("postgresql"))
    liveliness = {name: value for name, value in _LIVELINESS.items() if name not in address.query}
    try:
        engine = create_engine(
            address,
            connect_args=liveliness,
            isolation_level="REPEATABLE READ",
            pool_pre_ping=True,
            hide_parameters=True,  # errors are logged, and parameters are data
            max_overflow=20,
        )
        from aiqyn.services.store.impatience import Impatient, Punctuated
    except ModuleNotFoundError:
        raise StoreError("PostgreSQL needs the package psycopg; install it or use sqlite:///<file>") from None

    def connected(_dialect: object, _record: object, args: Any, more: Any) -> Any:
        return Impatient.connect(*args, cursor_factory=Punctuated, **more)

    event.listen(engine, "do_connect", connected)
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_postgresql(connection: Any, _record: object) -> None:
    # A client that vanished holds its locks no longer than half a minute; by default it would be two hours.
    with connection.cursor() as cursor:
        cursor.execute("SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3")
    connection.commit()
