"""One record of Kafka in every mode."""

import json

from aiqyn.services.distributed.records import read
from tests.services.distributed.test_intake import company
from tests.services.distributed.workers import records

_HEADERS = [
    ("ce_specversion", b"1.0"),
    ("ce_id", b"e1"),
    ("ce_source", b"/test/register"),
    ("ce_type", b"registry.company.v1"),
    ("ce_time", b"2024-03-01T08:00:00Z"),
    ("content-type", b"application/json"),
    ("traceparent", b"\xff"),
]


def test_both_modes_give_the_same_event() -> None:
    structured = company(1)
    binary = json.dumps(json.loads(structured)["data"]).encode()
    (one,) = read(records([structured])[0])
    (other,) = read(records([binary], headers=_HEADERS)[0])
    assert one.event is not None
    assert one.event == other.event


def test_a_tombstone_is_refused() -> None:
    (bare,) = read(records([None])[0])
    assert bare.error is not None
    assert bare.error.problems[0][:2] == ("field.missing", "/data")
    (named,) = read(records([None], headers=_HEADERS)[0])
    assert named.error is not None
    assert (named.error.problems[0][:2], named.error.id) == (("field.missing", "/data"), "e1")


def test_headers_that_cannot_be_read_are_refused() -> None:
    (twice,) = read(records([b"{}"], headers=[*_HEADERS, ("ce_id", b"e2")])[0])
    assert twice.error is not None
    assert twice.error.problems[0][:2] == ("field.invalid", "/id")
    (wild,) = read(records([b"{}"], headers=[("ce_id", b"\xff"), ("ce_specversion", b"1.0")])[0])
    assert wild.error is not None
    assert wild.error.problems[0][:2] == ("text.invalid", "/id")


def test_an_array_holds_several_and_an_empty_one_is_refused() -> None:
    both = list(read(records([b"[" + company(1) + b"," + company(2) + b"]"])[0]))
    assert [found.event.id for found in both if found.event is not None] == ["e1", "e2"]
    (empty,) = read(records([b"[]"])[0])
    assert empty.error is not None
