"""A server to measure: `aiqyn serve` in a process of its own over a database that is thrown away."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
from servers.postgres import postgres

from aiqyn.services import settings as reading
from aiqyn.services.accounts import keys, users
from aiqyn.services.store.administering import open_to_administer

COMMAND = [sys.executable, "-c", "from aiqyn.services.cli import main; main()"]


@contextmanager
def ground(kind: str) -> Iterator[tuple[str, Path]]:
    """The address of an empty database, `sqlite` or `postgresql`, with its tables; and a folder."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{folder / 'aiqyn.db'}"
        if kind == "postgresql":
            url = stack.enter_context(postgres()).database()
        subprocess.run([*COMMAND, "db", "upgrade", "--db", url], env=environ(folder), check=True, capture_output=True)
        yield url, folder


def environ(folder: Path, **more: str) -> dict[str, str]:
    own = {"AIQYN_KEYS_DIR": str(folder / "keys"), "AIQYN_STATE_DIR": str(folder / "state"), "AIQYN_RATE_LIMIT": "0"}
    return {**os.environ, **own, **more}


@contextmanager
def serving(url: str, folder: Path, *roles: str) -> Iterator[tuple[dict[str, httpx.Client], int]]:
    """A client for each role, and the process id of the server."""
    settings = reading.read({k: v for k, v in environ(folder).items() if k.startswith("AIQYN_")}, url)
    tokens = {}
    with open_to_administer(settings) as opened:
        for role in roles:
            users.add(opened.engine, "cli:bench", role, [role.partition("-")[0]], password="a password for benchmarks")
            tokens[role] = keys.add(opened.engine, "cli:bench", role)[1]
    command = [*COMMAND, "serve", "--port", "0", "--db", url]
    with (folder / "stderr").open("wb") as errors:
        process = subprocess.Popen(command, env=environ(folder), cwd=folder, stdout=subprocess.PIPE, stderr=errors)
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise SystemExit((folder / "stderr").read_text())
    base = json.loads(line)["url"]
    try:
        yield (
            {
                role: httpx.Client(base_url=base, timeout=120, headers={"Authorization": f"Bearer {token}"})
                for role, token in tokens.items()
            },
            process.pid,
        )
    finally:
        process.terminate()
        process.wait(30)


def cpu(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def timed(client: httpx.Client, path: str, times: int, pid: int, **more: Any) -> dict[str, Any]:
    """Milliseconds that an address takes: the first time, the median, 95 of 100; and of processor time a request."""
    took = []
    spent = 0.0
    for number in range(times + 1):
        if number == 1:
            spent = cpu(pid)
        began = time.perf_counter()
        answer = client.get(path, **more)
        took.append(1000 * (time.perf_counter() - began))
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status_code} {answer.text[:500]}")
    first, rest = took[0], sorted(took[1:])
    return {
        "path": path, "first": round(first), "p50": round(rest[len(rest) // 2]),
        "p95": round(rest[min(len(rest) - 1, int(len(rest) * 0.95))]), "cpu": round(1000 * (cpu(pid) - spent) / times),
    }  # fmt: skip
