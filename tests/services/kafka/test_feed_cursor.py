"""The lease on a follower's cursor: one holds it, and nobody passes what another has not."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from aiqyn.services.kafka.feed_cursor import FeedCursor, Held
from aiqyn.services.store import upgrade
from aiqyn.services.store.database import connect


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with its tables; the tests run on each kind."""
    postgres = request.param == "postgresql"
    url = request.getfixturevalue("postgres_url") if postgres else f"sqlite:///{tmp_path / 'aiqyn.db'}"
    made = connect(url, create=True)
    upgrade.upgrade(made)
    yield made
    made.dispose()


def test_one_holds_the_lease_until_it_lets_go(engine: Engine) -> None:
    one, other = FeedCursor(engine, "alerts", "one", 60), FeedCursor(engine, "alerts", "other", 60)
    held = one.claim()
    assert held == Held(0, 1)
    assert other.claim() is None
    moved = one.advance(held, 5)
    assert moved == Held(5, 1)
    assert one.advance(held, 6) is None  # from where it stood before
    one.release(moved)
    assert other.claim() == Held(5, 2)
    assert one.claim() is None


def test_a_lease_without_a_sign_of_life_goes_to_another_and_the_first_moves_nothing(engine: Engine) -> None:
    one, other = FeedCursor(engine, "alerts", "one", 0.3), FeedCursor(engine, "alerts", "other", 60)
    held = one.claim()
    assert held is not None
    assert one.renew(held)
    time.sleep(0.4)
    taken = other.claim()
    assert taken == Held(0, 2)
    assert not one.renew(held)
    assert one.advance(held, 9) is None
    assert other.advance(taken, 3) == Held(3, 2)


def test_followers_do_not_disturb_each_other(engine: Engine) -> None:
    alerts, webhooks = FeedCursor(engine, "alerts", "one", 60), FeedCursor(engine, "webhooks", "one", 60)
    held = alerts.claim()
    assert held is not None
    alerts.advance(held, 7)
    assert webhooks.claim() == Held(0, 1)
