"""Refused records: listed, shown as they came, fed again by either way."""

import json
from pathlib import Path
from typing import Any

import pytest
from servers.kafka import Kafka

from aiqyn.services import settings as reading
from aiqyn.services.cli import run
from aiqyn.services.kafka import topics
from aiqyn.services.kafka.publisher import Publisher
from aiqyn.services.settings import Settings
from aiqyn.services.store.database import connect, writing
from aiqyn.services.store.tables import quarantine
from tests.services.kafka.reading import records

Json = dict[str, Any]
EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
PREFIX = "quarantine-test."


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Console:
    """Runs commands in the test's folder."""

    def __init__(self, printed: pytest.CaptureFixture[bytes]) -> None:
        self._printed = printed

    def __call__(self, *arguments: str, code: int = 0) -> bytes:
        ended = run(arguments)
        out, err = self._printed.readouterr()
        assert ended == code, (out + err).decode()
        return out

    def lines(self, *arguments: str, code: int = 0) -> list[Json]:
        return [json.loads(line) for line in self(*arguments, code=code).splitlines()]


@pytest.fixture
def aiqyn(folder: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> Console:
    return Console(capsysbinary)


@pytest.fixture
def refused(aiqyn: Console, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Events that were too large for a while."""
    monkeypatch.setenv("AIQYN_MAX_EVENT_BYTES", "500")
    aiqyn("ingest", str(EXAMPLES / "events.jsonl"), code=2)
    monkeypatch.delenv("AIQYN_MAX_EVENT_BYTES")
    return [line for line in (EXAMPLES / "events.jsonl").read_bytes().splitlines() if len(line) > 500]


def test_rows_have_the_contracts_members_and_filters_choose(aiqyn: Console, refused: list[bytes]) -> None:
    rows = aiqyn.lines("quarantine", "list", "--json")
    assert len(rows) == len(refused)
    first = rows[0]
    assert first.pop("receivedAt")
    assert first == {
        "id": 1, "status": "rejected", "code": "event.tooLarge", "pointer": "", "source": None, "eventId": None,
        "detail": f"{len(refused[0])} bytes; an event may have 500", "type": None, "door": "file", "topic": None,
        "partition": None, "offset": None, "replayedAt": None,
    }  # fmt: skip
    assert aiqyn.lines("quarantine", "list", "--json", "--status", "conflict") == []
    assert len(aiqyn.lines("quarantine", "list", "--json", "--code", "event.tooLarge", "--code", "x")) == len(rows)
    assert aiqyn.lines("quarantine", "list", "--json", "--source", "/nobody") == []


def test_show_gives_the_bytes(aiqyn: Console, refused: list[bytes]) -> None:
    for number, line in enumerate(refused, start=1):
        assert aiqyn("quarantine", "show", str(number)) == line
    aiqyn("quarantine", "show", "99", code=1)


def test_replay_takes_them_in_and_notes_when(aiqyn: Console, refused: list[bytes]) -> None:
    (verdict,) = aiqyn.lines("quarantine", "replay", "2", "--json")
    assert (verdict["status"], verdict["id"]) == ("accepted", json.loads(refused[1])["id"])
    waiting = aiqyn.lines("quarantine", "list", "--json", "--waiting")
    assert [row["id"] for row in waiting] == [1, *range(3, len(refused) + 1)]
    assert len(aiqyn.lines("quarantine", "replay", "--all", "--json")) == len(refused) - 1
    assert aiqyn.lines("quarantine", "list", "--json", "--waiting") == []
    assert all(row["replayedAt"] for row in aiqyn.lines("quarantine", "list", "--json"))
    (again,) = aiqyn.lines("quarantine", "replay", "2", "--json")
    assert again["status"] == "duplicate"
    assert aiqyn.lines("reconcile", "--json")[0]["differences"] == []


def test_what_is_refused_again_is_a_new_row(aiqyn: Console, folder: Path) -> None:
    aiqyn("ingest", str(EXAMPLES / "refused.jsonl"), code=2)
    before = aiqyn.lines("quarantine", "list", "--json")
    aiqyn("quarantine", "replay", str(before[1]["id"]), code=2)
    after = aiqyn.lines("quarantine", "list", "--json")
    assert len(after) == len(before) + 1
    assert after[1]["replayedAt"] is not None
    assert (after[-1]["code"], after[-1]["replayedAt"]) == (before[1]["code"], None)


@pytest.mark.parametrize("arguments", [(), ("1", "--all")])
def test_what_to_replay_must_be_said_once(aiqyn: Console, arguments: tuple[str, ...]) -> None:
    aiqyn("quarantine", "replay", *arguments, code=64)


def test_data_without_their_headers_do_not_become_another_event(aiqyn: Console, folder: Path) -> None:
    aiqyn("ingest", str(EXAMPLES / "releases.jsonl"))
    release = json.loads((EXAMPLES / "releases.jsonl").read_bytes().splitlines()[0])
    insert(folder, json.dumps(release | {"id": "other"}).encode(), source="/s", event_id="by-header", door="http")
    (verdict,) = aiqyn.lines("quarantine", "replay", "1", "--json", code=2)
    assert (verdict["status"], verdict["id"], verdict["errors"][0]["pointer"]) == ("rejected", "by-header", "/id")


def insert(folder: Path, raw: bytes, **columns: Any) -> None:
    row = {"status": "conflict", "code": "event.conflict", "pointer": "/id", "detail": "", "received_at": 1, "raw": raw}
    engine = connect(f"sqlite:///{folder / 'aiqyn.db'}", create=False)
    with writing(engine) as connection:
        connection.execute(quarantine.insert().values(**row, **columns))
    engine.dispose()


def test_with_kafka_a_record_goes_back_byte_for_byte_and_others_to_the_topic_of_their_type(
    aiqyn: Console, refused: list[bytes], kafka: Kafka, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = {"AIQYN_KAFKA_BOOTSTRAP": kafka.bootstrap, "AIQYN_TOPIC_PREFIX": PREFIX}
    settings = reading.read(environ)
    topics.create(settings, partitions=1)
    placed = spoilt(settings)
    where = {"topic": placed[0], "partition": placed[1], "offset": placed[2]}
    insert(folder, b"\x00spoilt", door="kafka", **where)
    insert(folder, b"{", door="http")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    ids = [str(number) for number in range(1, len(refused) + 3)]
    verdicts = aiqyn.lines("quarantine", "replay", *ids, "--json", code=2)
    assert [(verdict["status"], verdict["state"]) for verdict in verdicts] == [
        *[("accepted", "queued")] * (len(refused) + 1), ("rejected", None),
    ]  # fmt: skip
    original, again = ((record.key, record.value, list(record.headers)) for record in records(settings, "donations", 2))
    assert original == again == (b"k\xff", b"\x00spoilt", [("ce_id", b"\xfe"), ("x", b"")])
    assert len(records(settings, "procurement.releases", 2)) == 2
    rows = aiqyn.lines("quarantine", "list", "--json", "--waiting")
    assert [row["id"] for row in rows] == [len(refused) + 2]


def spoilt(settings: Settings) -> tuple[str, int, int]:
    """Where a record stands that is no event."""
    with Publisher(settings) as publisher:
        name = topics.name(settings, "donations")
        sent = publisher.produce_as_is(name, b"k\xff", b"\x00spoilt", [("ce_id", b"\xfe"), ("x", b"")]).result()
    assert sent.partition is not None
    assert sent.offset is not None
    return sent.topic, sent.partition, sent.offset
