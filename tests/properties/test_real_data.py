"""Real publishers' files through the whole engine and a database: nothing breaks, is lost or made up."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from aiqyn.services.feeding import batches
from aiqyn.services.files import Incoming, read_records
from aiqyn.streams.verdicts import Verdict
from tests.properties.stored import database, monitor, replayed, standing, ticking

FOLDERS = ("data/ocds", "data/bods", "data/sources/uk_ocds_bods", "data/sources/uk_releases", "conformance")
_ENDINGS = (".json", ".jsonl", ".gz")


class Told(NamedTuple):
    """What became of every record of every file."""

    verdicts: list[tuple[Path, Incoming, Verdict]]
    standing: list[dict[str, Any]]
    replayed: list[dict[str, Any]]
    accepted: int
    refused: int


def _files(shared: Path) -> list[Path]:
    return [
        path
        for folder in FOLDERS
        for path in sorted((shared / folder).rglob("*"))
        if path.name.endswith(_ENDINGS) and not path.name.endswith(".expected.json")
    ]


def _records(files: list[Path], at: list[Path]) -> Iterator[Incoming]:
    for path in files:
        for record in read_records(path):
            at.append(path)
            yield record


@pytest.fixture(scope="module")
def told(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    files = _files(shared)
    assert len(files) > 300
    with database(tmp_path_factory.mktemp("real") / "real.db") as store:
        clock, at = ticking(), list[Path]()
        engine = monitor(store, clock)
        verdicts: list[tuple[Path, Incoming, Verdict]] = []
        for batch in batches(_records(files, at)):
            first = len(verdicts)
            found = engine.run_batch(batch)
            assert len(found) == len(batch)
            verdicts += zip(at[first : first + len(batch)], batch, found, strict=True)
        with store.engine.connect() as connection:
            accepted, refused = (
                connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
                for table in ("event", "quarantine")
            )
        return Told(verdicts, standing(store), replayed(store), accepted, refused)


def test_every_record_has_a_verdict_and_every_refused_one_a_reason(told: Told) -> None:
    for path, record, verdict in told.verdicts:
        if verdict.status in ("rejected", "conflict"):
            assert verdict.errors, path
            assert all(problem.code and problem.detail for problem in verdict.errors), path
        else:
            assert record.event is not None, path
            assert (verdict.source, verdict.id) == (record.event.source, record.event.id), path
            assert not verdict.errors, path


def test_the_counts_reconcile(told: Told) -> None:
    counts = Counter(verdict.status for _, _, verdict in told.verdicts)
    assert counts["accepted"] == told.accepted > 2500
    assert counts["rejected"] + counts["conflict"] == told.refused
    assert sum(counts.values()) == len(told.verdicts)


def _sources(alert: dict[str, Any]) -> set[str]:
    return {link["event"]["source"] for path in alert["paths"] for link in path}


def test_a_grave_alert_rests_on_identifiers(told: Told) -> None:
    """Critical ones always; high ones too where people are real (the scenarios have decided joins on purpose)."""
    critical = [alert for alert in told.standing if alert["severity"] == "critical"]
    high = [alert for alert in told.standing if alert["severity"] == "high"]
    assert critical
    for alert in [*critical, *(alert for alert in high if not all(map(_is_invented, _sources(alert))))]:
        assert alert["identity"] == "identifier", alert["rule"]


def _is_invented(source: str) -> bool:
    return source.startswith("/coi/")


def test_replay_gives_the_alerts(told: Told) -> None:
    assert told.standing
    assert json.dumps(told.replayed) == json.dumps(told.standing)
