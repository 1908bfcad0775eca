"""The balances: right after ordinary work, and each kind of loss is found."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from servers.kafka import Kafka

from aiqyn.services import settings as reading
from aiqyn.services.cli import run
from aiqyn.services.kafka import topics
from aiqyn.services.store.database import connect, writing
from aiqyn.streams.moments import rfc3339

Json = dict[str, Any]
EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
Reconcile = Callable[..., Json]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def reconcile(folder: Path, capsys: pytest.CaptureFixture[str]) -> Reconcile:
    """Runs the command; its report, and whether it ended well."""

    def command(*arguments: str, code: int = 0) -> Json:
        capsys.readouterr()
        assert run(["reconcile", "--json", *arguments]) == code
        report: Json = json.loads(capsys.readouterr().out)
        return report

    return command


@pytest.fixture
def fed(folder: Path) -> Path:
    """A database that took every kind of record."""
    for name, code in (("events", 0), ("events", 0), ("refused", 2)):
        assert run(["ingest", str(EXAMPLES / f"{name}.jsonl")]) == code
    return folder


def sql(folder: Path, *statements: str) -> list[Any]:
    """Statements at the database; the rows of the last."""
    engine = connect(f"sqlite:///{folder / 'aiqyn.db'}", create=False)
    with writing(engine) as connection:
        results = [connection.exec_driver_sql(statement) for statement in statements]
        rows = list(results[-1]) if results[-1].returns_rows else []
    engine.dispose()
    return rows


def test_everything_is_counted_once(fed: Path, reconcile: Reconcile) -> None:
    report = reconcile()
    assert report == {
        "received": 40, "accepted": 17, "duplicate": 17, "conflict": 1, "rejected": 5, "evaluated": 17,
        "alerts": {"raised": 1, "updated": 0, "withdrawn": 0}, "outbox": {"pending": 0}, "lag": {}, "drained": True,
        "differences": [],
    } | {name: report[name] for name in ("accepted", "duplicate", "evaluated", "alerts")}  # fmt: skip
    assert report["received"] == sum(report[name] for name in ("accepted", "duplicate", "conflict", "rejected"))
    assert report["evaluated"] == report["accepted"]


def test_periods_split_the_whole_exactly(fed: Path, reconcile: Reconcile) -> None:
    whole = reconcile()
    at = [rfc3339(row[0]) for row in sql(fed, "SELECT at FROM batch ORDER BY number")]
    assert len(at) == 3
    parts = [
        reconcile("--to", at[1]), reconcile("--from", at[1], "--to", at[2]), reconcile("--from", at[2]),
    ]  # fmt: skip
    for name in ("received", "accepted", "duplicate", "conflict", "rejected", "evaluated"):
        assert sum(part[name] for part in parts) == whole[name]
    assert [part["received"] for part in parts] == [16, 16, 8]
    assert reconcile("--to", "2020-01-01")["received"] == 0


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("DELETE FROM event WHERE seq = 3", "the ledger has"),
        ("DELETE FROM quarantine WHERE status = 'conflict'", "ended as conflict"),
        ("INSERT INTO quarantine (status, code, pointer, detail, door, received_at, raw) "
         "VALUES ('rejected', 'x', '', '', 'file', 1, 'x')", "ended as rejected"),
        ("DELETE FROM batch WHERE number = 1", "the ledger"),
        ("UPDATE batch SET received = received + 1 WHERE number = 2", "batch 2 does not add up"),
        ("UPDATE alert SET revision = revision + 1", "last revision"),
        ("DELETE FROM alert", "last revision"),
        ("UPDATE alert_revision SET number = number + 5", "holes"),
    ],
)  # fmt: skip
def test_each_loss_is_told(fed: Path, reconcile: Reconcile, damage: str, told: str) -> None:
    sql(fed, damage)
    assert any(told in line for line in reconcile(code=1)["differences"])


def test_events_that_a_part_has_not_judged_are_waited_for(fed: Path, reconcile: Reconcile) -> None:
    sql(fed, "INSERT INTO shard (number, position, epoch, until) VALUES (0, 17, 0, 0), (1, 5, 0, 0)")
    report = reconcile("--wait", "0.4", code=1)
    assert (report["evaluated"], report["drained"], report["differences"]) == (5, False, [])


def test_what_stands_on_kafka_and_is_not_read_is_lag(
    fed: Path, reconcile: Reconcile, kafka: Kafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = {"AIQYN_KAFKA_BOOTSTRAP": kafka.bootstrap, "AIQYN_TOPIC_PREFIX": "reconcile-test."}
    topics.create(reading.read(environ), partitions=2)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    report = reconcile(code=1)
    assert (report["outbox"], set(report["lag"].values())) == ({"pending": 2}, {0})  # an alert, a quality issue
    for feed in ("alerts", "quality"):
        assert reconcile(code=1)["drained"] is False
        sql(fed, f"INSERT INTO cursor (name, position, epoch, until) VALUES ('{feed}', 99, 1, 0)")
    assert reconcile()["drained"] is True
    assert run(["publish", str(EXAMPLES / "events.jsonl")]) == 0
    report = reconcile(code=1)
    assert report["lag"]["reconcile-test.procurement.releases"] == 2
    assert sum(report["lag"].values()) == 16
    assert reconcile("--to", "2020-01-01")["lag"] == dict.fromkeys(report["lag"], 0)
    for topic, waiting in report["lag"].items():
        for partition in range(3):
            sql(fed, f"INSERT INTO kafka_position VALUES ('{topic}', {partition}, {waiting})")
    assert reconcile()["drained"] is True


def test_missing_topics_are_an_error_not_a_balance(
    fed: Path, kafka: Kafka, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AIQYN_KAFKA_BOOTSTRAP", kafka.bootstrap)
    monkeypatch.setenv("AIQYN_TOPIC_PREFIX", "nowhere.")
    assert run(["reconcile"]) == 1
    assert "nowhere.procurement.releases" in capsys.readouterr().err
