"""The server is killed and comes back with what was committed; the store says when to try again, and heals."""

from collections.abc import Iterator

import psycopg
import pytest
from servers.missing import Missing
from servers.postgres import Postgres, postgres

from aiqyn.services.store import reads, tables, upgrade
from aiqyn.services.store.database import connect, writing
from aiqyn.services.store.errors import StoreError, StoreUnavailable
from aiqyn.services.store.sql_store import SqlStore
from tests.services.store.conftest import Samples


@pytest.fixture(scope="module")
def own() -> Iterator[Postgres]:
    try:
        with postgres() as server:
            yield server
    except Missing as missing:
        pytest.skip(str(missing))


def test_what_was_committed_outlives_a_kill(own: Postgres) -> None:
    url = own.database()
    engine = connect(url, create=True)
    upgrade.upgrade(engine)
    store, samples = SqlStore(engine), Samples()
    store.commit(samples.batch(1, 100, samples.revision("alert-1", 1, 1, (1,))))
    own.kill()
    with pytest.raises(StoreUnavailable):
        store.commit(samples.batch(101, 200))
    own.start()
    # The same pool, the same store.
    assert store.last_seq() == 100
    store.commit(samples.batch(101, 200))
    assert store.last_seq() == 200
    engine.dispose()


def test_letters_of_any_alphabet_have_a_lower_case(own: Postgres) -> None:
    with psycopg.connect(own.url) as connection:
        assert connection.execute("SELECT lower('ӘҚЯ')").fetchone() == ("әқя",)


def test_a_database_that_is_not_there_is_nothing_to_wait_for(own: Postgres) -> None:
    engine = connect(own.url + "_mistyped", create=False)
    with pytest.raises(StoreError, match="does not exist") as refused:
        upgrade.require(engine)
    assert not isinstance(refused.value, StoreUnavailable)
    engine.dispose()


def test_many_alerts_at_once_are_merged_and_keep_what_reviewers_wrote(own: Postgres) -> None:
    engine = connect(own.database(), create=True)
    upgrade.upgrade(engine)
    store, samples = SqlStore(engine), Samples()
    names = [f"alert-{number:03}" for number in range(200)]
    store.commit(samples.batch(1, 1, *(samples.revision(name, 1, 1, (1,)) for name in names)))
    with writing(engine) as connection:
        connection.execute(tables.alert.update().values(review_status="closed"))
    store.commit(samples.batch(2, 2, *(samples.revision(name, 2, 2, (1, 2)) for name in [*names, "alert-new"])))
    assert {alert["revision"] for alert in store.standing()} == {2}
    assert [alert["id"] for alert in store.standing()] == [*names, "alert-new"]
    assert set(reads.review_fields(engine)) == set(names)
    engine.dispose()
