"""Workers as processes, on a real Kafka."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from aiqyn.schemas.envelope import read_structured
from aiqyn.services import settings as settings_of
from aiqyn.services.kafka import topics
from aiqyn.services.kafka.publisher import Publisher
from aiqyn.services.settings import Settings
from aiqyn.services.store import upgrade
from aiqyn.services.store.database import connect
from aiqyn.services.store.sql_store import SqlStore
from tests.journeys.commands import AIQYN, environment

_PATIENCE = 150.0


@dataclass(frozen=True, slots=True)
class Site:
    """One installation: a database, topics of its own on a Kafka, a folder."""

    folder: Path
    environ: Mapping[str, str]

    @property
    def settings(self) -> Settings:
        return settings_of.read(self.environ)

    def publish(self, lines: Iterable[bytes]) -> None:
        """Events to the topics of their types."""
        with Publisher(self.settings) as publisher:
            deliveries = publisher.publish([read_structured(line) for line in lines])
        assert all(one.error is None for one in deliveries), deliveries

    def start(self, *arguments: str, program: Sequence[str] = (str(AIQYN),), **environ: str) -> Worker:
        """A worker that is starting; `program` stands for the command."""
        process = subprocess.Popen(
            [*program, "worker", *arguments],
            cwd=self.folder,
            env={**environment(), **self.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=(self.folder / f"worker-{time.monotonic_ns()}.log").open("wb"),
        )
        return Worker(process)


@dataclass(slots=True)
class Worker:
    """One worker process."""

    process: subprocess.Popen[bytes]
    url: str = ""

    def ready(self) -> Worker:
        """Wait for the ready line."""
        assert self.process.stdout is not None
        said = json.loads(self.process.stdout.readline() or "{}")
        assert said.get("ready") == "worker", said
        assert said["pid"] == self.process.pid
        self.url = said["url"]
        return self

    def get(self, path: str) -> tuple[int, bytes]:
        try:
            with urlopen(self.url + path, timeout=5) as answer:
                return int(answer.status), answer.read()
        except HTTPError as error:
            return error.code, error.read()

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.process.pid, number)

    def stop(self) -> int:
        """SIGTERM; the exit code, which must come in time."""
        self.signal(signal.SIGTERM)
        code = self.process.wait(20)
        assert self.process.stdout is not None
        assert self.process.stdout.read() == b""
        return code

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)


@contextmanager
def site(folder: Path, bootstrap: str, database_url: str, **environ: str) -> Iterator[Site]:
    """An installation with its tables and topics."""
    name = f"{folder.name[:30]}-{time.time_ns() % 10**9}."
    made = Site(
        folder,
        {
            "AIQYN_KAFKA_BOOTSTRAP": bootstrap,
            "AIQYN_DATABASE_URL": database_url,
            "AIQYN_TOPIC_PREFIX": "".join(c if c.isalnum() else "-" for c in name[:-1]) + ".",
            "AIQYN_KEYS_DIR": str(folder / "keys"),
            "AIQYN_STATE_DIR": str(folder / "state"),
            **environ,
        },
    )
    engine = connect(database_url, create=True)
    upgrade.upgrade(engine)
    engine.dispose()
    topics.create(made.settings, 4)
    yield made


def wait_for(what: Callable[[], Any], seconds: float = _PATIENCE) -> Any:
    """The first true answer. Raises AssertionError where none comes in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError(f"nothing within {seconds} s")


@contextmanager
def store_of(made: Site) -> Iterator[SqlStore]:
    """Its store, to look into."""
    engine = connect(made.environ["AIQYN_DATABASE_URL"], create=False)
    try:
        yield SqlStore(engine)
    finally:
        engine.dispose()
