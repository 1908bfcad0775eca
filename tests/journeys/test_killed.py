"""`kill -9` again and again during `aiqyn ingest`, then run to the end: nothing lost, nothing doubled."""

from __future__ import annotations

import random
import signal
import sqlite3
import time
from pathlib import Path

from aiqyn.services.demo.country import generate
from tests.journeys.commands import aiqyn, json_lines, report, start
from tests.journeys.running import content

_KILLS = 8


def _demo(folder: Path) -> tuple[Path, int, int]:
    """A file of events; how many lines it has, and how many different events."""
    lines = list(generate(600, 5).events)
    file = folder / "events.jsonl"
    file.write_bytes(b"".join(line + b"\n" for line in lines))
    return file, len(lines), len(set(lines))


def test_killed_again_and_again(tmp_path: Path) -> None:
    file, lines, events = _demo(tmp_path)
    calm, stormy = tmp_path / "calm", tmp_path / "stormy"
    calm.mkdir()
    stormy.mkdir()
    began = time.monotonic()
    undisturbed = report(calm, "ingest", str(file), "--json")
    took = time.monotonic() - began
    assert undisturbed["accepted"] == events
    assert undisturbed["duplicate"] == lines - events

    chance = random.Random(7)
    killed = 0
    for _ in range(_KILLS):
        process = start(stormy, "ingest", str(file), "--json")
        time.sleep(took * (0.2 + 0.6 * chance.random()))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.communicate()
        partly = sqlite3.connect(stormy / "aiqyn.db") if (stormy / "aiqyn.db").exists() else None
        if partly is not None:
            assert partly.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            partly.close()
    assert killed >= 2, "some runs were killed before their end"

    final = report(stormy, "ingest", str(file), "--json")
    again = report(stormy, "ingest", str(file), "--json")
    assert final["accepted"] + final["duplicate"] == lines
    assert (again["accepted"], again["duplicate"]) == (0, lines)
    assert again["alerts"] == {"raised": 0, "updated": 0, "withdrawn": 0}
    with sqlite3.connect(stormy / "aiqyn.db") as database:
        numbers = database.execute("SELECT count(*), min(seq), max(seq), count(DISTINCT seq) FROM event").fetchone()
    assert numbers == (events, 1, events, events)

    theirs = json_lines(calm, "alerts", "--format", "jsonl", "--all")
    ours = json_lines(stormy, "alerts", "--format", "jsonl", "--all")
    assert _nameless(content(ours)) == _nameless(content(theirs))
    everything = aiqyn(stormy, "alerts", "--format", "jsonl", "--all")
    assert everything.stdout == aiqyn(stormy, "replay").stdout


def _nameless(documents: list[str]) -> list[str]:
    """Without ids, which hang on each folder's own keys."""
    return sorted(document.partition('"id": "')[0] + document.partition('"id": "')[2][36:] for document in documents)
