"""What the page about questions in SQL shows is run, and its columns are those of the views."""

import re
from pathlib import Path

import pytest

from aiqyn.services.reading import sandbox
from aiqyn.services.store.views import COLUMNS, NAMES

PAGE = (Path(__file__).parents[1] / "docs" / "query.md").read_text(encoding="utf-8")


def questions() -> list[str]:
    blocks = re.findall(r"^```sql\n(.*?)^```", PAGE, re.M | re.S)
    return [each.strip() for block in blocks for each in block.split(";") if each.strip()]


@pytest.mark.parametrize("query", questions(), ids=range(len(questions())))
def test_each_question_can_be_asked(query: str) -> None:
    answer = sandbox.run(query, lambda name: [[None] * len(COLUMNS[name])])
    assert answer.columns
    assert "v1_" in query


def test_the_columns_are_those_of_the_views() -> None:
    rows = re.findall(r"^\| `(v1_\w+)` \|.*\| (.*) \|$", PAGE, re.M)
    assert {name: re.findall(r"`(\w+)`", columns) for name, columns in rows} == {
        name: list(COLUMNS[name]) for name in NAMES
    }


def test_the_limits_are_those_of_the_code() -> None:
    assert f"{sandbox.SECONDS:g} second, {sandbox.MOST_ROWS:,} rows" in PAGE
    assert f"{sandbox.MOST_COPIED:,} rows or 256 MiB" in PAGE
    assert f"within {sandbox.COPY_SECONDS:g} s" in PAGE


def test_the_benchmarks_that_it_names_exist() -> None:
    named = set(re.findall(r"`(?:python -m benchmarks\.)?(http_\w+)", PAGE))
    folder = Path(__file__).parents[1] / "benchmarks"
    assert named
    assert {name for name in named if not (folder / f"{name}.py").is_file()} == set()
