"""What the page about publishing shows is run: against a real broker and a real server."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers.kafka import Kafka, kafka
from servers.missing import Missing

from aiqyn.schemas.routing import PUBLIC
from aiqyn.services import settings as reading
from aiqyn.services.kafka import topics
from aiqyn.services.settings import Settings
from tests.services.http.conftest import Server
from tests.services.kafka.reading import records

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "publish.md").read_text(encoding="utf-8")
AIQYN = f"{sys.executable} -c 'from aiqyn.services.cli import main; main()'"
FILE = ROOT / "docs" / "examples" / "events.jsonl"
EXAMPLES = FILE.read_bytes().splitlines()
EVENTS = len(EXAMPLES)


def commands(section: str) -> list[str]:
    """The commands of one section of the page, as they stand there."""
    text = PAGE.split(f"\n{section}\n", 1)[1]
    text = re.split(r"^##", text, maxsplit=1, flags=re.M)[0]
    found = []
    for block in re.findall(r"^```console\n(.*?)^```", text, re.M | re.S):
        found += [line.removeprefix("$ ") for line in re.sub(r"\\\n\s*", "", block).splitlines() if line[:2] == "$ "]
    return found


def programs() -> list[str]:
    """The programs of the page."""
    return re.findall(r"^```python\n(.*?)^```", PAGE, re.M | re.S)


@pytest.fixture(scope="module")
def broker() -> Iterator[Kafka]:
    """A broker of these tests alone: the page's topics have no prefix."""
    try:
        with kafka() as running:
            yield running
    except Missing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def settings(broker: Kafka) -> Settings:
    made = reading.read({"AIQYN_KAFKA_BOOTSTRAP": broker.bootstrap})
    topics.create(made, partitions=1)
    return made


def shell(command: str, folder: Path, **environ: str) -> str:
    """What a line of the page prints, run from the repository's root, its database elsewhere."""
    own = {"AIQYN_DATABASE_URL": f"sqlite:///{folder / 'aiqyn.db'}", **environ}
    line = re.sub(r"\baiqyn (?=[a-z])", lambda _: AIQYN + " ", command)
    done = subprocess.run(
        line, shell=True, cwd=ROOT, env={**os.environ, **own}, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_topics_are_made_and_files_are_published(broker: Kafka, settings: Settings, tmp_path: Path) -> None:
    export, create, check = commands("## By Kafka")
    assert export == "export AIQYN_KAFKA_BOOTSTRAP=127.0.0.1:9092"
    for command in (create, check, *commands("### Files")):
        shell(command, tmp_path, AIQYN_KAFKA_BOOTSTRAP=broker.bootstrap)
    taken = {topic.name: 0 for topic in PUBLIC}
    for line in EXAMPLES:
        taken[next(topic.name for topic in PUBLIC if json.loads(line)["type"] in topic.types)] += 1
    assert taken.pop("procurement.releases")
    taken.pop("officials.positions")
    for name, number in taken.items():
        assert len(records(settings, name, number)) == number


def test_the_program_sends_an_event_that_is_accepted(broker: Kafka, settings: Settings, tmp_path: Path) -> None:
    from aiqyn.schemas.envelope import read_binary
    from aiqyn.streams.intake.judge import judge

    (tmp_path / "program.py").write_text(programs()[0], encoding="utf-8")
    done = subprocess.run(
        [sys.executable, tmp_path / "program.py", broker.bootstrap], capture_output=True, text=True, check=True
    )
    topic, partition, offset = done.stdout.split()
    assert topic == "officials.positions"
    (found,) = (
        record
        for record in records(settings, topic, _count(settings, topic))
        if (record.partition, record.offset) == (int(partition), int(offset))
    )
    event = read_binary({name: value.decode() for name, value in found.headers}, found.value)
    assert judge(event).issues == ()


def test_the_console_producer_sends_lines(broker: Kafka, settings: Settings, tmp_path: Path) -> None:
    (command,) = commands("### The console producer")
    before = _count(settings, "procurement.releases")
    line = command.replace("python ", f"{sys.executable} ").replace("127.0.0.1:9092", broker.bootstrap)
    shell(line, tmp_path)
    assert _count(settings, "procurement.releases") == before + EVENTS


def _count(settings: Settings, name: str) -> int:
    from kafka import TopicPartition

    from aiqyn.services.kafka import clients

    with clients.consumer(settings) as consumer:
        partitions = [TopicPartition(name, number) for number in consumer.partitions_for_topic(name)]
        return int(sum(consumer.end_offsets(partitions).values()))


def test_http_takes_the_file_by_both_ways_and_all_is_done(tmp_path: Path) -> None:
    server = Server(tmp_path)
    try:
        _, publish, curl = commands("## By HTTP")
        sources = tuple({json.loads(line)["source"] for line in EXAMPLES})
        own = {
            "AIQYN_API_KEY": server.key("publisher", sources=sources),
            "AIQYN_KEYS_DIR": server.environ["AIQYN_KEYS_DIR"],
            "AIQYN_STATE_DIR": server.environ["AIQYN_STATE_DIR"],
        }
        shell(publish.replace("https://aiqyn.example", server.url) + " --json > /dev/null", tmp_path, **own)
        assert shutil.which("curl"), "the page shows curl"
        answer = json.loads(shell(curl.replace("https://aiqyn.example", server.url), tmp_path, **own))
        assert answer["accepted"] + answer["duplicate"] >= EVENTS - 1
        (tmp_path / "program.py").write_text(programs()[1], encoding="utf-8")
        again = shell(f"{sys.executable} {tmp_path}/program.py {server.url} {own['AIQYN_API_KEY']} {FILE}", tmp_path)
        assert [int(number) for number in again.split()] == [0, EVENTS, 0, 0]
        (reconcile,) = commands("## Is it all done?")
        assert json.loads(shell(reconcile, tmp_path, **own))["drained"] is True
    finally:
        server.stop()


def test_what_was_refused_is_listed_shown_and_fed_again(tmp_path: Path) -> None:
    shell("aiqyn ingest docs/examples/events.jsonl || true", tmp_path, AIQYN_MAX_EVENT_BYTES="500")
    shown, raw, replay = commands("## What was refused")
    assert "event.tooLarge" in shell(shown, tmp_path)
    assert json.loads(shell(raw, tmp_path))["specversion"] == "1.0"
    assert "accepted" in shell(replay, tmp_path)


def test_the_table_of_topics_is_the_declared_one() -> None:
    rows = re.findall(r"^\| `([a-z.]+)` \| (.*?) \| (.*?) \|$", PAGE, re.M)
    assert rows == [(topic.name, topic.key, ", ".join(f"`{type}`" for type in topic.types)) for topic in PUBLIC]
