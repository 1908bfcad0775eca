"""`kill -9` at any moment leaves each batch whole or absent, and what was said to be done is done."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.services.store.committing import ALERTS, EVENTS

ROOT = Path(__file__).parents[3]


def start(url: str, death: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.services.store.committing", url, death],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def batches_in(file: Path) -> int:
    """The number of whole batches in a database; fails where there is a part of one."""
    with sqlite3.connect(file) as connection:
        events: int
        events, last = connection.execute("SELECT count(*), max(seq) FROM event").fetchone()
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        number, left = divmod(events, EVENTS)
        assert (left, last) == (0, events or None)
        assert connection.execute("SELECT count(*) FROM alert_revision").fetchone() == (number * ALERTS,)
        states = connection.execute("SELECT count(*), min(revision), max(revision) FROM alert").fetchone()
        assert states == ((ALERTS, number, number) if number else (0, None, None))
        rested = connection.execute("SELECT DISTINCT seq FROM alert_event ORDER BY seq").fetchall()
        first = (number - 1) * EVENTS + 1
        assert rested == ([(first,), (first + 1,)] if number else [])
    connection.close()
    return number


@pytest.mark.parametrize(("death", "batches"), [("before", 2), ("after", 3)])
def test_killed_around_a_commit(tmp_path: Path, death: str, batches: int) -> None:
    file = tmp_path / "aiqyn.db"
    process = start(f"sqlite:///{file}", death)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert said.split() == [str(EVENTS), str(2 * EVENTS)]
    assert batches_in(file) == batches


def test_killed_at_random_and_started_again(tmp_path: Path) -> None:
    file = tmp_path / "aiqyn.db"
    moments = random.Random(7)
    said = 0
    for _ in range(6):
        process = start(f"sqlite:///{file}", "never")
        assert process.stdout is not None
        first = int(process.stdout.readline())  # it works by now
        time.sleep(moments.uniform(0, 0.15))
        process.kill()
        rest, _ = process.communicate(timeout=60)
        # The last line may be cut short by the kill.
        whole = rest[: rest.rfind("\n") + 1].split()
        said = max(first, *(int(word) for word in whole), 0)
        assert batches_in(file) * EVENTS in (said, said + EVENTS)
    assert said >= 6 * EVENTS
