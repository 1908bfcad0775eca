"""What was erased by order is nowhere any more: no table, no file, no answer, and no restart brings it back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, inspect, text

from aiqyn.services.cli import run
from aiqyn.services.store.database import connect

ID, NAME, PHONE = "qpx-erased-0001", "Qupiya Erasedova", "+7 700 333 44 99"
CANARIES = (ID, NAME, PHONE)


def everywhere(engine: Engine) -> dict[str, list[str]]:
    """In which columns of which tables, whatever their type, one of the values stands."""
    found: dict[str, list[str]] = {}
    with engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings():
                for column, value in row.items():
                    held = (
                        bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
                    )
                    if hits := [each for each in CANARIES if each in held]:
                        found.setdefault(f"{table}.{column}", []).extend(hits)
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        database: str = request.getfixturevalue("postgres_url")
        engine = connect(database, create=False)
        assert run(["db", "upgrade", "--db", database]) == 0
        engine.dispose()
        return database
    return f"sqlite:///{tmp_path / 'aiqyn.db'}"


def person(story: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The story about somebody with these values."""
    told = json.dumps(story).replace('"o1"', json.dumps(ID))
    made: list[dict[str, Any]] = json.loads(told)
    for event in made:
        if "person" in event["data"]:
            event["data"]["person"] |= {"names": [{"fullName": NAME, "lang": "kk"}], "phones": [PHONE]}
    return made


def test_nothing_of_an_erased_person_is_left_anywhere(
    serve: Callable[..., Any], url: str, story: list[dict[str, Any]], capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    server = serve(None, url)
    told = person(story)
    assert server.send(*told).json()["accepted"] == len(told)
    conflict = {**told[0], "data": {**told[0]["data"], "post": "Another"}}
    assert server.send(conflict).json()["conflict"] == 1
    server.call(
        "POST",
        "/v1/events",
        "publisher",
        content=b'{"broken": "' + ID.encode(),
        headers={"Content-Type": "application/json"},
    )
    (alert,) = server.call("GET", "/v1/alerts", "auditor").json()["items"]

    def act(role: str, key: str | None = None, **members: Any) -> dict[str, Any]:
        headers = {"Idempotency-Key": key} if key else {}
        answer = server.call("POST", "/v1/actions", role, json={"alerts": [alert["id"]], **members}, headers=headers)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    act("auditor", kind="assign", assignee="auditor")
    act("auditor", key="first", kind="comment", text=f"Asked {NAME} by {PHONE}.")
    act("auditor", kind="reply", text="I have left the firm.")
    where = f"/v1/alerts/{alert['id']}/attachments"
    files = {"file": (f"{ID}.txt", f"The passport of {NAME}.".encode(), "text/plain")}
    assert server.call("POST", where, "auditor", files=files).status_code == 201
    purpose = {"alert": alert["id"], "purpose": f"To call {PHONE}."}
    assert server.call("POST", "/v1/reveals", "auditor", json=purpose).status_code == 201
    engine = connect(url, create=False)
    before = everywhere(engine)
    assert {name.partition(".")[0] for name in before} >= {
        "event", "alert", "alert_revision", "alert_entity", "quarantine", "action", "attachment", "idempotency", "leaf",
        "reveal",
    }  # fmt: skip
    body = {"kind": "erase", "entity": f"XX-PER:{ID}", "reason": f"The order about {NAME}."}
    order = server.call("POST", "/v1/actions", "dpo", json=body).json()
    done = server.call("POST", f"/v1/actions/{order['id']}/approve", "supervisor")
    assert done.status_code == 200, done.text
    # Source, id and hash of an event stay; these events have the person's number in neither.
    assert everywhere(engine) == {}
    assert server.stop() == 0
    held = b"".join(path.read_bytes() for path in server.folder.rglob("*") if path.is_file() and path.name != "stderr")
    assert [each for each in CANARIES if each.encode() in held] == []

    server.restart()
    refused = server.send(*told).json()
    assert (refused["accepted"], refused["duplicate"], refused["rejected"]) == (0, 1, 2)  # the release names nobody
    assert {each["code"] for one in refused["records"] for each in one["errors"]} == {"event.erased"}
    assert server.call("GET", "/v1/alerts", "auditor").json()["items"] == []
    seen = server.call("GET", f"/v1/alerts/{alert['id']}", "auditor").text
    seen += server.call("GET", f"/v1/actions?alert={alert['id']}", "auditor").text
    assert [each for each in CANARIES if each in seen] == []
    assert server.call("GET", "/v1/log/checkpoint", "auditor").status_code == 200
    assert server.stop() == 0
    assert everywhere(engine) == {}  # what was sent again was refused, and its bytes are not kept
    engine.dispose()
    monkeypatch.setenv("AIQYN_KEYS_DIR", str(server.folder / "keys"))
    assert run(["log", "verify", "--json", "--db", url]) == 0, capsys.readouterr().out
