"""Raw OCDS and BODS, packages and batches, as events."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from aiqyn.schemas.canonical import canonical
from aiqyn.schemas.envelope import Event, read_structured
from aiqyn.schemas.json_text import decode
from aiqyn.schemas.unwrap import Format, Unwrapped, looks_like, unwrap

SHARED = Path(__file__).parents[2].parent / "shared"

RELEASE: dict[str, Any] = {
    "ocid": "ocds-abc123-7",
    "id": "7-award",
    "date": "2024-03-01T10:00:00+05:00",
    "tag": ["award"],
    "awards": [{"id": "a", "value": {"amount": 10.50}}],
}
STATEMENT: dict[str, Any] = {
    "statementId": "f1d2d2f924e986ac86fdf7b36c94bcdf32beec15",
    "statementDate": "2024-02-01",
    "recordType": "entity",
    "recordId": "r1",
    "publicationDetails": {"publicationDate": "2024-02-03", "publisher": {"name": "Register of owners"}},
}
CLOUD: dict[str, Any] = {
    "specversion": "1.0",
    "id": "e1",
    "source": "/register",
    "type": "official.occupancy.v1",
    "time": "2024-03-01T08:00:00Z",
    "data": {"post": "head"},
}
PUBLISHER = {"name": "Portal", "uri": "https://portal.example/ocds"}


def records(value: object, format: Format = "auto", source: str | None = None) -> list[Unwrapped]:
    return list(unwrap(json.dumps(value).encode(), format, source))


def only(value: object, source: str | None = None) -> Event:
    (record,) = records(value, source=source)
    assert record.event is not None, record.error
    return record.event


def problem(record: Unwrapped) -> tuple[str, str]:
    assert record.error is not None
    return record.error.problems[0][:2]


@pytest.mark.parametrize(
    ("value", "standard"),
    [
        (CLOUD, "cloudevents"),
        ({name: CLOUD[name] for name in ("id", "source", "type", "data")}, "cloudevents"),
        (RELEASE, "ocds"),
        ({"releases": []}, "ocds"),
        ({"records": []}, "ocds"),
        (STATEMENT, "bods"),
        ({"statementID": "x", "statementType": "entityStatement"}, "bods"),
        ([STATEMENT], "bods"),
        ([CLOUD, STATEMENT], "cloudevents"),
        ([[RELEASE]], None),
        ({}, None),
        ([], None),
        ("ocid", None),
    ],
)
def test_standards_are_told_apart(value: object, standard: str | None) -> None:
    assert looks_like(value) == standard


def test_a_release_is_named_by_its_own_words() -> None:
    event = only(RELEASE)
    assert (event.id, event.type, event.time) == (
        "ocds-abc123-7|7-award",
        "procurement.release.v1",
        RELEASE["date"],
    )
    assert event.source == "/ocds/ocds-abc123"
    assert b'"amount":10.5}' in event.content


def test_a_wrapped_release_equals_the_same_release_sent_as_a_cloud_event() -> None:
    event = only(RELEASE)
    sent = {"source": event.source, "id": event.id, "type": event.type, "time": event.time, "data": RELEASE}
    assert read_structured(json.dumps({"specversion": "1.0", **sent}).encode()) == event


@pytest.mark.parametrize(
    ("publisher", "source"),
    [
        (PUBLISHER, "https://portal.example/ocds"),
        ({"name": "Portal", "url": " https://portal.example "}, "https://portal.example"),
        (
            {"name": "Қазына / Treasury", "uri": ""},
            "/publisher/%D2%9A%D0%B0%D0%B7%D1%8B%D0%BD%D0%B0%20%2F%20Treasury",
        ),
        ({"name": ""}, "/ocds/ocds-abc123"),
        (None, "/ocds/ocds-abc123"),
        ("Portal", "/ocds/ocds-abc123"),
    ],
)
def test_the_source_of_a_package(publisher: object, source: str) -> None:
    package = {"releases": [RELEASE], "publisher": publisher}
    assert only(package).source == source
    assert only(package, source="/given").source == "/given"


def test_a_release_without_a_date_takes_that_of_the_package() -> None:
    undated = {name: value for name, value in RELEASE.items() if name != "date"}
    package = {"releases": [undated], "publishedDate": "2024-04-01T00:00:00Z"}
    assert only(package).time == "2024-04-01T00:00:00Z"
    dated = {**RELEASE, "date": "2024-04-01T00:00:00Z"}
    assert only(package).content == only({**package, "releases": [dated]}).content
    assert only({**package, "releases": [RELEASE]}).time == RELEASE["date"]
    assert problem(records(undated)[0]) == ("field.missing", "/data/date")
    assert problem(records({**RELEASE, "date": "soon"})[0]) == ("field.invalid", "/data/date")


@pytest.mark.parametrize("missing", ["id", "ocid"])
def test_a_name_is_never_made_up(missing: str) -> None:
    nameless = {name: value for name, value in RELEASE.items() if name != missing}
    assert [problem(record) for record in records(nameless, format="ocds")] == [("field.missing", f"/data/{missing}")]


def test_a_number_as_a_release_id_is_its_text() -> None:
    assert only({**RELEASE, "id": 97080}).id == "ocds-abc123-7|97080"


def test_a_bad_release_does_not_stop_the_others() -> None:
    good = json.dumps(RELEASE)
    bad = ['{"ocid":1,"ocid":2}', '{"ocid" 1}', "[]", "7", '{"id":"x"}']
    members = ",\n".join([good, *bad, good])
    text = f'{{"publisher":{json.dumps(PUBLISHER)},"releases":[{members}]}}'
    found = list(unwrap(text.encode()))
    assert [record.event is not None for record in found] == [True, *[False] * 5, True]
    assert [problem(record) for record in found[1:-1]] == [
        ("json.duplicateKey", "/data/ocid"),
        ("json.invalid", "/data"),
        ("field.invalid", "/data"),
        ("field.invalid", "/data"),
        ("field.missing", "/data/ocid"),
    ]
    for record in found:
        assert text.encode()[record.offset :].startswith(record.raw)
    assert {record.event.source for record in found if record.event} == {PUBLISHER["uri"]}


def test_records_give_their_releases_before_the_compiled_one() -> None:
    later = {**RELEASE, "id": "8"}
    record = {
        "ocid": RELEASE["ocid"],
        "releases": [RELEASE, later],
        "compiledRelease": {**RELEASE, "id": "c"},
    }
    found = records({"records": [record], "publisher": PUBLISHER})
    assert [found_one.event.id for found_one in found if found_one.event] == [
        "ocds-abc123-7|7-award",
        "ocds-abc123-7|8",
    ]


@pytest.mark.parametrize("releases", [None, [], [{"url": "https://portal.example/7", "date": "2024-01-01"}]])
def test_a_record_without_embedded_releases_gives_its_compiled_one(releases: object) -> None:
    record = {"ocid": RELEASE["ocid"], "releases": releases, "compiledRelease": {**RELEASE, "tag": "award"}}
    event = only({"records": [record]})
    assert isinstance(event.data, dict)
    assert event.data["tag"] == ["compiled"]
    assert canonical({**event.data, "tag": ["award"]}) == canonical(decode(json.dumps(RELEASE).encode()))


def test_a_record_with_links_alone_is_refused_with_a_reason() -> None:
    linked = {
        "ocid": "o",
        "releases": [{"url": "https://portal.example/7"}, {"url": "https://portal.example/8"}],
    }
    found = records({"records": [linked, {"ocid": "o"}, 7, {"ocid": "o", "releases": [RELEASE]}]})
    assert [record.event is not None for record in found] == [False, False, False, True]
    assert problem(found[0]) == ("field.invalid", "/releases")
    assert "linked" in str(found[0].error)
    assert problem(found[1]) == ("field.missing", "/releases")


@pytest.mark.parametrize("old", [False, True])
def test_a_statement_is_named_by_its_own_words(old: bool) -> None:
    statement = dict(STATEMENT)
    if old:
        statement["statementID"] = statement.pop("statementId")
    event = only([statement])
    assert (event.id, event.type) == (STATEMENT["statementId"], "ownership.statement.v1")
    assert (event.time, event.source) == ("2024-02-03", "/publisher/Register%20of%20owners")
    assert only(statement) == event


def test_a_statement_falls_back_on_its_own_date_and_on_no_publisher() -> None:
    event = only({**STATEMENT, "publicationDetails": None})
    assert (event.time, event.source) == ("2024-02-01", "/bods")
    undated = {**STATEMENT, "publicationDetails": None, "statementDate": None}
    assert problem(records(undated)[0]) == ("field.missing", "/data/publicationDetails/publicationDate")


def test_members_of_one_array_may_be_of_different_standards() -> None:
    found = records([CLOUD, RELEASE, STATEMENT, {"releases": [RELEASE]}, 7, {}, [CLOUD]])
    assert [record.event.type if record.event else None for record in found] == [
        "official.occupancy.v1",
        "procurement.release.v1",
        "ownership.statement.v1",
        "procurement.release.v1",
        None,
        None,
        None,
    ]
    assert found[0].raw == json.dumps(CLOUD).encode()


def test_each_member_is_measured_by_itself() -> None:
    text = json.dumps([CLOUD, {**CLOUD, "data": {"x": "y" * 500}}, CLOUD]).encode()
    found = list(unwrap(text, max_bytes=400))
    assert [record.event is not None for record in found] == [True, False, True]
    assert problem(found[1]) == ("event.tooLarge", "")


def test_a_broken_array_gives_what_came_before() -> None:
    good = json.dumps(CLOUD)
    for text in (f"[{good},{good}", f"[{good},{good} {good}]", f"[{good},{good}] x", f"[{good},{good},]"):
        found = list(unwrap(text.encode()))
        assert [record.event is not None for record in found] == [True, True, False]
        assert problem(found[-1])[0] == "json.invalid"


@pytest.mark.parametrize("text", [b"", b"   ", b"null", b"7", b'"x"', b"{", b"\xff", b"{}x", b'{"a":1}{"b":2}'])
def test_what_is_no_record_is_one_refusal(text: bytes) -> None:
    (record,) = unwrap(text)
    assert record.event is None


def test_the_format_asked_for_decides() -> None:
    assert problem(records(CLOUD, format="bods")[0]) == ("field.missing", "/data/statementId")
    assert problem(records(STATEMENT, format="cloudevents")[0])[0] == "field.missing"


def test_a_very_deep_package_gives_a_verdict() -> None:
    text = b'{"releases":[' + b'{"ocid":' * 50_000 + b"1" + b"}" * 50_000 + b"]}"
    (record,) = unwrap(text)
    assert problem(record)[0] == "json.invalid"


def real_lines() -> list[Path]:
    folder = SHARED / "data"
    return sorted([*folder.glob("ocds/*.jsonl.gz"), *folder.glob("bods/*.jsonl")])


@pytest.mark.skipif(not real_lines(), reason=f"real data are absent: {SHARED / 'data'}")
def test_real_releases_and_statements_become_events() -> None:
    for path in real_lines():
        text = path.read_bytes()
        lines = (gzip.decompress(text) if path.suffix == ".gz" else text).splitlines()
        found = [record for line in lines for record in unwrap(line)]
        linked = [record for record in found if record.event is None]
        assert all(problem(record) == ("field.invalid", "/releases") for record in linked), path.name
        assert len(linked) <= len(found) // 5, path.name
