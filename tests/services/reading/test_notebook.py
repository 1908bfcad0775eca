"""The example notebook runs from top to bottom on the demo country, and keeps no outputs."""

import json
from pathlib import Path
from typing import Any

import pytest

from aiqyn.services.store.opening import Database

NOTEBOOK = Path(__file__).parents[3] / "docs" / "examples" / "questions.ipynb"


def cells() -> list[dict[str, Any]]:
    document = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert document["nbformat"] == 4
    return [cell for cell in document["cells"] if cell["cell_type"] == "code"]


def test_it_keeps_no_outputs() -> None:
    assert {(cell["execution_count"], len(cell["outputs"])) for cell in cells()} == {(None, 0)}


def test_it_runs(on_sqlite: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("AIQYN_DATABASE_URL", on_sqlite.engine.url.render_as_string(hide_password=False))
    names: dict[str, Any] = {}
    for place, cell in enumerate(cells()):
        exec(compile("".join(cell["source"]), f"cell {place}", "exec"), names)
        assert place == 0 or capsys.readouterr().out
    assert sum(row["number"] for row in names["by_rule"]) > 10
    assert names["edges"]
    assert max(names["money"].values()) > 0
    assert names["graph"].number_of_edges() > 100
    names["engine"].dispose()
