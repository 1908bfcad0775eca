"""An Idempotency-Key whose request ended without a known outcome: made again, it finds what it did."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from servers.proxy import Proxy
from sqlalchemy import Engine, select, text, update

from aiqyn.services.accounts import idempotency as kept
from aiqyn.services.store import upgrade
from aiqyn.services.store.database import connect, reading, writing
from aiqyn.services.store.tables import attachment, idempotency
from tests.services.http.conftest import Server, problem

SLOW = (
    "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(3); RETURN NULL; END'",
    "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON {} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
    "EXECUTE FUNCTION slow()",
)


@pytest.fixture
def behind(postgres_url: str, tmp_path: Path) -> Iterator[tuple[Server, Proxy, Engine]]:
    """A server whose database is reached through a proxy, and the way past it."""
    head, _, name = postgres_url.rpartition("/")
    address, _, port = head.rpartition(":")
    direct = connect(postgres_url, create=True)
    upgrade.upgrade(direct)
    with Proxy(("127.0.0.1", int(port))) as proxy:
        server = Server(tmp_path, database=f"{address}:{proxy.port}/{name}")
        yield server, proxy, direct
        server.stop()
    direct.dispose()


def in_its_commit(direct: Engine) -> bool:
    with reading(direct) as connection:
        found = connection.execute(text("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"))
        return bool(found.scalar())


def lost(direct: Engine, proxy: Proxy, table: str, call: Callable[[], httpx.Response]) -> httpx.Response:
    """The answer to a request whose commit is written, while the answer to the commit is lost."""
    with writing(direct) as connection:
        for statement in SLOW:
            connection.execute(text(statement.format(table)))
    answers: list[httpx.Response] = []
    asking = threading.Thread(target=lambda: answers.append(call()))
    asking.start()
    deadline = time.monotonic() + 30
    while not in_its_commit(direct):
        assert time.monotonic() < deadline
    proxy.cut()
    asking.join(60)
    while in_its_commit(direct):
        assert time.monotonic() < deadline
    with writing(direct) as connection:
        connection.execute(text("DROP FUNCTION slow() CASCADE"))
    return answers[0]


def test_an_action_is_not_taken_twice(behind: tuple[Server, Proxy, Engine], story: list[Any]) -> None:
    server, proxy, direct = behind
    assert server.send(*story).status_code == 200
    (alert,) = server.call("GET", "/v1/alerts", "auditor").json()["items"]
    body = {"kind": "comment", "alerts": [alert["id"]], "text": "seen"}

    def comment() -> httpx.Response:
        return server.call("POST", "/v1/actions", "auditor", json=body, headers={"Idempotency-Key": "a"})

    problem(lost(direct, proxy, "action", comment), 503, "outcome.unknown")
    found = comment()
    assert found.status_code == 201
    (only,) = server.call("GET", f"/v1/actions?alert={alert['id']}", "auditor").json()["items"]
    assert (only, only["text"]) == (found.json(), "seen")
    assert comment().content == found.content
    other = server.call(
        "POST", "/v1/actions", "auditor", json={**body, "text": "other"}, headers={"Idempotency-Key": "a"}
    )
    problem(other, 422, "idempotency.reused")

    def attach() -> httpx.Response:
        files, headers = {"file": ("a.txt", b"x", "text/plain")}, {"Idempotency-Key": "b"}
        boundary = {"Content-Type": "multipart/form-data; boundary=x"}
        path = f"/v1/alerts/{alert['id']}/attachments"
        return server.call("POST", path, "auditor", files=files, headers={**headers, **boundary})

    problem(lost(direct, proxy, "attachment", attach), 503, "outcome.unknown")
    again = attach()
    assert again.status_code == 201, again.text
    with reading(direct) as connection:
        assert [again.json()["id"]] == list(connection.execute(select(attachment.c.id)).scalars())


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, database_url: str) -> Iterator[Engine]:
    made = connect(database_url if request.param == "sqlite" else request.getfixturevalue("postgres_url"), create=True)
    upgrade.upgrade(made)
    yield made
    made.dispose()


def test_a_key_belongs_to_one_run_until_its_outcome_is_known(engine: Engine) -> None:
    def begin(request: bytes = b"r") -> kept.Begun:
        return kept.begin(engine, "aida", "k", request)

    first = begin()
    assert isinstance(first, kept.Run)
    assert (begin(), begin(b"other")) == ("running", "other")
    kept.unknown(engine, "aida", "k")
    assert begin(b"other") == "other"
    assert begin() == first
    assert begin() == "running"
    with writing(engine) as connection:  # its process died two minutes ago
        connection.execute(update(idempotency).values(at=first.at - 121_000_000))
    lost = begin()
    assert isinstance(lost, kept.Run)
    answer = kept.Answer(201, [("a", "b")], json.dumps({"x": 1}).encode())
    kept.finish(engine, "aida", "k", answer)
    assert begin() == answer
    kept.finish(engine, "aida", "k", None)
    anew = begin()
    assert isinstance(anew, kept.Run)
    assert anew.id not in (first.id, lost.id)
