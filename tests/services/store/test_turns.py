"""Transactions that take turns: whoever stands still in one must not hold the others up."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import Engine, text

from aiqyn.services.store import database, turns
from aiqyn.services.store.database import connect, writing
from aiqyn.services.store.errors import StoreUnavailable


def test_the_next_one_does_not_wait_for_one_that_stands_still(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "STANDSTILL", 1_000)
    engine = connect(postgres_url, create=True)
    try:
        with pytest.raises(StoreUnavailable):
            stand_still(engine)
        with engine.begin() as connection:
            tables = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
            assert [name for (name,) in tables] == ["done"]
    finally:
        engine.dispose()


def stand_still(engine: Engine) -> None:
    """Take a turn, and do nothing in it while the next one comes."""
    with turns.taking_turns(engine, "ledger") as frozen:
        frozen.execute(text("CREATE TABLE never (n int)"))
        began = time.monotonic()
        with turns.taking_turns(engine, "ledger") as next_one:
            next_one.execute(text("CREATE TABLE done (n int)"))
        assert 0.5 < time.monotonic() - began < 20


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
