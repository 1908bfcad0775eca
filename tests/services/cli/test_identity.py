"""`aiqyn identity`: a pair is found, decided about, and given back; everybody in it is invented."""

import json
from pathlib import Path
from typing import Any

from tests.journeys.commands import aiqyn, json_lines, report

LEFT, RIGHT = "XX-OTHER:z9", "XX-PER:a1"


def event(id: str, type: str, data: dict[str, Any]) -> str:
    whole = {"specversion": "1.0", "id": id, "source": "/t", "type": type, "time": "2024-01-01T00:00:00Z", "data": data}
    return json.dumps(whole, ensure_ascii=False) + "\n"


def person(scheme: str, id: str, name: str) -> dict[str, Any]:
    return {"identifiers": [{"scheme": scheme, "id": id}], "names": [{"fullName": name}], "birthDate": "1980-02-03"}


def body(id: str) -> dict[str, Any]:
    return {"identifiers": [{"scheme": "XX-B", "id": id}]}


def two_records(folder: Path) -> None:
    post = {"person": person("XX-PER", "a1", "Асан Ойдан"), "post": "Head", "role": "head", "startDate": "2020-01-01"}
    role = {"person": person("XX-OTHER", "z9", "Ойдан Асан"), "role": "director", "startDate": "2020-01-01"}
    text = event(
        "1", "official.occupancy.v1", {**post, "organization": {"identifiers": [{"scheme": "XX-B", "id": "b1"}]}}
    )
    text += event(
        "2", "registry.directorship.v1", {**role, "company": {"identifiers": [{"scheme": "XX-B", "id": "c1"}]}}
    )
    (folder / "events.jsonl").write_text(text)
    assert report(folder, "ingest", "events.jsonl", "--json")["accepted"] == 2


def test_a_pair_is_decided_and_given_back(tmp_path: Path) -> None:
    two_records(tmp_path)
    [pair] = json_lines(tmp_path, "identity", "review", "--json")
    assert (pair["left"], pair["right"], pair["explanation"]) == (LEFT, RIGHT, ["name", "birthDate"])
    assert 0.5 <= float(pair["score"]) < 1

    decided = report(
        tmp_path, "identity", "decide", LEFT, RIGHT, "same", "--by", "aida", "--reason", "passport", "--json"
    )
    assert (decided["kind"], decided["state"], decided["verdict"]) == ("identify", "done", "same")
    assert json_lines(tmp_path, "identity", "review", "--json") == []
    assert aiqyn(tmp_path, "identity", "explain", LEFT, RIGHT).returncode == 1

    assert report(tmp_path, "identity", "undo", decided["id"], "--json")["state"] == "undone"
    assert [each["left"] for each in json_lines(tmp_path, "identity", "review", "--json")] == [LEFT]
    assert report(tmp_path, "log", "verify", "--json")["ok"] is True


def test_what_is_no_decision_cannot_be_undone(tmp_path: Path) -> None:
    two_records(tmp_path)
    done = aiqyn(tmp_path, "identity", "undo", "nothing")
    assert done.returncode == 1
    assert "there is no action" in done.stderr
