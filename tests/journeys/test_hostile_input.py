"""Input by a stranger: a verdict for each record, and the good events around it take effect."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.commands import aiqyn, report


def _event(number: int, data: str | None = None, **attributes: Any) -> bytes:
    entity = {"identifiers": [{"scheme": "XX-REG", "id": f"A{number}"}], "name": f"Company {number}"}
    text = data or json.dumps({"entity": entity, "kind": "company"}, ensure_ascii=False)
    head = {
        "specversion": "1.0", "id": f"e{number}", "source": "/t", "type": "registry.company.v1",
        "time": "2024-01-01T00:00:00Z", **attributes,
    }  # fmt: skip
    return (json.dumps(head)[:-1] + ', "data": ' + text + "}").encode("utf-8", "surrogatepass")


def _with(member: bytes) -> bytes:
    """An event whose data has one more member."""
    return _event(900).replace(b'"kind": "company"', b'"kind": "company", ' + member)


_GOOD = '{"entity": {"identifiers": [{"scheme": "XX-REG", "id": "B1"}], "name": %s}, "kind": "company"}'

CASES: dict[str, tuple[bytes, str]] = {
    "nan": (_with(b'"n": NaN'), "json.invalid"),
    "infinity": (_with(b'"n": -Infinity'), "json.invalid"),
    "duplicate keys": (_with(b'"kind": "ngo"'), "json.duplicateKey"),
    "duplicate id": (_event(900).replace(b'"id": "e900"', b'"id": "e900", "id": "e901"'), "json.duplicateKey"),
    "NUL as an escape": (_event(900, _GOOD % '"a\\u0000b"'), "text.invalid"),
    "NUL as a byte": (_event(900, _GOOD % '"a\x00b"'), "text.invalid"),
    "lone surrogate as an escape": (_event(900, _GOOD % '"a\\ud800b"'), "text.invalid"),
    "lone surrogate as bytes": (_event(900, _GOOD % '"a\ud800b"'), "text.invalid"),
    "invalid UTF-8": (_event(900, _GOOD % '"ab"').replace(b'"ab"', b'"a\xff\xfeb"'), "text.invalid"),
    "deep arrays": (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "json.invalid"),
    "deep objects": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "json.invalid"),
    "a string of 5 MB": (_event(900, _GOOD % ('"' + "x" * 5_000_000 + '"')), "event.tooLarge"),
    "a number": (b"42", "json.invalid"),
    "cut short": (_event(900)[:-20], "json.invalid"),
    "wrong type of data": (_event(900, "[1, 2]"), "field.invalid"),
    "wrong type of a field": (_event(900, '{"entity": "x", "kind": "company"}'), "field.invalid"),
    "missing field": (_event(900, '{"kind": "company"}'), "field.missing"),
    "no id": (_event(900).replace(b'"id": "e900", ', b""), "field.missing"),
    "unknown type": (_event(900, type="registry.company.v9"), "event.unknownType"),
    "huge exponent": (_with(b'"n": 1e999999999'), "json.invalid"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_one_bad_line_among_good_ones(case: str, tmp_path: Path) -> None:
    bad, code = CASES[case]
    (tmp_path / "in.jsonl").write_bytes(b"\n".join([_event(1), bad, _event(2)]) + b"\n")
    found = report(tmp_path, "ingest", "in.jsonl", "--json")
    assert (found["accepted"], found["rejected"]) == (2, 1)
    done = aiqyn(tmp_path, "validate", "in.jsonl", "--json")
    verdicts = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 2
    assert [verdict["status"] for verdict in verdicts] == ["duplicate", "rejected", "duplicate"] or [
        verdict["status"] for verdict in verdicts
    ] == ["accepted", "rejected", "accepted"]
    first = verdicts[1]["errors"][0]
    assert first["code"] == code or (case == "huge exponent" and first["code"] == "field.invalid")
    assert first["detail"]


def test_conflict_is_kept_and_the_first_stands(tmp_path: Path) -> None:
    other = _event(1).replace(b"Company 1", b"Company One")
    (tmp_path / "in.jsonl").write_bytes(b"\n".join([_event(1), other, _event(1), _event(2)]))
    done = aiqyn(tmp_path, "ingest", "in.jsonl", "--json")
    assert done.returncode == 2
    found = json.loads(done.stdout)
    assert (found["accepted"], found["conflict"], found["duplicate"]) == (2, 1, 1)


def test_truncated_gzip_gives_what_came_before(tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(_event(number) + b"\n" for number in range(5000)), mtime=0)
    (tmp_path / "in.jsonl.gz").write_bytes(whole[: len(whole) * 2 // 3])
    found = report(tmp_path, "ingest", "in.jsonl.gz", "--json")
    assert found["rejected"] == 1
    assert 500 < found["accepted"] < 5000


def test_gzip_bomb_costs_no_memory(tmp_path: Path) -> None:
    bomb = gzip.compress(_event(1) + b"\n" + b"0" * 300_000_000 + b"\n" + _event(2) + b"\n", 9, mtime=0)
    (tmp_path / "bomb.jsonl.gz").write_bytes(bomb)
    found = report(tmp_path, "ingest", "bomb.jsonl.gz", "--json")
    assert (found["accepted"], found["rejected"]) == (2, 1)


def test_byte_order_mark_and_empty_lines(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(b"\xef\xbb\xbf" + _event(1) + b"\n\n   \n" + _event(2))
    found = report(tmp_path, "ingest", "in.jsonl", "--json")
    assert (found["accepted"], found["rejected"]) == (2, 0)
