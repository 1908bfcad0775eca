"""What `aiqyn export` writes of the demo country, read back by readers that are not ours."""

import csv
import io
import json
from pathlib import Path
from typing import Any, get_args

import duckdb
import networkx as nx
import pytest

from aiqyn.schemas.conformance.check import violations
from aiqyn.services.cli import run
from aiqyn.services.formats.rows import Format, unsafe
from aiqyn.services.store.opening import Database
from tests.services.formats.followthemoney import faults

Json = dict[str, Any]


class Exports:
    """Runs `aiqyn export` on one database."""

    def __init__(self, database: Database, folder: Path, printed: pytest.CaptureFixture[str], patch: Any) -> None:
        self._database = database
        self._folder = folder
        self._printed = printed
        patch.setenv("AIQYN_KEYS_DIR", str(database.keys.folder))
        patch.setenv("AIQYN_STATE_DIR", str(folder / "state"))

    def __call__(self, what: str, format: str, *more: str) -> tuple[Path, Json]:
        """The file, and what the command said of it."""
        out = self._folder / f"{what}.{format}"
        url = self._database.engine.url.render_as_string(hide_password=False)
        words = ("export", what, "--format", format, "--out", str(out), "--json", "--db", url, *more)
        ended = run(words)
        said = self._printed.readouterr()
        assert ended == 0, said.err
        found: Json = json.loads(said.out)
        return out, found

    def documents(self, what: str, *more: str) -> list[Json]:
        path, said = self(what, "json", *more)
        documents: list[Json] = json.loads(path.read_bytes())
        assert len(documents) == said["rows"] > 0
        return documents


@pytest.fixture
def exports(
    on_sqlite: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Exports:
    return Exports(on_sqlite, tmp_path, capsys, monkeypatch)


def shown(value: object) -> str | None:
    """A member as a cell of CSV; None: null."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize("what", ["alerts", "entities", "links", "allocations"])
def test_every_format_says_the_same(exports: Exports, what: str) -> None:
    documents = exports.documents(what)
    for format in get_args(Format):
        path, said = exports(what, format)
        assert said["rows"] == len(documents)
        body = path.read_bytes()
        if format == "jsonl":
            assert [json.loads(line) for line in body.split(b"\n")[:-1]] == documents
        elif format == "parquet":
            table = duckdb.execute(f"SELECT * FROM '{path}'")
            columns = [column[0] for column in table.description or ()]
            same(columns, [[told(cell) for cell in row] for row in table.fetchall()], documents)
        else:
            columns, *rows = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True)
            if format == "csv-safe":
                rows = [[unsafe(cell) for cell in row] for row in rows]
            same(columns, rows, documents)


def told(cell: object) -> str:
    return "" if cell is None else str(shown(cell))


def same(columns: list[str], rows: list[list[str]], documents: list[Json]) -> None:
    """Each row is its document, member by member."""
    names = {"".join("_" + c.lower() if c.isupper() else c for c in name): name for name in documents[0]}
    wanted = [[told(document[names[column]]) for column in columns] for document in documents]
    assert rows == wanted


def test_a_network_is_the_same_graph_in_every_format(exports: Exports) -> None:
    around = ("--entity", exports.documents("alerts")[0]["persons"][0], "--hops", "4", "--valid-at", "2024-03-01")
    path, said = exports("network", "json", *around)
    document = json.loads(path.read_bytes())
    nodes = {node["id"] for node in document["nodes"]}
    edges = sorted((edge["from"], edge["to"], edge["kind"], edge["event"]["id"]) for edge in document["edges"])
    assert (said["rows"], said["omitted"], len(edges) > 2) == (len(nodes), 0, True)
    for format in ("graphml", "gexf"):
        body = exports("network", format, *around)[0].read_bytes()
        if format == "graphml":
            found = nx.read_graphml(io.BytesIO(body), force_multigraph=True)
        else:
            body = body.replace(b"gexf.net/1.3", b"www.gexf.net/1.2draft").replace(b'version="1.3"', b'version="1.2"')
            found = nx.read_gexf(io.BytesIO(body))
        assert set(found.nodes) == nodes
        assert sorted((a, b, data["kind"], data["event"]) for a, b, data in found.edges(data=True)) == edges
    entities = [json.loads(line) for line in exports("network", "ftm", *around)[0].open()]
    assert list(faults(entities)) == []


def test_every_network_is_followthemoney(exports: Exports) -> None:
    seen: set[str] = set()
    alerts = exports.documents("alerts")
    for centre in sorted({alert["persons"][0] for alert in alerts if alert["persons"]})[::7]:
        path, _ = exports("network", "ftm", "--entity", centre, "--valid-at", "2024-03-01")
        entities = [json.loads(line) for line in path.open(encoding="utf-8")]
        assert list(faults(entities)) == []
        seen |= {entity["schema"] for entity in entities}
    assert seen >= {"Person", "Company", "PublicBody", "Ownership", "Employment", "Family"}


def test_ownership_is_bods(exports: Exports) -> None:
    holders = 0
    for company in sorted({alert["company"] for alert in exports.documents("alerts") if alert["company"]})[::5]:
        path, said = exports("ownership", "bods", "--company", company)
        statements = json.loads(path.read_bytes())
        assert len(statements) == said["rows"]
        assert [violations("bods-0.4", statement) for statement in statements] == [[]] * len(statements)
        holders += sum(statement["recordType"] == "relationship" for statement in statements)
    assert holders > 3
