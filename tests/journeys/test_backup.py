"""A backup, taken while an engine works, is the whole product again: what a replay gives is what the alerts say."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from servers.postgres import Postgres, programs

from aiqyn.services.demo.country import generate
from tests.journeys.commands import aiqyn, start


def lite(folder: Path, _: pytest.FixtureRequest) -> tuple[str, Callable[[], str]]:
    """An SQLite database, and how to restore it: SQLite's own backup."""

    def restored() -> str:
        with (
            closing(sqlite3.connect(folder / "aiqyn.db")) as source,
            closing(sqlite3.connect(folder / "copy.db")) as target,
        ):
            source.backup(target)
        return f"sqlite:///{folder / 'copy.db'}"

    return f"sqlite:///{folder / 'aiqyn.db'}", restored


def big(folder: Path, request: pytest.FixtureRequest) -> tuple[str, Callable[[], str]]:
    """A PostgreSQL database, and how to restore it: `pg_dump`, then `pg_restore`."""
    if not (programs() / "pg_dump").is_file():
        pytest.skip("there is no pg_dump here; install postgresql-client (Debian, Ubuntu)")
    server: Postgres = request.getfixturevalue("postgres")
    url = server.database()

    def restored() -> str:
        dump, to = folder / "dump", server.database()
        for program, *arguments in (
            ("pg_dump", "--format=custom", f"--file={dump}", url),
            ("pg_restore", "--exit-on-error", f"--dbname={to}", str(dump)),
        ):
            done = subprocess.run([programs() / program, *arguments], capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
        return to

    return url, restored


@pytest.mark.parametrize("kind", [lite, big])
def test_a_restored_backup_replays_to_the_same(
    kind: Callable[[Path, pytest.FixtureRequest], tuple[str, Callable[[], str]]],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    url, restore = kind(tmp_path, request)
    keys = tmp_path / ".aiqyn" / "keys"
    lines = list(dict.fromkeys(generate(300, 5).events))
    for name, some in (("first", lines[:-200]), ("rest", lines[-200:])):
        (tmp_path / f"{name}.jsonl").write_bytes(b"\n".join(some))
    told(tmp_path, "db", "upgrade", "--db", url)
    told(tmp_path, "ingest", "first.jsonl", "--db", url)
    engine = start(tmp_path, "ingest", "rest.jsonl", "-", "--db", url, stdin=subprocess.PIPE)
    copy = restore()
    engine.communicate(b"", timeout=120)
    assert engine.returncode == 0
    before = told(tmp_path, "alerts", "--format", "jsonl", "--all", "--db", copy)
    assert before.count("\n") > 3
    shutil.rmtree(tmp_path / ".aiqyn" / "state", ignore_errors=True)
    assert told(tmp_path, "replay", "--db", copy) == before
    assert '"ok":true' in told(tmp_path, "log", "verify", "--json", "--db", copy)
    # it goes on from there, to where the other one is by now
    told(tmp_path, "ingest", "first.jsonl", "rest.jsonl", "--db", copy)
    assert arrived(told(tmp_path, "replay", "--db", copy)) == arrived(told(tmp_path, "replay", "--db", url))
    keys.rename(tmp_path / "lost")
    refused = aiqyn(tmp_path, "alerts", "--db", copy)
    assert refused.returncode == 1
    assert "restore them from their backup" in refused.stderr


def arrived(alerts: str) -> list[str]:
    """Ids and states: what does not tell of arrival."""
    return [f"{alert['id']} {alert['dataState']} {alert['summary']}" for alert in map(json.loads, alerts.splitlines())]


def told(folder: Path, *arguments: str) -> str:
    done = aiqyn(folder, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout
