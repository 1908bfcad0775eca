"""The examples of the documentation are what `aiqyn validate` says they are, and the pages show them as they are."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aiqyn.schemas.json_schemas import build
from aiqyn.services.cli import run

DOCS = Path(__file__).parents[1] / "docs"
EXAMPLES = DOCS / "examples"
ACCEPTED = ("events", "releases", "statements", "replacing", "correcting")
Json = dict[str, Any]


def lines(name: str) -> list[str]:
    return (EXAMPLES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()


def validated(
    name: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, printed: pytest.CaptureFixture[str]
) -> list[Json]:
    monkeypatch.chdir(tmp_path)
    assert run(["validate", "--json", str(EXAMPLES / f"{name}.jsonl")]) == code
    return [json.loads(line) for line in printed.readouterr().out.splitlines()]


def shown() -> Iterator[Json]:
    """The events in the page about events."""
    for block in re.findall(r"^```json\n(.*?)^```", (DOCS / "events.md").read_text(encoding="utf-8"), re.M | re.S):
        yield json.loads(block)


def test_every_file_is_tried_here() -> None:
    assert {path.name for path in EXAMPLES.glob("*.jsonl")} == {f"{name}.jsonl" for name in (*ACCEPTED, "refused")}


@pytest.mark.parametrize("name", ACCEPTED)
def test_examples_are_accepted(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    verdicts = validated(name, 0, tmp_path, monkeypatch, capsys)
    assert [verdict["status"] for verdict in verdicts] == ["accepted"] * len(lines(name))
    assert all(verdict["conforms"] in (True, None) for verdict in verdicts)
    issues = [(verdict["id"], issue["code"]) for verdict in verdicts for issue in verdict["quality"]]
    assert issues == ([("2019-44", "quality.dateFuture")] if name == "events" else [])


def test_there_is_an_example_of_every_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    types = {verdict["type"] for verdict in validated("events", 0, tmp_path, monkeypatch, capsys)}
    assert types == build().keys()


def test_refused_examples_are_refused_as_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    verdicts = validated("refused", 2, tmp_path, monkeypatch, capsys)
    assert Counter(verdict["status"] for verdict in verdicts) == {
        "rejected": 5,
        "accepted": 1,
        "duplicate": 1,
        "conflict": 1,
    }
    told = [
        f"docs/examples/refused.jsonl:{verdict['index'] + 1}: {verdict['status']}: {error['code']} at "
        f"{error['pointer'] or '/'}: {error['detail']}"
        for verdict in verdicts
        for error in verdict["errors"]
    ]
    page = (DOCS / "events.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in page if line.startswith("docs/examples/refused.jsonl:")] == told


def test_the_page_shows_the_examples_as_they_are() -> None:
    events = [json.loads(line) for name in ("events", "replacing", "correcting") for line in lines(name)]
    pictured = list(shown())
    assert {event["type"] for event in pictured} == {event["type"] for event in events}
    assert all(event in events for event in pictured)


def test_links_between_pages_lead_somewhere() -> None:
    pages = [DOCS.parent / "README.md", DOCS.parent / "CHANGELOG.md", *DOCS.rglob("*.md")]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)[^)\s]*\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []
