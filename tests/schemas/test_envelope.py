"""The envelope: CloudEvents in both modes, their checks, and instants."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiqyn.schemas.canonical import canonical, content
from aiqyn.schemas.envelope import Event, instant, is_time, read_binary, read_plain_binary, read_structured
from aiqyn.schemas.errors import Rejected
from aiqyn.schemas.json_text import decode

GOOD: dict[str, Any] = {
    "specversion": "1.0",
    "id": "e1",
    "source": "/register",
    "type": "official.occupancy.v1",
    "time": "2024-03-01T08:00:00Z",
    "data": {"post": "Head of procurement"},
}

words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30)
times = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5))])).map(datetime.isoformat)
payloads = st.dictionaries(
    st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    st.none() | st.integers() | st.text(st.characters(codec="utf-8", exclude_characters="\0")),
)
events = st.fixed_dictionaries(
    {
        "specversion": st.just("1.0"),
        "id": words,
        "source": words,
        "type": words,
        "time": times,
        "data": payloads,
    },
    optional={
        "datacontenttype": st.sampled_from(["application/json", "application/vnd.example+json"]),
        "subject": words,
        "sampled": st.booleans(),
        "sequence": st.integers(-(2**31), 2**31 - 1),
        "traceparent": st.none() | words,
    },
)


def text_of(event: dict[str, Any], **format: Any) -> bytes:
    return json.dumps(event, **format).encode()


def refused(raw: bytes) -> Rejected:
    with pytest.raises(Rejected) as caught:
        read_structured(raw)
    return caught.value


def wire(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def headers(event: dict[str, Any], prefix: str) -> dict[str, str]:
    named = {
        f"{prefix}{name}": quote(wire(value), safe=" /:") if prefix == "ce-" else wire(value)
        for name, value in event.items()
        if name not in ("data", "datacontenttype") and value is not None
    }
    return {**named, "content-type": event.get("datacontenttype", "application/json"), "x-other": "1"}


def pairs(named: dict[str, str]) -> list[tuple[str, bytes]]:
    """Headers as Kafka has them, without what is none of ours."""
    return [(name, text.encode("utf-8", "surrogatepass")) for name, text in named.items() if name != "x-other"]


@settings(deadline=None)
@given(events)
def test_both_modes_of_one_event_are_equal(event: dict[str, Any]) -> None:
    body = text_of(event["data"], ensure_ascii=False)
    structured = read_structured(text_of(event))
    assert read_binary(headers(event, "ce_"), body) == structured
    assert read_plain_binary(pairs(headers(event, "ce_")), body) in (None, structured)
    assert read_binary(headers(event, "ce-"), body) == structured
    upper = {name.upper(): value for name, value in headers(event, "ce_").items()}
    assert read_binary(upper, body) == structured


@settings(deadline=None)
@given(events, st.sampled_from([None, 1]), st.booleans(), st.randoms(use_true_random=False))
def test_how_it_is_written_does_not_matter(
    event: dict[str, Any], indent: int | None, ascii_only: bool, order: Any
) -> None:
    members = list(event.items())
    order.shuffle(members)
    compact = read_structured(json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode())
    assert read_structured(text_of(dict(members), indent=indent, ensure_ascii=ascii_only)) == compact


@settings(deadline=None)
@given(events)
def test_content_is_that_of_the_five_members(event: dict[str, Any]) -> None:
    found = read_structured(text_of(event))
    data = decode(text_of(event["data"]))
    assert found.content == content(event["source"], event["id"], event["type"], event["time"], data)
    assert msgspec.json.decode(found.content)["data"] == event["data"]
    assert found.data == event["data"]


def test_other_attributes_are_kept_as_text_and_do_not_count() -> None:
    plain = read_structured(text_of(GOOD))
    more = read_structured(text_of({**GOOD, "subject": "x", "sampled": True, "sequence": 7, "none": None}))
    assert plain.attributes is None
    assert more.attributes == b'{"sampled":"true","sequence":"7","subject":"x"}'
    assert more.content_hash == plain.content_hash
    assert more != plain


def test_a_plain_content_type_is_no_attribute() -> None:
    for kind in ("application/json", "Application/JSON; charset=UTF-8"):
        assert read_structured(text_of({**GOOD, "datacontenttype": kind})) == read_structured(text_of(GOOD))


@pytest.mark.parametrize("name", ["id", "source", "type", "time", "specversion", "data"])
@pytest.mark.parametrize("gone", [None, "", "absent"])
def test_required_members_are_never_made_up(name: str, gone: str | None) -> None:
    event = {**GOOD, name: gone}
    if gone == "absent":
        del event[name]
    problem = refused(text_of(event)).problems
    assert [found.pointer for found in problem] == [f"/{name}"]
    empty_text = gone == "" and name in ("specversion", "data")
    assert problem[0].code == ("field.invalid" if empty_text else "field.missing")


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("specversion", "0.3", "field.invalid"),
        ("specversion", 1.0, "field.invalid"),
        ("id", 7, "field.invalid"),
        ("id", "x" * 1025, "field.invalid"),
        ("id", "a\nb", "field.invalid"),
        ("id", "a\x85b", "field.invalid"),
        ("id", "   ", "field.invalid"),
        ("source", ["a"], "field.invalid"),
        ("type", "a\x00", "text.invalid"),
        ("time", "yesterday", "field.invalid"),
        ("time", "2024-02-30T00:00:00Z", "field.invalid"),
        ("time", "2024-03-01T25:00:00Z", "field.invalid"),
        ("time", "2024-03", "field.invalid"),
        ("time", 1709280000, "field.invalid"),
        ("data", [], "field.invalid"),
        ("data", "text", "field.invalid"),
        ("datacontenttype", "text/xml", "field.invalid"),
        ("datacontenttype", "application/json; charset=windows-1251", "field.invalid"),
        ("datacontenttype", 5, "field.invalid"),
        ("data_base64", "e30=", "field.invalid"),
        ("extension", {"a": 1}, "field.invalid"),
        ("extension", 1.5, "field.invalid"),
        ("extension", "x" * 9000, "field.invalid"),
    ],
)
def test_wrong_values(member: str, value: object, code: str) -> None:
    assert [found[:2] for found in refused(text_of({**GOOD, member: value})).problems] == [(code, f"/{member}")]


def test_the_longest_id_is_read() -> None:
    assert read_structured(text_of({**GOOD, "id": "x" * 1024})).id == "x" * 1024


def test_a_rejection_names_the_event_as_far_as_it_can_be_read() -> None:
    wrong_time = refused(text_of({**GOOD, "time": "x"}))
    assert (wrong_time.source, wrong_time.id, wrong_time.type) == ("/register", "e1", "official.occupancy.v1")
    twice = refused(
        b'{"specversion":"1.0","id":"e1","source":"/s","type":"t","time":"2024-01-01T00:00:00Z","data":{"a":1,"a":2}}'
    )
    assert (twice.problems[0][:2], twice.source, twice.id) == (("json.duplicateKey", "/data/a"), "/s", "e1")
    broken = refused(b'{"id":"e1","source":"/s","type":7,"data":{"a":NaN}}')
    assert (broken.problems[0][:2], broken.source, broken.id) == (("json.invalid", "/data/a"), "/s", "e1")
    assert broken.type is None
    assert refused(b"[]").id is None


@pytest.mark.parametrize("indent", [None, 2])
def test_an_attribute_stated_twice_is_refused(indent: int | None) -> None:
    raw = text_of(GOOD, indent=indent).rstrip()[:-1] + b',"id":"e2"}'
    assert refused(raw).problems[0][:2] == ("json.duplicateKey", "/id")


def test_an_event_may_be_as_large_as_the_limit_and_no_larger() -> None:
    raw = text_of(GOOD)
    assert read_structured(raw, max_bytes=len(raw)).id == "e1"
    with pytest.raises(Rejected, match=r"event\.tooLarge"):
        read_structured(raw, max_bytes=len(raw) - 1)
    body = text_of(GOOD["data"])
    assert read_binary(headers(GOOD, "ce_"), body, max_bytes=len(body)).id == "e1"
    assert read_plain_binary(pairs(headers(GOOD, "ce_")), body, max_bytes=len(body)) is not None
    assert read_plain_binary(pairs(headers(GOOD, "ce_")), body, max_bytes=len(body) - 1) is None
    with pytest.raises(Rejected, match=r"event\.tooLarge") as caught:
        read_binary(headers(GOOD, "ce_"), body, max_bytes=len(body) - 1)
    assert caught.value.id == "e1"


@pytest.mark.parametrize(
    ("changed", "body", "code", "pointer"),
    [
        ({"ce_id": ""}, b"{}", "field.missing", "/id"),
        ({"ce_specversion": "2.0"}, b"{}", "field.invalid", "/specversion"),
        ({"CE_ID": "again"}, b"{}", "field.invalid", "/id"),
        ({"ce_data": "{}"}, b"{}", "field.invalid", "/data"),
        ({"ce_subject": "a\ud800"}, b"{}", "text.invalid", "/subject"),
        ({"ce-subject": "%ff"}, b"{}", "text.invalid", "/subject"),
        ({"content-type": "application/xml"}, b"{}", "field.invalid", "/datacontenttype"),
        ({}, b"", "field.missing", "/data"),
        ({}, b"[]", "field.invalid", "/data"),
        ({}, b'{"a":1,"a":1}', "json.duplicateKey", "/data/a"),
        ({}, b'{"a":"\xff"}', "text.invalid", "/data"),
    ],
)
def test_binary_mode_refuses_with_the_pointers_of_the_event(
    changed: dict[str, str], body: bytes, code: str, pointer: str
) -> None:
    named = {**headers(GOOD, "ce_"), **changed}
    assert read_plain_binary(pairs(named), body) is None
    with pytest.raises(Rejected) as caught:
        read_binary(named, body)
    assert caught.value.problems[0][:2] == (code, pointer)
    assert caught.value.source == "/register"


@pytest.mark.parametrize("levels", [198, 199, 200])
def test_depth_is_judged_alike_in_both_modes(levels: int) -> None:
    body = b'{"a":' * levels + b"1" + b"}" * levels
    structured = text_of({**GOOD, "data": 0}).replace(b'"data": 0', b'"data": ' + body)

    def verdict(read: Any) -> object:
        try:
            return read()
        except Rejected as error:
            return error.problems[0].code

    found = verdict(lambda: read_structured(structured))
    assert found == verdict(lambda: read_binary(headers(GOOD, "ce_"), body))
    plain = read_plain_binary(pairs(headers(GOOD, "ce_")), body)
    assert (plain is not None) is (levels < 200)
    assert isinstance(found, Event) is (levels < 200)


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.000001Z", 1),
        ("1970-01-01T00:00:00.1234567899Z", 123456),
        ("1970-01-01t05:00:00+05:00", 0),
        ("1969-12-31 19:00:00-05:00", 0),
        ("1969-12-31T23:59:59z", -1_000_000),
        ("1970-01-01T05:00:00", 0),
        ("1970-01-01", -18_000_000_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000_000),
        ("2017-01-01T04:59:60+05:00", 1_483_228_800_000_000),
        ("0001-01-01T00:00:00+23:59", -62_135_683_140_000_000),
        ("9999-12-31T23:59:59Z", 253_402_300_799_000_000),
    ],
)
def test_instants(time: str, expected: int) -> None:
    assert instant(time, timezone(timedelta(hours=5))) == expected


@pytest.mark.parametrize(
    "time",
    [
        "",
        "2024",
        "2024-03",
        "2024-03-01T",
        "2024-03-01T08:00Z",
        "2024-03-01T08:00:00.Z",
        "2024-03-01T24:00:00Z",
        "2024-03-01T08:60:00Z",
        "2024-03-01T08:00:61Z",
        "2024-03-01T08:00:00+24:00",
        "2024-03-01T08:00:00+05:60",
        "2024-03-01T08:00:00+0500",
        "20240301T080000Z",
        "2024-W09-5T08:00:0Z",
        "2023-02-29T08:00:00Z",
        "0000-01-01T00:00:00Z",
        "2024-03-01T08:00:00Z ",
        "2024-03-01T08:00:00Z\n",
        "٢٠٢٤-03-01T08:00:00Z",
    ],
)
def test_what_is_no_time(time: str) -> None:
    assert not is_time(time)
    with pytest.raises(ValueError, match="not a time"):
        instant(time)


@settings(deadline=None)
@given(st.datetimes(), st.integers(-23 * 60, 23 * 60))
def test_an_instant_is_that_of_the_calendar(moment: datetime, minutes: int) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    expected = (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    assert instant(aware.isoformat()) == expected


def test_numbers_of_the_payload_keep_their_text() -> None:
    raw = text_of({**GOOD, "data": 0}).replace(b'"data": 0', b'"data": {"share": 12.50, "none": -0}')
    assert b'{"none":-0,"share":12.50}' in read_structured(raw).content
    assert canonical(read_structured(raw).data) == b'{"none":-0,"share":12.50}'
