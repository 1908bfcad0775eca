"""Files of every form as records, and how damage and size are told."""

from __future__ import annotations

import gzip
import io
import json
import random
import sys
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiqyn.services.files import Incoming, Limits, Progress, UnreadableInput, read_records

SHARED = Path(__file__).parents[2].parent / "shared"
Write = Callable[[str, bytes], Path]


def event(number: int, **data: object) -> bytes:
    value: dict[str, Any] = {
        "specversion": "1.0",
        "id": f"e{number}",
        "source": "/register",
        "type": "official.occupancy.v1",
        "time": "2024-03-01T08:00:00Z",
        "data": {"post": "head", **data},
    }
    return json.dumps(value, separators=(",", ":")).encode()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def put(name: str, text: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(text)
        return path

    return put


def ids(records: list[Incoming]) -> list[str]:
    """Ids of events, codes of refusals."""
    return [
        record.event.id if record.event else record.error.problems[0].code if record.error else "?"
        for record in records
    ]


LINES = b"\n".join(map(event, range(3)))
PRETTY = json.dumps([json.loads(event(number)) for number in range(3)], indent=2).encode()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.jsonl", LINES),
        ("a.jsonl", LINES + b"\n"),
        ("a.json", LINES),
        ("a.txt", LINES.replace(b"\n", b"\r\n")),
        ("a.jsonl", b"\xef\xbb\xbf\n" + LINES.replace(b"\n", b"\n\n  \n")),
        ("a.json", b"\xef\xbb\xbf" + PRETTY),
        ("a.json", b"\n\n" + PRETTY),
        ("a", b"[" + LINES.replace(b"\n", b",") + b"]"),
        ("a.jsonl", b"[" + LINES.replace(b"\n", b",") + b"]"),
        ("a.jsonl.gz", gzip.compress(LINES)),
        ("a.json.gz", gzip.compress(PRETTY)),
        ("misnamed.jsonl", gzip.compress(LINES)),
        (
            "two_members.gz",
            gzip.compress(LINES + b"\n")[:0] + gzip.compress(LINES[:100]) + gzip.compress(LINES[100:]),
        ),
        ("padded.gz", gzip.compress(LINES) + b"\0" * 512),
    ],
)
def test_every_form_gives_the_same_events(write: Write, name: str, text: bytes) -> None:
    assert ids(list(read_records(write(name, text)))) == ["e0", "e1", "e2"]


def test_a_record_has_its_own_bytes_and_line(write: Write) -> None:
    found = list(read_records(write("a.jsonl", b"\n" + LINES)))
    assert [record.line for record in found] == [2, 3, 4]
    assert [record.raw for record in found] == LINES.split(b"\n")
    members = list(read_records(write("a.json", PRETTY)))
    assert [record.line for record in members] == [2, 12, 22]
    assert all(PRETTY.find(record.raw) > 0 for record in members)


def test_one_pretty_printed_object_is_a_document(write: Write) -> None:
    text = json.dumps(json.loads(event(7)), indent=2).encode()
    assert ids(list(read_records(write("a.json", text)))) == ["e7"]


def test_an_object_over_two_lines_is_a_document(write: Write) -> None:
    text = event(7).replace(b'"data":', b'"data":\n')
    assert text.split(b"\n")[1].startswith(b"{")
    assert ids(list(read_records(write("a.json", text)))) == ["e7"]


def test_a_bad_line_does_not_stop_the_others(write: Write) -> None:
    lines = [b'{"id":', b"nonsense", event(1), b"[1]", b'{"a":1,"a":2}', event(2), b"\xff", event(3)[:-9]]
    found = list(read_records(write("a.jsonl", b"\n".join(lines))))
    assert [record.event.id if record.event else None for record in found] == [
        None,
        None,
        "e1",
        None,
        None,
        "e2",
        None,
        None,
    ]
    assert [record.line for record in found] == list(range(1, 9))
    assert [record.raw for record in found if record.line != 4] == [line for line in lines if line != b"[1]"]


def test_a_broken_first_line_does_not_make_a_document(write: Write) -> None:
    found = list(read_records(write("a.json", event(0)[:-20] + b"\n" + LINES)))
    assert [record.event.id if record.event else None for record in found] == [None, "e0", "e1", "e2"]


def test_a_bad_member_does_not_stop_the_others(write: Write) -> None:
    text = b"[" + b",\n".join([event(1), b'{"a" 1}', b"7", event(2), b"{}"]) + b"]"
    found = list(read_records(write("a.json", text)))
    assert ids(found) == ["e1", "json.invalid", "json.invalid", "e2", "field.missing"]


def test_empty_input_has_no_records(write: Write) -> None:
    for text in (b"", b"\n \n", b"\xef\xbb\xbf", gzip.compress(b"")):
        assert list(read_records(write("a.json", text))) == []
        assert list(read_records(write("a.jsonl", text))) == []


@pytest.mark.parametrize("tail", [b"", b"\n" + event(2), b"\n\n" + event(2) + b"\n"])
def test_a_line_that_is_too_long_is_one_refusal(write: Write, tail: bytes) -> None:
    limits = Limits(event=1_000, line=10_000)
    long = b"x" * 1_500_000
    found = list(read_records(write("a.jsonl", event(1) + b"\n" + long + tail), limits=limits))
    assert ids(found) == ["e1", "event.tooLarge"] + ["e2"] * bool(tail)
    assert found[1].raw == long[:1_000]
    assert found[1].line == 2
    assert "1500000 bytes" in str(found[1].error)


def test_an_event_over_the_limit_is_refused_and_a_line_of_many_is_not(write: Write) -> None:
    limits = Limits(event=300, line=10_000)
    many = b"[" + b",".join(map(event, range(9))) + b"]"
    text = b"\n".join([event(1, note="y" * 300), many, event(2)])
    found = ids(list(read_records(write("a.jsonl", text), limits=limits)))
    assert found == ["event.tooLarge", *(f"e{number}" for number in range(9)), "e2"]


def test_a_document_over_the_limit_is_one_refusal(write: Write) -> None:
    found = list(read_records(write("a.json", PRETTY), limits=Limits(event=100, document=500)))
    assert ids(found) == ["event.tooLarge"]
    assert found[0].raw == PRETTY[:100]


def noisy(number: int) -> bytes:
    """An event that does not compress well, so that damage in the middle is damage in the middle."""
    return event(number, note=random.Random(number).randbytes(400).hex())


@pytest.mark.parametrize("shape", ["lines", "array"])
@pytest.mark.parametrize("harm", ["cut", "flipped"])
def test_what_came_before_the_damage_is_given(write: Write, shape: str, harm: str) -> None:
    whole = [noisy(number) for number in range(2_000)]
    text = b"\n".join(whole) if shape == "lines" else b"[" + b",\n".join(whole) + b"]"
    packed = bytearray(gzip.compress(text))
    middle = len(packed) // 2
    if harm == "cut":
        del packed[middle:]
    else:
        packed[middle : middle + 64] = bytes(64)
    found = list(read_records(write("a.jsonl.gz" if shape == "lines" else "a.json.gz", bytes(packed))))
    events = [record for record in found if record.event]
    assert ids(found)[-1] == "input.gzip"
    assert len(events) >= 900
    assert [record.raw for record in events[:900]] == whole[:900]
    if harm == "cut":  # flipped bytes may garble records for a while before the decompressor notices
        assert len(found) == len(events) + 1
        assert len(events) < 1_100


def test_a_wrong_checksum_at_the_end_loses_nothing(write: Write) -> None:
    packed = bytearray(gzip.compress(LINES))
    packed[-8] ^= 1
    for name in ("a.jsonl.gz", "a.json.gz"):
        assert ids(list(read_records(write(name, bytes(packed))))) == ["e0", "e1", "e2", "input.gzip"]


def test_garbage_behind_or_instead_of_compressed_data(write: Write) -> None:
    assert ids(list(read_records(write("a.gz", gzip.compress(LINES) + b"rest")))) == [
        "e0",
        "e1",
        "e2",
        "input.gzip",
    ]
    assert ids(list(read_records(write("a.jsonl.gz", LINES)))) == ["input.gzip"]


@pytest.mark.parametrize("name", ["bomb.jsonl.gz", "bomb.json.gz"])
def test_a_bomb_is_refused_in_bounded_memory(write: Write, name: str) -> None:
    squeeze = zlib.compressobj(9, wbits=31)
    zeros = b"0" * (1 << 20)
    packed = b"".join([squeeze.compress(b"["), *(squeeze.compress(zeros) for _ in range(120)), squeeze.flush()])
    path = write(name, packed)
    assert len(packed) < 200_000
    tracemalloc.start()
    try:
        found = list(read_records(path, limits=Limits(document=8 << 20, line=4 << 20)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert ids(found) == ["event.tooLarge"]
    assert peak < 40 << 20


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LINES)))
    progress = Progress()
    assert ids(list(read_records("-", progress=progress))) == ["e0", "e1", "e2"]
    assert (progress.read, progress.total) == (len(LINES), None)


def test_progress_counts_bytes_of_the_file(write: Write) -> None:
    path = write("a.jsonl.gz", gzip.compress(b"\n".join(map(noisy, range(3_000)))))
    progress = Progress()
    seen = [progress.read for _ in read_records(path, progress=progress)]
    assert progress.read == progress.total == path.stat().st_size
    assert seen == sorted(seen)
    assert 0 < seen[0] < seen[-1]


def test_folders_and_missing_files_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="name the files in it"):
        list(read_records(tmp_path))
    with pytest.raises(UnreadableInput, match="check the path"):
        list(read_records(tmp_path / "none.json"))


def test_raw_records_take_the_source_that_is_given(write: Write) -> None:
    release = b'{"ocid":"ocds-abc123-1","id":"1","date":"2024-01-01T00:00:00Z","tag":["tender"]}'
    found = list(read_records(write("a.jsonl", release + b"\n" + release), format="ocds", source="/given"))
    assert {record.event.source for record in found if record.event} == {"/given"}
    assert ids(found) == ["ocds-abc123-1|1"] * 2


CONFLICTS = sorted((SHARED / "conformance" / "conflicts").glob("*.jsonl"))


@pytest.mark.skipif(not CONFLICTS, reason=f"labelled scenarios are absent: {SHARED / 'conformance'}")
def test_every_labelled_scenario_is_read_without_a_refusal() -> None:
    for path in CONFLICTS:
        found = list(read_records(path))
        assert all(record.event for record in found), path.name
        assert len(found) == len(path.read_bytes().splitlines())
