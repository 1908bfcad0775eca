"""PostgreSQL tells what SQLite tells, byte for byte, whatever the command."""

import json
import re
import shutil
from pathlib import Path

from tests.journeys.commands import aiqyn as run

_ARRIVAL = re.compile(r'"(?:recordedAt|raisedAt|updatedAt)":"[^"]*"')


def files(shared: Path) -> list[Path]:
    """One scenario of several rules."""
    found = sorted((shared / "conformance" / "conflicts").glob("*.jsonl"))
    return found[:: max(1, len(found) // 6)]


def told(folder: Path, *arguments: str) -> str:
    done = run(folder, *arguments)
    assert done.returncode in (0, 2), done.stderr
    return _ARRIVAL.sub('"arrival"', done.stdout)


def test_the_same_is_told(shared: Path, tmp_path: Path, postgres_url: str) -> None:
    lite, big = tmp_path / "lite", tmp_path / "big"
    for folder in (lite, big):
        folder.mkdir()
    events = [str(file) for file in files(shared)]
    assert run(big, "alerts", "--db", postgres_url).returncode == 1  # no tables yet
    assert run(big, "db", "upgrade", "--db", postgres_url).returncode == 0
    told(lite, "ingest", *events)
    # Alert ids depend on the keys: both share them.
    shutil.copytree(lite / ".aiqyn" / "keys", big / ".aiqyn" / "keys")
    told(big, "ingest", "--db", postgres_url, *events)
    alerts = told(lite, "alerts", "--json")
    assert alerts
    assert told(big, "alerts", "--json", "--db", postgres_url) == alerts
    for line in alerts.splitlines()[::6]:
        alert = json.loads(_restored(line))
        name, company = alert["id"], alert["companies"][0]
        assert told(big, "ownership", company, "--db", postgres_url) == told(lite, "ownership", company)
        assert told(big, "explain", name, "--db", postgres_url) == told(lite, "explain", name)
    assert told(big, "replay", "--db", postgres_url) == told(lite, "replay")


def _restored(line: str) -> str:
    return line.replace('"arrival"', '"arrival":0')


def test_a_second_run_finds_duplicates_alone(shared: Path, tmp_path: Path, postgres_url: str) -> None:
    file = str(files(shared)[0])
    assert run(tmp_path, "db", "upgrade", "--db", postgres_url).returncode == 0
    told(tmp_path, "ingest", "--db", postgres_url, file)
    before = told(tmp_path, "alerts", "--json", "--db", postgres_url)
    told(tmp_path, "ingest", "--db", postgres_url, file)
    assert told(tmp_path, "alerts", "--json", "--db", postgres_url) == before
