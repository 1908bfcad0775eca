"""PostgreSQL that takes connections and answers nothing, and connections that break during a commit."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from servers.proxy import Proxy
from sqlalchemy import Engine, event, text

from aiqyn.services.store import patience
from aiqyn.services.store.database import connect, reading, writing
from aiqyn.services.store.errors import OutcomeUnknown, StoreUnavailable


@pytest.fixture
def proxy(postgres_url: str) -> Iterator[Proxy]:
    with Proxy(("127.0.0.1", int(postgres_url.rpartition("/")[0].rpartition(":")[2]))) as made:
        yield made


@pytest.fixture
def engine(postgres_url: str, proxy: Proxy) -> Iterator[Engine]:
    head, _, name = postgres_url.rpartition("/")
    made = connect(f"{head.rpartition(':')[0]}:{proxy.port}/{name}?connect_timeout=2", create=False)
    with writing(made) as connection:
        connection.execute(text("CREATE TABLE kept (n integer)"))
    yield made
    made.dispose()


def kept(engine: Engine) -> list[int]:
    with reading(engine) as connection:
        return [n for (n,) in connection.execute(text("SELECT n FROM kept ORDER BY n"))]


def write(engine: Engine, n: int) -> None:
    with writing(engine) as connection:
        connection.execute(text("INSERT INTO kept VALUES (:n)"), {"n": n})


def at_commit(engine: Engine, what: Callable[[], None]) -> None:
    event.listen(engine, "commit", lambda _connection: what(), once=True)


def test_silence_ends_a_query_a_new_connection_and_nothing_after_it(
    engine: Engine, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PATIENCE", 1.5)
    write(engine, 1)
    proxy.blackhole()
    for _ in range(2):  # with an open connection, then without one
        began = time.monotonic()
        with pytest.raises(StoreUnavailable) as caught:
            kept(engine)
        assert not isinstance(caught.value, OutcomeUnknown)
        assert time.monotonic() - began < 20
    proxy.heal()
    assert kept(engine) == [1]


def test_a_query_that_takes_long_is_waited_for_where_nobody_hurries(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PATIENCE", 1.0)
    with reading(engine) as connection, patience.unhurried():
        connection.execute(text("SELECT pg_sleep(2.5)"))
    with pytest.raises(StoreUnavailable, match="no answer"), reading(engine) as connection:
        connection.execute(text("SELECT pg_sleep(2.5)"))


def test_a_commit_that_never_reached_the_server_may_have_been_written(engine: Engine, proxy: Proxy) -> None:
    at_commit(engine, proxy.cut)
    with pytest.raises(OutcomeUnknown):
        write(engine, 1)
    assert kept(engine) == []


def test_a_commit_whose_answer_was_lost_was_written(engine: Engine, proxy: Proxy) -> None:
    with writing(engine) as connection:
        connection.execute(
            text(
                "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
                "'BEGIN PERFORM pg_sleep(1.5); RETURN NULL; END'"
            )
        )
        connection.execute(
            text(
                "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON kept DEFERRABLE INITIALLY DEFERRED "
                "FOR EACH ROW EXECUTE FUNCTION slow()"
            )
        )
    timer = threading.Timer(0.7, proxy.cut)
    at_commit(engine, timer.start)
    with pytest.raises(OutcomeUnknown):
        write(engine, 1)
    deadline = time.monotonic() + 20
    while kept(engine) != [1]:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_connection_that_breaks_before_the_commit_has_written_nothing(engine: Engine, proxy: Proxy) -> None:
    def half() -> None:
        with writing(engine) as connection:
            connection.execute(text("INSERT INTO kept VALUES (1)"))
            proxy.cut()
            connection.execute(text("INSERT INTO kept VALUES (2)"))

    with pytest.raises(StoreUnavailable) as caught:
        half()
    assert not isinstance(caught.value, OutcomeUnknown)
    assert kept(engine) == []


def test_a_commit_that_lost_a_race_has_a_known_outcome(engine: Engine) -> None:
    write(engine, 0)

    def later() -> None:
        with writing(engine) as first:
            first.execute(text("SELECT n FROM kept"))
            with writing(engine) as second:
                second.execute(text("UPDATE kept SET n = 1"))
            first.execute(text("UPDATE kept SET n = 2"))

    with pytest.raises(StoreUnavailable, match="at the same time") as caught:
        later()
    assert not isinstance(caught.value, OutcomeUnknown)
