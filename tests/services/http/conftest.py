"""A real `aiqyn serve` with one user of each role, and a small story to send. Everybody in it is invented."""

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest

from aiqyn.services import settings as reading
from aiqyn.services.accounts import keys, users
from aiqyn.services.accounts.roles import ROLES
from aiqyn.services.settings import Settings
from aiqyn.services.store.administering import open_to_administer

Json = dict[str, Any]
COMMAND = [sys.executable, "-c", "from aiqyn.services.cli import main; main()"]
PASSWORD = "a password for tests"
EVENT = "application/cloudevents+json"
LINES = "application/x-ndjson"


@cache
def _with_users() -> tuple[Path, dict[str, str]]:
    """A folder with an empty database that has the users, to be copied (hashing passwords takes time); their keys."""
    folder = Path(tempfile.mkdtemp(prefix="aiqyn-users-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    own = {"AIQYN_KEYS_DIR": str(folder / "keys"), "AIQYN_STATE_DIR": str(folder / "state")}
    return folder, _add_users(reading.read(own, f"sqlite:///{folder / 'aiqyn.db'}"))


def _add_users(settings: Settings) -> dict[str, str]:
    made: dict[str, str] = {}
    with open_to_administer(settings) as opened:
        for role in ROLES:
            users.add(opened.engine, "cli:test", role, [role], password=PASSWORD)
            made[role] = keys.add(opened.engine, "cli:test", role)[1]
    return made


class Server:
    """A server process over a database of its own; users are named as their role."""

    def __init__(self, folder: Path, environ: Mapping[str, str] | None = None, database: str | None = None) -> None:
        self.folder = folder
        self.database = database or f"sqlite:///{folder / 'aiqyn.db'}"
        own = {"AIQYN_KEYS_DIR": str(folder / "keys"), "AIQYN_STATE_DIR": str(folder / "state"), **(environ or {})}
        self.environ = {**os.environ, **own}
        self.settings = reading.read(own, self.database)
        if database is None and "AIQYN_PROFILE" not in own:
            made, self.keys = _with_users()
            shutil.copytree(made, folder, dirs_exist_ok=True)
        else:
            self.keys = _add_users(self.settings)
        self.process = self._start()
        self.url = json.loads(self._ready())["url"]
        self.http = httpx.Client(base_url=self.url, timeout=60)

    def _start(self) -> subprocess.Popen[bytes]:
        command = [*COMMAND, "serve", "--port", "0", "--db", self.database]
        with (self.folder / "stderr").open("wb") as errors:
            return subprocess.Popen(command, cwd=self.folder, env=self.environ, stdout=subprocess.PIPE, stderr=errors)

    def _ready(self) -> bytes:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, (self.folder / "stderr").read_text()
        return line

    def restart(self) -> None:
        """Start it again, after it was stopped, over the same database."""
        self.process = self._start()
        self.url = json.loads(self._ready())["url"]
        self.http = httpx.Client(base_url=self.url, timeout=60)

    def key(self, user: str, *scopes: str, sources: tuple[str, ...] = ()) -> str:
        """Another key of a user."""
        with open_to_administer(self.settings) as opened:
            return keys.add(opened.engine, "cli:test", user, scopes, sources)[1]

    def call(
        self, method: str, path: str, role: str | None = None, key: str | None = None, **more: Any
    ) -> httpx.Response:
        """A request as a role, or with a key."""
        text = key or (self.keys[role] if role else None)
        headers = {**({"Authorization": f"Bearer {text}"} if text else {}), **more.pop("headers", {})}
        return self.http.request(method, path, headers=headers, **more)

    def send(self, *events: Json, role: str = "publisher", key: str | None = None, query: str = "") -> httpx.Response:
        """Publish events as lines."""
        body = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events).encode()
        return self.call("POST", f"/v1/events{query}", role, key, content=body, headers={"Content-Type": LINES})

    def stop(self) -> int:
        """Ask it to end; its exit code."""
        self.http.close()
        self.process.terminate()
        return self.process.wait(20)


@pytest.fixture(scope="session")
def server_class() -> type[Server]:
    """For fixtures that serve with settings of their own."""
    return Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the tests of a module."""
    running = Server(tmp_path_factory.mktemp("served"))
    yield running
    assert running.stop() == 0


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts a server of the test's own, with settings and a database of its own."""
    running: list[Server] = []

    def start(environ: Mapping[str, str] | None = None, database: str | None = None) -> Server:
        running.append(Server(tmp_path, environ, database))
        return running[-1]

    yield start
    for each in running:
        if each.process.poll() is None:
            each.stop()


def problem(answer: httpx.Response, status: int, code: str) -> Json:
    """The problem document of an answer, which must be one."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: Json = answer.json()
    assert (document["status"], document["code"], document["type"]) == (status, code, f"/errors/{code}")
    assert document["title"] != code
    assert document["errors"]
    return document


@pytest.fixture
def is_problem() -> Callable[..., Json]:
    return problem


@pytest.fixture
def event() -> Callable[..., Json]:
    return cloudevent


def cloudevent(kind: str, id: str, data: Json, time: str = "2024-05-01T00:00:00Z", source: str = "/registers") -> Json:
    return {"specversion": "1.0", "id": id, "source": source, "type": f"{kind}.v1", "time": time, "data": data}


def company(number: int, source: str = "/registers", **more: Any) -> Json:
    """A company that nothing else is about."""
    data = {"entity": entity(f"c{number}", f"Company {number}"), "kind": "company", **more}
    return cloudevent("registry.company", f"company-{number}", data, source=source)


@pytest.fixture
def a_company() -> Callable[..., Json]:
    return company


@pytest.fixture
def story() -> list[Json]:
    return story_of_one_alert()


def story_of_one_alert() -> list[Json]:
    """An official who heads a body directs the company that the body pays: one alert of COI-02."""
    body, person = entity("b1", "A school"), {
        "identifiers": [{"scheme": "XX-PER", "id": "o1"}],
        "names": [{"fullName": "Асан Ойдан", "lang": "kk"}],
    }  # fmt: skip
    post = {
        "person": person, "organization": body, "post": "Director", "role": "head", "level": "district",
        "startDate": "2021-01-01",
    }  # fmt: skip
    seat = {"company": entity("s1", "Ойдан ЖШС"), "person": person, "role": "director", "startDate": "2020-01-01"}
    buyer, supplier = {"id": "b", "name": "A school"}, {"id": "s", "name": "Ойдан ЖШС"}
    award = {
        "id": "a", "status": "active", "date": "2024-04-10T00:00:00Z", "suppliers": [supplier],
        "value": {"amount": 1000.50, "currency": "KZT"},
    }  # fmt: skip
    release = {
        "ocid": "ocds-x1y2z3-1", "id": "1", "date": "2024-04-10T00:00:00Z", "tag": ["award"],
        "initiationType": "tender", "language": "en", "buyer": buyer,
        "parties": [
            buyer | {"identifier": {"scheme": "XX-REG", "id": "b1"}, "roles": ["buyer"]},
            supplier | {"identifier": {"scheme": "XX-REG", "id": "s1"}, "roles": ["supplier"]},
        ],
        "tender": {"id": "t", "tenderPeriod": {"startDate": "2024-03-01T00:00:00Z"}}, "awards": [award],
    }  # fmt: skip
    return [
        cloudevent("official.occupancy", "post-1", post),
        cloudevent("registry.directorship", "director-1", seat),
        cloudevent("procurement.release", "ocds-x1y2z3-1|1", release, "2024-04-10T00:00:00Z"),
    ]


def entity(id: str, name: str) -> Json:
    return {"identifiers": [{"scheme": "XX-REG", "id": id}], "name": name}


@pytest.fixture
def encoded() -> Callable[[Json], bytes]:
    return lambda event: json.dumps(event, ensure_ascii=False).encode()
