"""The process: its ready line, its end, a second engine, a taken port, PostgreSQL."""

import copy
import json
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from typing import Any

from aiqyn.services.cli import run
from aiqyn.services.store.database import connect
from aiqyn.services.store.upgrade import upgrade

Json = dict[str, Any]
Serve = Callable[..., Any]


def test_ready_line_is_all_of_stdout_and_sigterm_is_exit_0(serve: Serve) -> None:
    server = serve()
    assert server.call("GET", "/readyz").json() == {"status": "ready", "checks": {"database": "ok"}}
    assert server.call("GET", "/livez").status_code == 200
    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < 20
    assert server.process.stdout.read() == b""


def test_sigint_ends_it_well(serve: Serve) -> None:
    server = serve()
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(20) == 0


def test_what_was_answered_survives_a_kill(serve: Serve, story: list[Json], tmp_path: Any) -> None:
    server = serve()
    assert server.send(*story).json()["accepted"] == 3
    server.process.kill()
    server.process.wait()
    again = copy.copy(server)
    again.process = again._start()
    again.url = json.loads(again._ready())["url"]
    again.http = type(server.http)(base_url=again.url, timeout=60)
    assert again.send(*story).json()["duplicate"] == 3
    assert again.stop() == 0


def test_a_second_engine_is_refused(serve: Serve, capsys: Any, monkeypatch: Any) -> None:
    server = serve()
    for name in ("AIQYN_KEYS_DIR", "AIQYN_STATE_DIR"):
        monkeypatch.setenv(name, server.environ[name])
    assert run(["serve", "--port", "0", "--db", server.database]) == 1
    assert "aiqyn serve" in capsys.readouterr().err


def test_a_taken_port_is_exit_1(tmp_path: Any, capsys: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run(["serve", "--port", str(port), "--db", f"sqlite:///{tmp_path / 'x.db'}"]) == 1
    assert str(port) in capsys.readouterr().err
    assert not (tmp_path / "x.db").exists()


def test_commands_work_beside_it(serve: Serve) -> None:
    server = serve()
    done = subprocess.run(
        [*server.process.args[:3], "key", "add", "analyst", "--db", server.database],
        env=server.environ,
        capture_output=True,
        check=True,
    )
    key = done.stdout.decode().strip()
    assert server.call("GET", "/v1/session", key=key).json()["user"] == "analyst"


def test_it_serves_postgresql(serve: Serve, story: list[Json], postgres_url: str) -> None:
    engine = connect(postgres_url, create=False)
    upgrade(engine)
    engine.dispose()
    server = serve(database=postgres_url)
    answer = server.send(*story)
    assert (answer.status_code, answer.json()["accepted"]) == (200, 3)
    found = server.call("GET", "/v1/events?count=true", "publisher").json()
    assert [item["id"] for item in found["items"]] == [event["id"] for event in story]
    assert found["total"] == 3
    assert server.call("PATCH", "/v1/users/analyst", "admin", json={"email": "a\u0000b"}).status_code == 422
    assert server.stop() == 0
