"""Transactions that take turns: whoever stands still in one must not hold the others up."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import Engine, text

from aiqyn.services.store import turns
from aiqyn.services.store.database import connect
from aiqyn.services.store.errors import StoreUnavailable


def test_the_next_one_does_not_wait_for_one_that_stands_still(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "STANDSTILL", 1_000)
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


def test_one_that_works_is_not_hurried(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "STANDSTILL", 500)
    engine = connect(postgres_url, create=True)
    try:
        with turns.taking_turns(engine, "feed") as connection:
            connection.execute(text("SELECT pg_sleep(1.5)"))
            connection.execute(text("CREATE TABLE done (n int)"))
        with engine.begin() as connection:
            assert connection.execute(text("SELECT count(*) FROM done")).scalar_one() == 0
    finally:
        engine.dispose()
