"""The commands: one ready line, exit 0 on SIGTERM, and nothing left behind by kill -9."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest
from servers.kafka_metadata import brokers_known

ROOT = Path(__file__).parents[2]


def start(module: str, *arguments: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        _, complaint = process.communicate(timeout=30)
        pytest.skip(complaint.strip())
    return process, json.loads(line)


def test_postgres_ends_on_sigterm(postgres_url: str) -> None:
    process, line = start("servers.postgres")
    assert (line["ready"], line["pid"]) == ("postgres", process.pid)
    with psycopg.connect(line["url"]) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    process.terminate()
    rest, _ = process.communicate(timeout=20)
    assert (process.returncode, rest) == (0, "")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(line["url"])


def test_postgres_ends_with_its_launcher(postgres_url: str) -> None:
    process, line = start("servers.postgres")
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=20)
    deadline = time.monotonic() + 20
    while True:
        try:
            psycopg.connect(line["url"]).close()
        except psycopg.OperationalError:
            return
        assert time.monotonic() < deadline, "the server outlived its launcher"
        time.sleep(0.05)


def test_kafka_names_its_bootstrap_and_version() -> None:
    process, line = start("servers.kafka")
    assert (line["ready"], line["version"], line["pid"]) == ("kafka", "4.1.1", process.pid)
    port = int(line["bootstrap"].rpartition(":")[2])
    assert brokers_known(port) == 1
    process.terminate()
    rest, _ = process.communicate(timeout=20)
    assert (process.returncode, rest) == (0, "")
    with pytest.raises(OSError, match="refused"):
        brokers_known(port)
