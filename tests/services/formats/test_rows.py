"""Lists as files, read back by readers that are not ours: Python's csv and json, DuckDB."""

import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from aiqyn.services.formats.rows import unsafe, written

Json = dict[str, Any]
NAMES = ("id", "ruleVersion", "managed", "amount", "missing", "raisedAt")
RUN = (
    "=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "-", "@SUM(A1)", "\tx", "\rx", "\nx", "\0x", "＝1", "＋1", "－1", "＠x",
    "=", "==", "'=1", "''=1", "'+", '=HYPERLINK("http://x","y")', "=\u202ex", "-1.50", "+7 701 000 00 00",
)  # fmt: skip
"""What a spreadsheet runs, or would once a mark of ours is taken off."""
PLAIN = (
    "", " ", "x", " =1", "'", "''", "'x", '"', '""', 'a,"b"', "a\r\nb", "a\nb", "ж;қ", "😀", "\ufeffx", "0.1000",
    "123456789012345678901234567890.10", "1e5", "007", "true", "null", "NaN", "a\u2028b",
)  # fmt: skip


def document(text: str) -> Json:
    return {
        "id": text, "ruleVersion": 1 << 62, "managed": False, "amount": {"amount": "0.10", "currency": text},
        "missing": [text, None], "raisedAt": None,
    }  # fmt: skip


DOCUMENTS = [document(text) for text in (*RUN, *PLAIN)]


def file(documents: Any, format: Any) -> bytes:
    return b"".join(written(documents, NAMES, format))


def cells(body: bytes, encoding: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode(encoding), newline=""), strict=True))


def test_json_lines_say_the_same() -> None:
    assert [json.loads(line) for line in file(DOCUMENTS, "jsonl").split(b"\n")[:-1]] == DOCUMENTS


def test_csv_is_exact() -> None:
    rows = cells(file(DOCUMENTS, "csv"), "utf-8")
    assert list(rows[0]) == ["id", "rule_version", "managed", "amount", "missing", "raised_at"]
    assert [row["id"] for row in rows] == [each["id"] for each in DOCUMENTS]
    for row, told in zip(rows, DOCUMENTS, strict=True):
        assert (row["rule_version"], row["managed"], row["raised_at"]) == (str(1 << 62), "false", "")
        assert (json.loads(row["amount"]), json.loads(row["missing"])) == (told["amount"], told["missing"])


def test_a_spreadsheet_runs_nothing_and_nothing_is_lost() -> None:
    body = file(DOCUMENTS, "csv-safe")
    assert body.startswith("\ufeff".encode())
    rows = cells(body, "utf-8-sig")
    assert [row["id"] for row in rows[: len(RUN)]] == ["'" + text for text in RUN]
    assert [row["id"] for row in rows[len(RUN) :]] == list(PLAIN)
    for row in rows:
        assert not [value for value in row.values() if value.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\0"))]
    assert [unsafe(row["id"]) for row in rows] == [each["id"] for each in DOCUMENTS]


@pytest.mark.parametrize("documents", [DOCUMENTS, []], ids=["rows", "none"])
def test_parquet_is_exact_and_its_columns_do_not_depend_on_its_rows(documents: list[Json], tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(file(documents, "parquet"))
    found = duckdb.execute(f"SELECT * FROM '{path}'")
    assert [(name, str(kind)) for name, kind, *_ in found.description or ()] == [
        ("id", "VARCHAR"), ("rule_version", "BIGINT"), ("managed", "BOOLEAN"), ("amount", "VARCHAR"),
        ("missing", "VARCHAR"), ("raised_at", "VARCHAR"),
    ]  # fmt: skip
    rows = found.fetchall()
    assert [row[:3] for row in rows] == [(each["id"], 1 << 62, False) for each in documents]
    assert [(json.loads(row[3]), json.loads(row[4]), row[5]) for row in rows] == [
        (each["amount"], each["missing"], None) for each in documents
    ]


def test_parquet_is_made_by_row_groups(tmp_path: Path) -> None:
    number, text = 300, "x" * 200_000

    def many() -> Iterator[Json]:
        for place in range(number):
            yield document(f"{place} {text}")

    path, most = tmp_path / "x.parquet", 0
    tracemalloc.start()
    with path.open("wb") as out:
        for piece in written(many(), NAMES, "parquet"):
            out.write(piece)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    (groups,) = duckdb.execute(f"SELECT count(DISTINCT row_group_id) FROM parquet_metadata('{path}')").fetchall()[0]
    (rows,) = duckdb.execute(f"SELECT count(DISTINCT id) FROM '{path}'").fetchall()[0]
    assert (rows, groups > 3) == (number, True)
    assert most < number * len(text), "the whole file was held"  # a document holds the text three times
