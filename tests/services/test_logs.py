"""Logs: one line an entry, as text or JSON, whoever speaks; no secret and no person in it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from aiqyn.services.log_safety import told
from aiqyn.services.store.database import connect

ROOT = Path(__file__).parents[2]
CANARIES = ("840712301545", "Nurlan Canaryuly", "s3cret-canary", "kafka-canary", "oidc-canary", "key-canary-0123456789")
ENVIRON = {
    "AIQYN_DATABASE_URL": "postgresql://aiqyn:s3cret-canary@127.0.0.1:1/aiqyn",
    "AIQYN_KAFKA_SASL_PLAIN_PASSWORD": "kafka-canary",
    "AIQYN_OIDC_CLIENT_SECRET": "oidc-canary",
    "AIQYN_API_KEY": "key-canary-0123456789",
}
SPEAKING = """
import logging, os, threading, warnings
from aiqyn.services import logs, settings
found = settings.read(os.environ)
logs.of_a_service(found)
logging.getLogger("aiqyn.worker").info("%d records", 3)
logging.getLogger("kafka.client").info("an address")
logging.getLogger("kafka.client").warning("away, password kafka-canary")
try:
    {"KZ-IIN:840712301545": 1}["Nurlan Canaryuly"]
except KeyError:
    logging.getLogger("aiqyn.worker").critical("cannot go on", exc_info=True)
logging.getLogger("faust").error("postgresql://aiqyn:s3cret-canary@db/aiqyn is away, oidc-canary 840712301545")
logging.getLogger("aiqyn").error("key-canary-0123456789 Bearer abcdefghijklmnop aiqyn_" + "k" * 43)
thread = threading.Thread(target=lambda: int("Nurlan Canaryuly"), name="relay")
thread.start()
thread.join()
raise ValueError("Nurlan Canaryuly")
"""


def spoken(**more: str) -> tuple[int, list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", SPEAKING], cwd=ROOT, env={"PATH": "/usr/bin:/bin", **ENVIRON, **more},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr.splitlines()


def entries(lines: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines]


def test_json_is_one_object_a_line_and_the_form_away_from_a_terminal() -> None:
    code, lines = spoken()
    found = entries(lines)
    assert code == 1
    assert [(each["logger"], each["level"]) for each in found] == [
        ("aiqyn.worker", "info"),
        ("kafka.client", "warning"),
        ("aiqyn.worker", "critical"),
        ("faust", "error"),
        ("aiqyn", "error"),
        ("aiqyn", "critical"),
        ("aiqyn", "critical"),
    ]
    assert found[0]["event"] == "3 records"
    assert found[0]["timestamp"].endswith("Z")
    assert "KeyError" in found[2]["exception"]
    assert "the thread relay failed" in found[5]["event"]
    assert "ValueError" in found[6]["exception"]


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_secret_and_no_person_in_it(form: str) -> None:
    _, lines = spoken(AIQYN_LOG_FORMAT=form, AIQYN_LOG_LEVEL="debug")
    text = "\n".join(lines)
    assert "cannot go on" in text
    assert [canary for canary in (*CANARIES, "abcdefghijklmnop", "kkkk") if canary in text] == []


def test_text_is_for_people() -> None:
    _, lines = spoken(AIQYN_LOG_FORMAT="text")
    assert lines[0].split(" ", 1)[1] == "INFO aiqyn.worker: 3 records"


def test_the_level_holds_and_others_never_speak_below_a_warning() -> None:
    quiet = entries(spoken(AIQYN_LOG_LEVEL="critical")[1])
    assert {each["level"] for each in quiet} == {"critical"}
    loud = entries(spoken(AIQYN_LOG_LEVEL="debug")[1])
    assert "an address" not in {each["event"] for each in loud}


def test_an_error_of_the_database_is_told_without_its_values(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'a.db'}", create=True)
    with pytest.raises(DBAPIError) as caught, engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO nowhere VALUES (?)", (CANARIES[1],))
    engine.dispose()
    assert "no such table" in told(caught.value)
    assert CANARIES[1] not in told(caught.value) + str(caught.value)
