"""Transactions that take turns: whoever stands still in one must not hold the others up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, text

from aiqyn.services.store import copying, database, turns
from aiqyn.services.store.database import connect, writing
from aiqyn.services.store.errors import StoreUnavailable
from aiqyn.services.store.standstill import end_stuck

Doing = Callable[[Connection, Callable[[], None]], None]


def one_statement(connection: Connection, next_one: Callable[[], None]) -> None:
    connection.execute(text("SELECT 1"))
    next_one()


def many_statements(connection: Connection, next_one: Callable[[], None]) -> None:
    connection.exec_driver_sql("INSERT INTO never VALUES (%s)", [(1,), (2,), (3,)])
    next_one()


def copying_rows(connection: Connection, next_one: Callable[[], None]) -> None:
    def rows() -> Iterator[tuple[int]]:
        yield (1,)
        stop = threading.Event()
        supervisor = threading.Thread(target=look_after, args=(connection.engine, stop))
        supervisor.start()
        try:
            next_one()  # PostgreSQL waits for our next row meanwhile
        finally:
            stop.set()
            supervisor.join()
        yield (2,)

    def look_after(engine: Engine, stop: threading.Event) -> None:
        while not stop.wait(0.2):
            end_stuck(engine)

    table = Table("never", MetaData(), Column("n", Integer))
    copying.copy(connection, table, ["n"], rows())  # type: ignore[arg-type]  # one row after the other


@pytest.mark.parametrize("doing", [one_statement, many_statements, copying_rows])
def test_the_next_one_does_not_wait_for_one_that_stands_still(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, doing: Doing
) -> None:
    monkeypatch.setattr(database, "STANDSTILL", 1_000)
    engine = connect(postgres_url, create=True)
    try:
        with pytest.raises(StoreUnavailable):
            stand_still(engine, doing)
        with engine.begin() as connection:
            tables = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
            assert [name for (name,) in tables] == ["done"]
    finally:
        engine.dispose()


def stand_still(engine: Engine, doing: Doing) -> None:
    """Take a turn, and stand still in it, behind or in what one does, while the next one comes."""

    def next_one() -> None:
        began = time.monotonic()
        with turns.taking_turns(engine, "ledger") as connection:
            connection.execute(text("CREATE TABLE done (n int)"))
        assert 0.5 < time.monotonic() - began < 20

    with turns.taking_turns(engine, "ledger") as frozen:
        frozen.execute(text("CREATE TABLE never (n int)"))
        doing(frozen, next_one)


def test_rows_that_one_has_changed_do_not_wait_for_it(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = connect(postgres_url, create=True)
    try:
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE part (owner text)"))
            connection.execute(text("INSERT INTO part VALUES ('nobody')"))
        monkeypatch.setattr(database, "STANDSTILL", 1_000)
        with pytest.raises(StoreUnavailable):
            stand_still_on_a_row(engine)
        with engine.begin() as connection:
            assert connection.execute(text("SELECT owner FROM part")).scalar_one() == "the next"
    finally:
        engine.dispose()


def stand_still_on_a_row(engine: Engine) -> None:
    with writing(engine) as frozen:
        frozen.execute(text("UPDATE part SET owner = 'frozen'"))
        with writing(engine) as next_one:
            next_one.execute(text("UPDATE part SET owner = 'the next'"))


def test_one_that_works_is_not_hurried(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "STANDSTILL", 500)
    engine = connect(postgres_url, create=True)
    try:
        with turns.taking_turns(engine, "feed") as connection:
            connection.execute(text("SELECT pg_sleep(1.5)"))
            connection.execute(text("CREATE TABLE done (n int)"))
        with engine.begin() as connection:
            assert connection.execute(text("SELECT count(*) FROM done")).scalar_one() == 0
    finally:
        engine.dispose()
