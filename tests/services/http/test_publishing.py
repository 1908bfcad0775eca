"""POST and GET /v1/events: every form of body, every answer (interfaces, section 5)."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

Json = dict[str, Any]
IsProblem = Callable[..., Json]
POST = ("POST", "/v1/events", "publisher")
EVENT, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
LINES, JSON = "application/x-ndjson", "application/json"


def as_type(media: str, **more: str) -> Json:
    return {"Content-Type": media, **more}


def test_one_event_a_batch_lines_and_binary_mode(server: Any, a_company: Any) -> None:
    one, two, three, four = (a_company(number) for number in range(1, 5))
    sent = server.call(*POST, content=json.dumps(one), headers=as_type(EVENT))
    assert sent.status_code == 200
    assert sent.json()["records"] == [
        {
            "index": 0, "source": "/registers", "id": "company-1", "type": "registry.company.v1", "status": "accepted",
            "state": "applied", "conforms": None, "alerts": [], "quality": [], "errors": [],
        }
    ]  # fmt: skip
    assert server.call(*POST, content=json.dumps([one, two]), headers=as_type(BATCH)).json()["accepted"] == 1
    lines = f"{json.dumps(two)}\n\n{json.dumps(three)}\n".encode()
    packed = server.call(
        *POST, content=gzip.compress(lines, mtime=0), headers=as_type(LINES, **{"Content-Encoding": "gzip"})
    )
    assert (packed.json()["accepted"], packed.json()["duplicate"]) == (1, 1)
    attributes = {f"ce-{name}": four[name] for name in ("specversion", "id", "source", "type", "time")}
    binary = server.call(*POST, content=json.dumps(four["data"]), headers=as_type(JSON, **attributes))
    assert binary.json()["accepted"] == 1


def test_raw_ocds_and_its_source(server: Any, story: list[Json]) -> None:
    package = {"uri": "https://p.example", "publisher": {"name": "P"}, "releases": [story[2]["data"]]}
    sent = server.call("POST", "/v1/events?source=/given&format=ocds", "publisher", json=package).json()
    assert [(record["source"], record["id"]) for record in sent["records"]] == [("/given", "ocds-x1y2z3-1|1")]


def test_alerts_are_told_to_readers_alone_and_never_on_a_dry_run(serve: Any, story: list[Json]) -> None:
    server = serve()
    with_alerts = {"raised": 1, "updated": 0, "withdrawn": 0}
    without = {"raised": 0, "updated": 0, "withdrawn": 0}
    body = {"roles": ["publisher", "analyst"]}
    server.call("PATCH", "/v1/users/analyst", "admin", json=body)
    dry = server.send(*story, role="analyst", query="?dryRun=true").json()
    assert (dry["accepted"], dry["alerts"]) == (3, without)
    assert server.send(*story[:2]).json()["alerts"] == without
    last = server.send(story[2], role="analyst").json()
    assert last["alerts"] == with_alerts
    assert len(last["records"][0]["alerts"]) == 1
    assert 'aiqyn_alerts_total{change="raised",rule="COI-02"} 1.0' in server.call("GET", "/metrics").text
    fix = {**story[2], "id": "ocds-x1y2z3-1|2", "data": {**story[2]["data"], "id": "2", "date": "2024-04-11T00:00:00Z"}}
    told = server.send(fix).json()
    assert told["alerts"] == without
    assert told["records"][0]["alerts"] == []


def test_a_dry_run_writes_nothing(server: Any, a_company: Any) -> None:
    unknown = a_company(51) | {"type": "nothing.v1"}
    judged = server.send(a_company(50), unknown, query="?dryRun=true")
    assert judged.status_code == 207
    assert [record["status"] for record in judged.json()["records"]] == ["accepted", "rejected"]
    found = server.call("GET", "/v1/events?id=company-50", "publisher").json()
    assert found["items"] == []


def test_a_dry_run_says_what_the_real_one_will(server: Any, a_company: Any) -> None:
    first = a_company(55)
    sent = [first, first, first | {"data": a_company(56)["data"]}, a_company(57) | {"type": "nothing.v1"}]
    runs = ("?dryRun=true", "", "?dryRun=true")
    dry, real, again = (server.send(*sent, query=query).json()["records"] for query in runs)
    said = [[record["status"] for record in records] for records in (dry, real, again)]
    assert said[0] == said[1] == ["accepted", "duplicate", "conflict", "rejected"]
    assert said[2] == ["duplicate", "duplicate", "conflict", "rejected"]


def test_statuses_of_the_answer(server: Any, a_company: Any, is_problem: IsProblem) -> None:
    good, bad = a_company(60), {key: value for key, value in a_company(61).items() if key != "time"}
    some = server.send(good, bad)
    assert some.status_code == 207
    assert some.json()["records"][1]["errors"][0]["pointer"] == "/time"
    none = is_problem(server.send(bad), 422, "field.missing")
    assert none["rejected"] == 1
    assert none["records"][0]["status"] == "rejected"
    other = a_company(60, stateOwned=True)
    conflict = is_problem(server.send(other), 409, "event.conflict")
    assert conflict["conflict"] == 1
    assert server.send().json()["records"] == []


def test_a_bad_line_never_stops_the_others_but_another_bad_body_is_400(
    server: Any, a_company: Any, is_problem: IsProblem
) -> None:
    lines = b"{broken\n" + json.dumps(a_company(70)).encode() + b"\nnull\n\xff\n"
    sent = server.call(*POST, content=lines, headers=as_type(LINES))
    assert sent.status_code == 207
    assert [record["status"] for record in sent.json()["records"]] == ["rejected", "accepted", "rejected", "rejected"]
    for media in (EVENT, BATCH, JSON):
        is_problem(server.call(*POST, content=b"{broken", headers=as_type(media)), 400, "json.invalid")


@pytest.mark.parametrize(
    ("media", "headers", "content", "status", "code"),
    [
        ("text/plain", {}, b"{}", 415, "media.unsupported"),
        (LINES, {"Content-Encoding": "br"}, b"{}", 415, "media.unsupported"),
        (LINES, {"Content-Encoding": "gzip"}, b"no gzip", 400, "input.gzip"),
        (LINES, {"Content-Encoding": "gzip"}, gzip.compress(b"{}" * 999, mtime=0)[:-9], 400, "input.gzip"),
        (LINES, {"Content-Encoding": "gzip"}, gzip.compress(bytes(50 << 20), mtime=0), 413, "body.tooLarge"),
        (LINES, {}, b" " * ((8 << 20) + 1), 413, "body.tooLarge"),
        (LINES, {}, b"{}\n" * 1001, 413, "body.tooManyRecords"),
        (JSON, {}, b"", 400, "body.unreadable"),
        (JSON, {}, b"[" * 100_000, 400, "json.invalid"),
    ],
)
def test_bodies_that_are_refused_as_a_whole(
    server: Any, is_problem: IsProblem, media: str, headers: Json, content: bytes, status: int, code: str
) -> None:
    is_problem(server.call(*POST, content=content, headers=as_type(media, **headers)), status, code)


def test_an_event_over_the_limit_is_one_rejected_record(server: Any, a_company: Any) -> None:
    large = a_company(80, notes="x" * (1 << 20))
    sent = server.send(large, a_company(81))
    assert sent.status_code == 207
    assert sent.json()["records"][0]["errors"][0]["code"] == "event.tooLarge"


def test_keys_publish_for_their_sources_and_decisions_need_one(server: Any, a_company: Any, event: Any) -> None:
    key = server.key("publisher", sources=("https://a.example",))
    refused = server.send(a_company(90), a_company(91, source="https://a.example"), key=key)
    assert [record["status"] for record in refused.json()["records"]] == ["rejected", "accepted"]
    assert refused.json()["records"][0]["errors"][0]["code"] == "source.notAllowed"
    decision = {"left": "XX-REG:c1", "right": "XX-REG:c2", "verdict": "different", "decidedBy": "x", "reason": "y"}
    one = event("identity.decision", "d1", decision, source="https://a.example")
    assert server.send(one).json()["code"] == "source.notAllowed"
    assert server.send(one, key=key).status_code == 200


def test_publishers_see_their_own_and_readers_all(serve: Any, a_company: Any) -> None:
    server = serve()
    server.call("POST", "/v1/users", "admin", json={"user": "other", "roles": ["publisher"]})
    other = server.key("other")
    narrow = server.key("other", sources=("https://a.example",))
    bad = {"specversion": "1.0"}
    server.send(a_company(1), bad)
    server.send(a_company(2), a_company(1), key=other)
    server.send(a_company(3, source="https://a.example"))

    def ids(key: str) -> list[str]:
        return [item["id"] for item in server.call("GET", "/v1/events", key=key).json()["items"]]

    assert ids(server.keys["publisher"]) == ["company-1", None, "company-3"]
    assert ids(other) == ["company-1", "company-2"], "a duplicate was sent by both"
    assert ids(narrow) == ["company-1", "company-2", "company-3"]
    assert ids(server.keys["auditor"]) == ["company-1", None, "company-2", "company-3"]
    whole = server.call("GET", "/v1/events?id=company-1&include=data", "publisher").json()["items"][0]
    assert whole["event"]["data"] == a_company(1)["data"]
    server.send(a_company(1, name="Another"), key=other)  # a conflict: its sender's, and the event stays its own
    first, *rest = server.call("GET", "/v1/events?id=company-1&include=data", "publisher").json()["items"]
    assert (first["event"]["data"], rest) == (a_company(1)["data"], [])
    masked = server.call("GET", "/v1/events?id=company-1&include=data", "auditor").json()["items"][0]
    assert masked["event"]["data"] != a_company(1)["data"] or masked.get("masked") is None


def test_states_parked_and_superseded(serve: Any, a_company: Any, event: Any) -> None:
    server = serve()
    old = a_company(1, recordKey="k")
    new = a_company(1, recordKey="k", status="active") | {"id": "company-1-new", "time": "2024-06-01T00:00:00Z"}
    early = event("record.retracted", "r1", {"target": {"source": "/registers", "id": "gone"}, "reason": "error"})
    sent = server.send(old, new, early).json()
    assert [record["state"] for record in sent["records"]] == ["applied", "applied", "parked"]
    assert sent["records"][2]["waitingFor"] == ["/registers gone"]
    items = {item["id"]: item for item in server.call("GET", "/v1/events", "publisher").json()["items"]}
    assert items["company-1"]["state"] == "superseded"
    assert items["company-1"]["supersededBy"] == {"source": "/registers", "id": "company-1-new"}
    assert items["company-1-new"]["state"] == "applied"
    assert items["r1"]["waitingFor"] == ["/registers gone"]
    parked = server.call("GET", "/v1/events?state=parked&count=true", "publisher").json()
    assert ([item["id"] for item in parked["items"]], parked["next"], parked["total"]) == (["r1"], None, 1)
    older = a_company(1, recordKey="k") | {"id": "company-1-older", "time": "2024-01-01T00:00:00Z"}
    gone = a_company(2) | {"id": "gone"}
    again = server.send(old, early, older).json()["records"]
    assert [(record["status"], record["state"]) for record in again] == [
        ("duplicate", "superseded"), ("duplicate", "parked"), ("accepted", "superseded"),
    ]  # fmt: skip
    assert again[1]["waitingFor"] == ["/registers gone"]
    assert server.send(gone).json()["records"][0]["state"] == "superseded"
    server.send(
        event("record.retracted", "r2", {"target": {"source": "/registers", "id": "company-1-new"}, "reason": "court"})
    )
    found = server.call("GET", "/v1/events?state=superseded", "publisher").json()["items"]
    assert [(item["id"], item["supersededBy"]["id"]) for item in found] == [
        ("company-1-new", "r2"), ("company-1-older", "company-1"), ("gone", "r1"),
    ]  # fmt: skip


def test_the_walk_gives_every_record_once(serve: Any, a_company: Any) -> None:
    server = serve()
    bad = {"specversion": "1.0"}
    for start in range(0, 20, 4):
        server.send(*(a_company(number) for number in range(start, start + 4)), bad)
    path, seen = "/v1/events?limit=3&count=true", []
    while path:
        page = server.call("GET", path, "publisher").json()
        seen += [(item["id"], item["recordedAt"]) for item in page["items"]]
        path = page["next"]
    assert len(seen) == page["total"] == 25
    assert [id for id, _ in seen if id] == [f"company-{number}" for number in range(20)]
    since = seen[10][1]
    later = server.call("GET", f"/v1/events?since={since}&status=rejected&status=conflict", "publisher").json()
    assert all(item["recordedAt"] >= since and item["status"] == "rejected" for item in later["items"])


def test_idempotency_keys_give_the_first_answer_again(server: Any, a_company: Any, is_problem: IsProblem) -> None:
    body = json.dumps(a_company(100))
    headers = as_type(EVENT, **{"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'})
    first = server.call(*POST, content=body, headers=headers)
    again = server.call(*POST, content=body, headers=headers)
    assert first.json()["accepted"] == again.json()["accepted"] == 1
    assert again.content == first.content
    other = server.call(*POST, content=json.dumps(a_company(101)), headers=headers)
    is_problem(other, 422, "idempotency.reused")
    refused = server.call("POST", "/v1/keys", "admin", json={"user": "analyst"}, headers={"Idempotency-Key": "k"})
    is_problem(refused, 400, "idempotency.notHere")
    anonymous = server.call("POST", "/v1/events", content=body, headers=headers)
    is_problem(anonymous, 401, "signIn.missing")


def test_wait_is_taken_and_said(server: Any, a_company: Any) -> None:
    sent = server.call(*POST, content=json.dumps(a_company(110)), headers=as_type(EVENT, Prefer="wait=5"))
    assert sent.headers["preference-applied"] == "wait=5"
    assert sent.json()["records"][0]["state"] == "applied"


@pytest.mark.parametrize(
    "query", ["sourc=x", "limit=0", "limit=1001", "limit=99999999999999999999", "cursor=x", "cursor=W10", "status=fine",
              "since=yesterday", "since=99999-01-01", "source=%00", "count=perhaps"],
)  # fmt: skip
def test_parameters_that_are_refused(server: Any, is_problem: IsProblem, query: str) -> None:
    answer = server.call("GET", f"/v1/events?{query}", "publisher")
    assert answer.status_code == 400
    assert answer.json()["code"] in ("parameter.unknown", "parameter.invalid")
