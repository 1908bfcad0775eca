"""A Kafka cluster of our own: real brokers (KRaft, no ZooKeeper) in a folder that is removed afterwards.

python -m servers.kafka --brokers 3 --version 3.9
"""

from __future__ import annotations

import argparse
import base64
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from servers.foreground import stay
from servers.guard import Guard
from servers.kafka_jars import full_version, jars, java
from servers.kafka_metadata import brokers_known
from servers.ports import free_ports
from servers.processes import signal_tree
from servers.proxy import Proxy

_PATIENCE = 60  # seconds to stop
_STARTING = 180
"""Seconds to become ready: after a kill -9 a broker reads every partition again first."""
_LEAST_PROMPTNESS = 0.05


class Kafka:
    """A running cluster; brokers are numbered from 0. What names no broker is meant for all."""

    def __init__(self, folder: Path, brokers: int, version: str, proxies: list[Proxy]) -> None:
        self.version = version
        self.proxies = proxies
        self._folder = folder
        self._guard = Guard()
        self._guard.remove(folder)
        self._classes = str(jars(version) / "*")
        ports = free_ports(3 * brokers)
        self._inner, self._outer, self._controllers = (ports[start::3] for start in range(3))
        for proxy, port in zip(proxies, self._outer, strict=False):
            proxy.target = ("127.0.0.1", port)
        advertised = [proxy.port for proxy in proxies] or self._outer
        self.bootstrap = ",".join(f"127.0.0.1:{port}" for port in advertised)
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        cluster = "A" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[1:22]
        for number in range(brokers):
            self._settings(number).write_text(self._properties(number, advertised[number]), "utf-8")
            self._format(number, cluster)

    def start(self, broker: int | None = None) -> None:
        """Start what does not run, and wait until the cluster is whole again as far as it runs.

        A broker that was killed may come back only when its session has ended: some 3 seconds. Raises
        RuntimeError with the log.
        """
        for number in self._meant(broker):
            if number not in self._processes:
                with self._log(number).open("ab") as log:
                    options = ("-Xms128m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
                    self._processes[number] = subprocess.Popen(
                        [java(), *options, *self._main("kafka.Kafka"), str(self._settings(number))],
                        stdin=subprocess.DEVNULL,
                        stdout=log,
                        stderr=log,
                        start_new_session=True,
                    )
                self._guard.watch(self._processes[number].pid)
        self._wait()

    def stop(self, broker: int | None = None) -> None:
        """Stop in an orderly way."""
        meant = [number for number in self._meant(broker) if number in self._processes]
        for number in meant:
            self._processes[number].send_signal(signal.SIGTERM)
        for number in meant:
            self._end(number)

    def kill(self, broker: int | None = None) -> None:
        """kill -9."""
        self._signal(broker, signal.SIGKILL)
        for number in self._meant(broker):
            if number in self._processes:
                self._end(number)

    def pause(self, broker: int | None = None) -> None:
        """Nothing answers any more, and nothing ends."""
        self._signal(broker, signal.SIGSTOP)

    def resume(self, broker: int | None = None) -> None:
        self._signal(broker, signal.SIGCONT)

    def close(self) -> None:
        """End it at once, folder and all."""
        self.kill()
        self._guard.close()

    def _meant(self, broker: int | None) -> list[int]:
        return list(range(len(self._outer))) if broker is None else [broker]

    def _signal(self, broker: int | None, number: signal.Signals) -> None:
        for meant in self._meant(broker):
            if meant in self._processes:
                signal_tree(self._processes[meant].pid, number)

    def _end(self, number: int) -> None:
        process = self._processes[number]
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            # Without a majority of controllers there is no orderly end.
            process.kill()
            process.wait(_PATIENCE)
        del self._processes[number]
        self._guard.forget(process.pid)

    def _wait(self) -> None:
        deadline = time.monotonic() + _STARTING
        waited = set(self._processes)
        while waited:
            for number in sorted(waited):
                try:
                    if brokers_known(self._outer[number]) >= len(self._processes):
                        waited.discard(number)
                except OSError:
                    pass
                if self._processes[number].poll() is not None or time.monotonic() > deadline:
                    log = self._log(number).read_text(errors="replace")[-3000:]
                    raise RuntimeError(f"broker {number} of Kafka {self.version} does not start:\n{log}")
            time.sleep(_LEAST_PROMPTNESS)

    def _settings(self, number: int) -> Path:
        return self._folder / f"{number}.properties"

    def _log(self, number: int) -> Path:
        return self._folder / f"{number}.log"

    def _main(self, name: str) -> tuple[str, ...]:
        return ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", self._classes, name)

    def _format(self, number: int, cluster: str) -> None:
        command = [java(), *self._main("kafka.tools.StorageTool"), "format", "-t", cluster, "-c"]
        done = subprocess.run(
            [*command, str(self._settings(number))],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"the folder of broker {number} cannot be made:\n{done.stdout[-2000:]}")

    def _properties(self, number: int, advertised: int) -> str:
        brokers = len(self._outer)
        replicas, in_sync = min(3, brokers), max(1, min(3, brokers) - 1)
        inner, outer, controller = (f"127.0.0.1:{ports[number]}" for ports in self._ports())
        voters = ",".join(f"{n}@127.0.0.1:{port}" for n, port in enumerate(self._controllers, start=1))
        values = {
            "process.roles": "broker,controller",
            "node.id": number + 1,
            "listeners": f"INNER://{inner},PLAINTEXT://{outer},CONTROLLER://{controller}",
            "advertised.listeners": f"INNER://{inner},PLAINTEXT://127.0.0.1:{advertised}",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": "INNER:PLAINTEXT,PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name": "INNER",
            "controller.quorum.voters": voters,
            "log.dirs": self._folder / f"data-{number}",
            "num.partitions": 4,
            "default.replication.factor": replicas,
            "min.insync.replicas": in_sync,
            "auto.create.topics.enable": "false",
            "offsets.topic.replication.factor": replicas,
            "offsets.topic.num.partitions": 3,
            "transaction.state.log.replication.factor": replicas,
            "transaction.state.log.min.isr": in_sync,
            "transaction.state.log.num.partitions": 3,
            "share.coordinator.state.topic.replication.factor": replicas,
            "share.coordinator.state.topic.min.isr": in_sync,
            # A group begins at once, and a broker that was killed may soon come back.
            "group.initial.rebalance.delay.ms": 0,
            "broker.session.timeout.ms": 3000,
            "broker.heartbeat.interval.ms": 500,
        }
        return "".join(f"{name}={value}\n" for name, value in values.items())

    def _ports(self) -> tuple[list[int], list[int], list[int]]:
        return self._inner, self._outer, self._controllers


@contextmanager
def kafka(*, brokers: int = 1, version: str | None = None, proxied: bool = False) -> Iterator[Kafka]:
    """A cluster of one's own; topics are not made by themselves. Raises Missing without Java or the jars.

    With `proxied`, clients reach each broker through its `proxies[n]`; brokers reach each other directly.
    """
    java()
    full = full_version(version)
    jars(full)
    with ExitStack() as stack:
        proxies = [stack.enter_context(Proxy()) for _ in range(brokers if proxied else 0)]
        folder = Path(tempfile.mkdtemp(prefix="aiqyn-kafka-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        cluster = Kafka(folder, brokers, full, proxies)
        stack.callback(cluster.close)
        cluster.start()
        yield cluster


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m servers.kafka", description="Kafka until interrupted.")
    parser.add_argument("--brokers", type=int, default=1, metavar="N", help="how many (1)")
    parser.add_argument("--version", help="of Kafka: 3.9, 4 or in full (4.1.1)")
    chosen = parser.parse_args()
    if chosen.brokers < 1:
        parser.error("--brokers: 1 or more")
    return stay(kafka(brokers=chosen.brokers, version=chosen.version), "kafka", ("bootstrap", "version"))


if __name__ == "__main__":
    sys.exit(main())
