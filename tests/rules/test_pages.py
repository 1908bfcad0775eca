"""The pages of the rules: fresh, complete, and about every rule."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from aiqyn.rules import catalogue
from aiqyn.rules import profile as profiles
from aiqyn.rules.pages import INDEX, documents, index, page

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs/rules"
SECTIONS = [
    *("When it fires", "What the alert says", "Parameters", "Facts it needs", "How severe", "Law"),
    *("Example", "Why it matters", "What it does not see"),
]


def test_pages_are_fresh() -> None:
    """`python -m aiqyn.rules.pages docs/rules` makes them so."""
    committed = {file.name: file.read_text("utf-8") for file in PAGES.glob("*.md")}
    assert committed == dict(documents())


@pytest.mark.parametrize("id", catalogue.load())
def test_page_of_a_rule_says_everything(id: str) -> None:
    rule = catalogue.load()[id]
    text = page(rule)
    assert text.startswith(f"# {id} {rule.title}\n")
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == SECTIONS
    assert all(f"- `{kind}`" in text for kind in rule.needs)
    for name, _, help in rule.parameters():
        assert f"| `{name}` |" in text
        assert help in text
    assert rule.near_miss in text
    assert text.endswith(".\n")


def test_law_stands_with_its_validity_and_who_read_it() -> None:
    (law,) = [each for each in profiles.load("kz").law if each.rule == "COI-04"]
    row = f"| kz | {law.act} | {law.article} | from {law.valid_from} | {law.reviewed_by} |"
    assert row in page(catalogue.load()["COI-04"])
    assert "No profile cites a provision" in page(catalogue.load()["OWN-02"])


def test_parameters_are_shown_by_profile() -> None:
    rows = [line for line in page(catalogue.load()["OWN-08"]).splitlines() if line.startswith("| `must_disclose`")]
    head = [line for line in page(catalogue.load()["OWN-08"]).splitlines() if line.startswith("| Parameter ")]
    by_column = dict(zip(head[0].split(" | "), rows[0].split(" | "), strict=True))
    assert by_column["kz"] == "KZ-BIN"
    assert by_column["generic"] == by_column["Default"] == "none"


def test_index_links_every_rule_in_order() -> None:
    rules = catalogue.load()
    text = index(reversed(list(rules.values())))
    links = [line.partition("]")[0].removeprefix("| [") for line in text.splitlines() if line.startswith("| [")]
    assert links == sorted(rules)
    assert all((PAGES / f"{id}.md").is_file() for id in links)


def test_a_bar_in_a_title_does_not_break_the_table() -> None:
    rule = replace(catalogue.load()["COI-01"], title="one | two")
    assert "| one \\| two |" in index([rule])


def test_command_writes_what_changed(tmp_path: Path) -> None:
    def run() -> str:
        command = [sys.executable, "-m", "aiqyn.rules.pages", str(tmp_path / "rules")]
        return subprocess.run(command, capture_output=True, text=True, check=True).stderr

    assert run().startswith(f"{len(documents())} pages")
    (tmp_path / "rules" / INDEX).write_text("stale", "utf-8")
    assert run().startswith("1 pages")
    assert (tmp_path / "rules" / INDEX).read_text("utf-8") == documents()[INDEX]
