"""Every service of the compose file, started as it says there on a real Kafka and a real PostgreSQL: an event in,
its alert out."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from servers.kafka import Kafka
from servers.ports import free_ports
from servers.postgres import Postgres

from tests.deploy import image
from tests.deploy.test_compose import SERVICES
from tests.journeys.commands import AIQYN, environment
from tests.services.http.conftest import story as _story

story = _story
LONG_RUNNING = ("worker-1", "worker-2", "api")


class Composed:
    """The services of the file as processes. Hosts, ports and folders are others; nothing else is."""

    def __init__(self, folder: Path, kafka: Kafka, postgres: Postgres) -> None:
        self.folder = folder
        self.database = postgres.database()
        self.kafka = kafka
        self.ports = dict(zip(LONG_RUNNING, free_ports(len(LONG_RUNNING)), strict=True))
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def environ(self, name: str) -> dict[str, str]:
        stated = {**image.environment(), **SERVICES[name]["environment"]}
        values = {key: self._here(name, str(value)) for key, value in stated.items()}
        for key in values.keys() & {"AIQYN_PORT", "AIQYN_HEALTH_PORT"}:
            values[key] = str(self.ports[name])
        if "AIQYN_HOST" in values:
            assert values["AIQYN_HOST"] == "0.0.0.0", "within its container; the host publishes it on loopback"
            values["AIQYN_HOST"] = "127.0.0.1"
        return {**environment(), **values, "AIQYN_TOPIC_PREFIX": "composed."}

    def _here(self, name: str, value: str) -> str:
        value = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)  # what an unset variable stands for
        if "@postgres/" in value:
            assert value == "postgresql://aiqyn:aiqyn@postgres/aiqyn"
            return self.database
        if name in self.ports and re.search(r"127\.0\.0\.1:\d+", value):
            value = re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{self.ports[name]}", value)
        return value.replace("kafka:19092", self.kafka.bootstrap).replace(image.HOME, str(self.folder))

    def run(self, name: str, *command: str) -> str:
        """A service that ends, or another command in its place."""
        done = subprocess.run(
            [AIQYN, *(command or SERVICES[name]["command"])], cwd=self.folder, env=self.environ(name),
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, name: str) -> None:
        self.processes[name] = subprocess.Popen(
            [AIQYN, *SERVICES[name]["command"]], cwd=self.folder, env=self.environ(name),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=(self.folder / f"{name}.log").open("wb"),
        )  # fmt: skip

    def healthy(self, name: str) -> bool:
        """The health check, as written."""
        kind, program, *arguments = SERVICES[name]["healthcheck"]["test"]
        assert (kind, program) == ("CMD", "python")
        done = subprocess.run(
            [sys.executable, *(self._here(name, argument) for argument in arguments)], capture_output=True, check=False
        )
        return done.returncode == 0

    def wait_until_healthy(self, name: str) -> None:
        deadline = time.monotonic() + 90
        while not self.healthy(name):
            assert self.processes[name].poll() is None, (self.folder / f"{name}.log").read_text()
            assert time.monotonic() < deadline, (self.folder / f"{name}.log").read_text()
            time.sleep(0.3)


@pytest.fixture
def composed(tmp_path: Path, kafka: Kafka, postgres: Postgres) -> Iterator[Composed]:
    made = Composed(tmp_path, kafka, postgres)
    yield made
    for process in made.processes.values():
        if process.poll() is None:
            process.kill()
            process.wait(10)
    postgres.drop(made.database)


def order() -> list[str]:
    """The services of ours, each after those that it waits for."""
    left = {name: set(service.get("depends_on", ())) - {"kafka", "postgres"} for name, service in SERVICES.items()}
    for foreign in ("kafka", "postgres"):
        left.pop(foreign)
    found: list[str] = []
    while left:
        free = sorted(name for name, needs in left.items() if needs <= set(found))
        assert free, f"they wait for each other: {left}"
        found += free
        for name in free:
            left.pop(name)
    return found


def test_an_event_goes_in_and_its_alert_comes_out(composed: Composed, story: list[Any]) -> None:
    started = order()
    assert set(started[:2]) == {"migrate", "topics"}
    for name in started:
        composed.start(name) if name in LONG_RUNNING else composed.run(name)
    assert not composed.healthy("api") or composed.processes["api"].poll() is None
    for name in LONG_RUNNING:
        composed.wait_until_healthy(name)
    composed.run("api", "user", "add", "loader", "--role", "publisher", "--role", "analyst", "--no-password")
    key = composed.run("api", "key", "add", "loader").strip()
    url = f"http://127.0.0.1:{composed.ports['api']}"
    headers = {"Authorization": f"Bearer {key}", "Prefer": "wait=30", "Content-Type": "application/x-ndjson"}
    lines = "\n".join(json.dumps(event, ensure_ascii=False) for event in story).encode()
    sent = httpx.post(f"{url}/v1/events", content=lines, headers=headers, timeout=60)
    assert sent.json()["alerts"]["raised"] == 1, sent.text
    alerts = httpx.get(f"{url}/v1/alerts", headers=headers, timeout=30).json()["items"]
    assert [alert["rule"] for alert in alerts] == ["COI-02"]
    assert "composed.aiqyn.quality" in composed.run("api", "canary", "--timeout", "60")
    for process in composed.processes.values():
        os.kill(process.pid, signal.SIGTERM)
    assert {name: process.wait(25) for name, process in composed.processes.items()} == dict.fromkeys(LONG_RUNNING, 0)
    assert (composed.folder / "keys").is_dir()
    written = {path.name for path in composed.folder.iterdir() if path.suffix != ".log"}
    assert written <= {"keys", "worker-1", "worker-2", "api", "state"}, "all that is written is in the volume"
