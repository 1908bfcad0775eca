"""Nothing restricted or secret leaves by any way to whoever has no right to it.

A value of its own in each such field of each event type is looked for in every answer of every route, in every format,
and in the log of the process.
"""

import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pyarrow.parquet as parquet
import pytest

from aiqyn.schemas.json_schemas import build
from aiqyn.services.privacy.classes import masked_data
from aiqyn.services.privacy.handles import Handles
from aiqyn.services.store.views import NAMES
from tests.services.http.hidden_people import CANARIES, closed_fields, events, fields_of
from tests.services.http.test_roles import RIGHTS, allowed

EVENTS = list(events())
FORMATS = ("jsonl", "csv", "csv-safe", "parquet", "graphml", "gexf", "ftm", "bods")
WITHOUT_RIGHT = ("analyst", "auditor", "supervisor", "dpo", "admin")
"""Nothing is assigned to anybody here."""


def test_each_closed_field_of_each_type_has_a_value_to_look_for() -> None:
    assert {each["type"] for each in EVENTS} == set(build())
    lacking = {
        type: sorted(closed_fields(type) - set().union(*(fields_of(e["data"]) for e in EVENTS if e["type"] == type)))
        for type in build()
    }
    assert {type: names for type, names in lacking.items() if names} == {}


@pytest.mark.parametrize("event", EVENTS, ids=lambda each: each["id"])
def test_the_classes_of_the_schema_decide_what_of_an_event_is_shown(event: dict[str, Any]) -> None:
    shown, changed = masked_data(event["type"], event["data"], Handles.fresh())
    assert told(json.dumps(shown, ensure_ascii=False)) == []
    assert changed or event["type"] == "record.retracted.v1"
    if event["type"] == "official.occupancy.v1":
        assert shown["person"]["names"] == event["data"]["person"]["names"]
        assert shown["organization"]["identifiers"] == event["data"]["organization"]["identifiers"]


def test_a_type_without_a_schema_shows_nothing() -> None:
    assert masked_data("of.strangers.v1", {"name": "x"}, Handles.fresh()) == (None, [""])


@pytest.fixture(scope="module")
def filled(server: Any) -> Any:
    key = server.key("publisher", sources=("/registers",))
    answer = server.send(*EVENTS, key=key).json()
    assert answer["accepted"] == len(EVENTS), answer
    return server


@pytest.fixture(scope="module")
def places(filled: Any) -> dict[str, list[str]]:
    """By route: addresses at which there is something."""
    alert = filled.call("GET", "/v1/alerts?rule=COI-05", "analyst").json()["items"][0]
    handle, rule = alert["persons"][0], alert["rule"]
    found: dict[str, list[str]] = {}
    for operation in RIGHTS:
        method, path = operation.split(" ")
        if method != "GET" or path.startswith(
            ("/login", "/docs", "/errors", "/schemas", "/metrics", "/livez", "/readyz")
        ):
            continue
        found[path] = sorted(set(_filled_in(path, alert, handle, rule)))
    assert "persons" in str(alert), alert
    return found


def _filled_in(path: str, alert: dict[str, Any], handle: str, rule: str) -> Iterator[str]:
    ids = [alert["id"]] if "/alerts/" in path else [rule] if "/rules/" in path else ["ocds-x1y2z3-1", "subsidy-1"]
    for id in ids:
        for name in (handle, *alert["persons"], alert["company"], alert["buyer"]):
            place = path.replace("{id}", id).replace("{id:path}", id).replace("{name}", quote(name))
            place = place.replace("{level}", "0").replace("{place:path}", "000").replace("{file}", "x")
            yield place + _query(path, alert, name)


def _query(path: str, alert: dict[str, Any], name: str) -> str:
    by_path = {
        "/v1/events": "?include=data&limit=100", "/v1/events/receipt": "?source=/registers&id=tie",
        "/v1/ownership": f"?company={alert['company']}", "/v1/log/proof": "?index=0", "/v1/log/leaves": "?limit=100",
        "/v1/paths": f"?from={quote(name)}&to={alert['company']}", "/v1/alerts": "?all=true",
        "/paths": f"?from={quote(name)}&to={alert['company']}", "/v1/entities": "?limit=100",
        "/identity/pair": f"?left={quote(name)}&right={quote(alert['company'])}",
    }  # fmt: skip
    return by_path.get(path, "")


def told(text: str) -> list[str]:
    return sorted(each for each in CANARIES if each in text)


def readable(content: bytes, format: str) -> str:
    if format != "parquet" or not content.startswith(b"PAR1"):
        return content.decode("utf-8", "replace")
    return str(parquet.read_table(io.BytesIO(content)).to_pydict())


@pytest.mark.parametrize("role", WITHOUT_RIGHT)
def test_no_route_tells_them_in_any_format(filled: Any, places: dict[str, list[str]], role: str) -> None:
    leaks: dict[str, list[str]] = {}
    answered = 0
    for path, addresses in places.items():
        formats = ("", *FORMATS) if path.startswith("/v1/") and role == "analyst" else ("",)
        for address in addresses:
            for format in formats if address == addresses[0] else ("",):
                where = address + (f"{'&' if '?' in address else '?'}format={format}" if format else "")
                answer = filled.call("GET", where, role)
                assert answer.status_code < 500, where
                answered += answer.status_code == 200
                if found := told(readable(answer.content, format) + str(answer.headers)):
                    leaks[where] = found
    assert leaks == {}
    assert answered > (3 if role == "admin" else 30)


def test_the_views_of_analysts_do_not_tell_them(filled: Any) -> None:
    leaks = {}
    for view in NAMES:
        answer = filled.call("GET", f"/v1/sql?query={quote(f'SELECT * FROM {view}')}", "analyst")
        assert answer.json()["rows"], view
        if found := told(answer.text):
            leaks[view] = found
    assert leaks == {}


def test_what_the_process_writes_about_itself_does_not_tell_them(filled: Any, places: dict[str, list[str]]) -> None:
    assert told((filled.folder / "stderr").read_text()) == []


def test_who_sent_an_event_reads_it_whole(filled: Any) -> None:
    """The same canaries are found where there is a right: the test above can fail."""
    key = filled.key("publisher", sources=("/registers",))
    text = filled.call("GET", "/v1/events?include=data&limit=100", key=key).text
    stated = {each for each in CANARIES if " 1999" not in each and " 2998" not in each}
    assert set(told(json.dumps(json.loads(text), ensure_ascii=False))) == stated
    assert "publisher" in allowed(RIGHTS["GET /v1/events"])
