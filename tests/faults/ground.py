"""What faults are done to: workers, brokers, a database, and the ways between them."""

from __future__ import annotations

import os
import random
import select
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from servers.kafka import Kafka
from servers.kafka import kafka as kafka_cluster
from servers.postgres import Postgres
from servers.postgres import postgres as postgres_server
from servers.proxy import Proxy

from aiqyn.services.kafka import clients
from aiqyn.services.store.sql_store import SqlStore
from tests.faults.flow import Flow
from tests.journeys.working import Site, Worker, site, store_of

ROOT = Path(__file__).parents[2]


@dataclass
class Ground:
    """One installation and its surroundings."""

    here: Site
    runner: str
    kafka: Kafka
    postgres: Postgres
    way_to_database: Proxy
    store: SqlStore
    flow: Flow
    random: random.Random
    workers: list[Worker] = field(default_factory=list)
    poison: int = 0
    """Records sent that are none."""

    def start(self, number: int, *arguments: str, dying: tuple[str, int] | None = None) -> Worker:
        """A worker in the place of that number; `dying`: at which point, the how many-th time."""
        environ = {
            "AIQYN_INSTANCE_ID": f"w{number}",
            "AIQYN_STATE_DIR": str(self.state(number)),
            "AIQYN_DATABASE_URL": self.database_url,
        }
        program = (sys.executable, "-m", "tests.faults.dying", dying[0], str(dying[1])) if dying else None
        if program is not None:
            environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        options = ("--runner", self.runner, *arguments)
        worker = (
            self.here.start(*options, **environ)
            if program is None
            else self.here.start(*options, program=program, **environ)
        )
        if number == len(self.workers):
            self.workers.append(worker)
        else:
            self.workers[number] = worker
        return worker

    @property
    def database_url(self) -> str:
        """As workers see it: through the proxy."""
        name = self.here.environ["AIQYN_DATABASE_URL"].rpartition("/")[2]
        return f"postgresql://aiqyn@127.0.0.1:{self.way_to_database.port}/{name}"

    def state(self, number: int) -> Path:
        return self.here.folder / f"state-{number}"

    def stop(self, number: int) -> None:
        """SIGTERM. Raises AssertionError where it does not end well in time."""
        worker = self.workers[number]
        worker.signal(signal.SIGTERM)
        code = worker.process.wait(20)
        assert code == 0, f"SIGTERM gave exit code {code}"

    def dead(self) -> list[int]:
        """Exit codes of workers that ended by themselves."""
        return [code for worker in self.workers if (code := worker.process.poll()) is not None]

    def close(self) -> None:
        for worker in self.workers:
            if worker.process.poll() is None:
                worker.signal(signal.SIGCONT)
            worker.kill()


def is_ready(worker: Worker, seconds: float) -> bool:
    """Whether a worker says so within that time; True also where it did before."""
    if worker.url:
        return True
    assert worker.process.stdout is not None
    if select.select([worker.process.stdout], [], [], seconds)[0] and worker.process.poll() is None:
        worker.ready()
    return bool(worker.url)


@dataclass
class Servers:
    """Brokers and a database, used by one run after another; every way to them leads through a proxy."""

    kafka: Kafka
    postgres: Postgres
    way_to_database: Proxy


@contextmanager
def servers(brokers: int = 1, version: str | None = None) -> Iterator[Servers]:
    with (
        kafka_cluster(brokers=brokers, proxied=True, version=version) as cluster,
        postgres_server(fsync=False) as server,
        Proxy(("127.0.0.1", server.port)) as proxy,
    ):
        yield Servers(cluster, server, proxy)


@contextmanager
def ground(using: Servers, runner: str, lines: list[bytes], seed: int) -> Iterator[Ground]:
    """A new installation; no worker yet. Its folder stays where something went wrong."""
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    database = using.postgres.database()
    with ExitStack() as stack:
        # members that were killed in another run are still members of its group
        here = stack.enter_context(site(folder, using.kafka.bootstrap, database, AIQYN_GROUP=folder.name))
        store = stack.enter_context(store_of(here))
        flow = Flow(here.settings, lines)
        made = Ground(
            here, runner, using.kafka, using.postgres, using.way_to_database, store, flow, random.Random(seed)
        )
        stack.callback(made.close)
        yield made
    shutil.rmtree(folder, ignore_errors=True)
    using.postgres.drop(database)
    _without_topics(here)


def _without_topics(here: Site) -> None:
    """The next run's brokers have only its own topics to recover."""
    with clients.admin(here.settings) as admin:
        prefix = here.environ["AIQYN_TOPIC_PREFIX"]
        admin.delete_topics([topic for topic in admin.list_topics() if topic.startswith(prefix)])


def tails(folder: Path, lines: int = 12) -> str:
    """The last words of the workers' logs, oldest first."""
    logs = sorted(folder.glob("worker-*.log"), key=os.path.getmtime)[-3:]
    return "\n".join(
        f"--- {log}\n" + "\n".join(log.read_text("utf-8", "replace").splitlines()[-lines:]) for log in logs
    )
