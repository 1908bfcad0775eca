"""What people do with alerts, by HTTP: one and many, the second person, undo, refusals."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from aiqyn.services.accounts import keys, users
from aiqyn.services.review import erasure_requests
from aiqyn.services.store.administering import open_to_administer
from aiqyn.services.store.database import connect

Json = dict[str, Any]


def add_user(server: Any, name: str, role: str, person: str | None = None) -> str:
    """Another user; the key."""
    with open_to_administer(server.settings) as opened:
        users.add(opened.engine, "cli:test", name, [role], person=person)
        return keys.add(opened.engine, "cli:test", name)[1]


@pytest.fixture
def server(serve: Callable[..., Any], story: list[Json]) -> Any:
    running = serve()
    assert running.send(*story).status_code == 200
    return running


def the_alert(server: Any) -> Json:
    (found,) = server.call("GET", "/v1/alerts", "auditor").json()["items"]
    return dict(server.call("GET", f"/v1/alerts/{found['id']}", "auditor").json())


def act(server: Any, role: str | None = "auditor", key: str | None = None, query: str = "", **body: Any) -> Any:
    headers = body.pop("headers", {})
    return server.call("POST", f"/v1/actions{query}", role, key, json=body, headers=headers)


def decide(server: Any, alert: Json, **more: Any) -> Any:
    return act(server, kind="decide", alerts=[alert["id"]], disposition="managed", reason="Recused.", **more)


def test_a_grave_alert_is_closed_by_a_second_person_alone(server: Any, is_problem: Any) -> None:
    alert = the_alert(server)
    assert alert["severity"] in ("critical", "high")
    made = decide(server, alert)
    assert made.status_code == 201, made.text
    proposed = made.json()
    assert (proposed["state"], proposed["needsApproval"], proposed["decidedBy"]) == ("proposed", True, None)
    assert the_alert(server)["reviewStatus"] == "inReview"
    assert the_alert(server)["review"]["proposal"] == proposed["id"]
    is_problem(server.call("POST", f"/v1/actions/{proposed['id']}/approve", "auditor"), 403, "review.selfApproval")
    other = add_user(server, "asel", "auditor")
    is_problem(server.call("POST", f"/v1/actions/{proposed['id']}/approve", key=other), 403, "scope.missing")
    done = server.call("POST", f"/v1/actions/{proposed['id']}/approve", "supervisor", json={"reason": "Agreed."})
    assert (done.json()["state"], done.json()["decidedBy"]) == ("done", "supervisor")
    closed = the_alert(server)
    assert (closed["reviewStatus"], closed["disposition"]) == ("closed", "managed")
    is_problem(decide(server, alert), 409, "review.refused")
    leaves = server.call("GET", "/v1/log/leaves?kind=action", "auditor").json()["items"]
    assert [leaf["ref"] for leaf in leaves] == [f"{proposed['id']}#1", f"{proposed['id']}#2"]


def test_nobody_approves_their_own_proposal(server: Any, is_problem: Any) -> None:
    alert = the_alert(server)
    first = add_user(server, "saule", "supervisor", "XX-PER:s7")
    second = add_user(server, "saule2", "supervisor", "XX-PER:s7")
    made = decide(server, alert, role=None, key=first).json()
    for key in (first, second):
        refused = server.call("POST", f"/v1/actions/{made['id']}/approve", key=key)
        document = is_problem(refused, 403, "review.selfApproval")
        assert document["refused"][0]["alert"] == alert["id"]
    assert the_alert(server)["reviewStatus"] == "inReview"
    refusals = server.call("GET", "/v1/log/leaves?kind=refusal", "auditor").json()["items"]
    assert len(refusals) == 2


def test_rejected_and_undone_give_back_what_was(server: Any) -> None:
    before = the_alert(server)
    made = decide(server, before).json()
    rejected = server.call("POST", f"/v1/actions/{made['id']}/reject", "supervisor", json={"reason": "No."})
    assert rejected.json()["state"] == "rejected"
    assert the_alert(server) == before
    made = decide(server, before).json()
    server.call("POST", f"/v1/actions/{made['id']}/approve", "supervisor")
    undone = server.call("POST", f"/v1/actions/{made['id']}/undo", "auditor")
    assert undone.json()["state"] == "undone"
    assert the_alert(server) == before


def test_undo_stops_where_another_action_touched_the_alert(server: Any, is_problem: Any) -> None:
    alert = the_alert(server)
    made = decide(server, alert).json()
    assert act(server, kind="assign", alerts=[alert["id"]], assignee="auditor").status_code == 201
    is_problem(server.call("POST", f"/v1/actions/{made['id']}/undo", "auditor"), 409, "state.wrong")
    server.call("POST", f"/v1/actions/{made['id']}/reject", "supervisor")
    now = the_alert(server)
    assert (now["reviewStatus"], now["review"]["assignee"]) == ("inReview", "auditor")


def test_of_two_at_once_one_wins(server: Any) -> None:
    alert = the_alert(server)
    tag = server.call("GET", f"/v1/alerts/{alert['id']}", "auditor").headers["etag"]

    def one(name: str) -> Any:
        return act(server, kind="assign", alerts=[alert["id"]], assignee=name, headers={"If-Match": tag})

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(one, ["auditor", "supervisor"]))
    assert sorted(answer.status_code for answer in answers) == [201, 412]
    (late,) = [answer for answer in answers if answer.status_code == 412]
    (won,) = [answer for answer in answers if answer.status_code == 201]
    assert late.json()["current"]["review"]["assignee"] == won.json()["assignee"]


def test_take_gives_an_alert_once(server: Any) -> None:
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda role: act(server, role, kind="take"), ["auditor", "supervisor"]))
    assert sorted(answer.status_code for answer in answers) == [201, 404]


def send_kin(server: Any, event: Any) -> None:
    """XX-PER:o9 is the sister of the official of the alert."""
    kin = {
        "person": {
            "identifiers": [{"scheme": "XX-PER", "id": "o1"}],
            "names": [{"fullName": "Асан Ойдан", "lang": "kk"}],
        },
        "relative": {
            "identifiers": [{"scheme": "XX-PER", "id": "o9"}],
            "names": [{"fullName": "Айна Ойдан", "lang": "kk"}],
        },
        "relationship": "sibling",
    }
    sent = server.send(event("official.relation", "kin-1", kin))
    assert sent.status_code == 200, sent.text


@pytest.mark.parametrize("kind", ["decide", "assign", "suppress"])
def test_whoever_is_linked_is_refused(server: Any, event: Any, is_problem: Any, kind: str) -> None:
    send_kin(server, event)
    alert = the_alert(server)
    key = add_user(server, "aina", "auditor", "XX-PER:o9")
    bodies: dict[str, Json] = {
        "decide": {"disposition": "managed", "reason": "x"},
        "assign": {"assignee": "aina"},
        "suppress": {"scope": {"rule": alert["rule"], "buyer": alert["buyer"]}, "reason": "x", "expires": soon()},
    }
    body = bodies[kind]
    as_whom: Json = {"role": "supervisor"} if kind == "assign" else {"role": None, "key": key}
    document = is_problem(act(server, kind=kind, alerts=[alert["id"]], **as_whom, **body), 403, "review.linked")
    assert document["refused"] == [{"alert": alert["id"], "code": "review.linked", "detail": document["detail"]}]
    assert act(server, None, key, kind="take").status_code == 404


def test_a_scope_hides_nothing_for_whoever_is_linked_to_what_it_matches(
    server: Any, event: Any, is_problem: Any
) -> None:
    send_kin(server, event)
    alert = the_alert(server)
    key = add_user(server, "aina", "supervisor", "XX-PER:o9")
    hide: Json = {"kind": "suppress", "reason": "Known.", "expires": soon()}
    scope = {"rule": alert["rule"], "buyer": alert["buyer"]}
    refused = is_problem(act(server, None, key, scope=scope, **hide), 403, "review.linked")
    assert [each["alert"] for each in refused["refused"]] == [alert["id"]]
    later = {"rule": "COI-04", "persons": [alert["persons"][0]]}
    assert is_problem(act(server, None, key, scope=later, **hide), 403, "review.linked")["refused"][0]["alert"] is None
    for each in (scope, later):
        made = act(server, scope=each, **hide).json()
        assert made["alerts"] == []
        is_problem(server.call("POST", f"/v1/actions/{made['id']}/approve", key=key), 403, "review.linked")
    assert the_alert(server)["review"]["suppressedBy"] is None


def soon() -> str:
    return (datetime.now(UTC) + timedelta(days=30)).date().isoformat()


def test_a_suppression_hides_now_and_later(server: Any, story: list[Json]) -> None:
    alert = the_alert(server)
    scope = {"rule": alert["rule"], "company": alert["companies"][0]}
    made = act(server, kind="suppress", scope=scope, reason="Known.", expires=soon(), alerts=[alert["id"]])
    assert made.status_code == 201, made.text
    assert server.call("GET", "/v1/alerts", "auditor").json()["items"]
    assert server.call("POST", f"/v1/actions/{made.json()['id']}/approve", "supervisor").status_code == 200
    assert server.call("GET", "/v1/alerts", "auditor").json()["items"] == []
    again = {**story[2], "id": "ocds-x1y2z3-2|1"}
    again["data"] = {**again["data"], "ocid": "ocds-x1y2z3-2"}
    assert server.send(again).json()["alerts"]["raised"] >= 0
    assert server.call("GET", "/v1/alerts", "auditor").json()["items"] == []
    assert len(server.call("GET", "/v1/alerts?suppressed=true", "auditor").json()["items"]) == 2
    server.call("POST", f"/v1/actions/{made.json()['id']}/undo", "supervisor")
    assert len(server.call("GET", "/v1/alerts", "auditor").json()["items"]) == 2


def test_a_filter_needs_the_number_that_it_finds(server: Any, is_problem: Any) -> None:
    body: Json = {"kind": "comment", "filter": {"rule": ["COI-02"]}, "text": "Seen."}
    is_problem(act(server, **body), 422, "field.missing")
    is_problem(act(server, count=7, **body), 412, "state.stale")
    assert act(server, count=1, **body).json()["count"] == 1
    nul = is_problem(act(server, kind="comment", text="a\0b", filter={}, count=1), 422, "text.invalid")
    assert nul["errors"][0]["pointer"] == "/text"
    hide: Json = {"kind": "suppress", "reason": "x", "expires": soon()}
    unknown = act(server, scope={"rule": "COI-99", "company": "XX-REG:s1"}, **hide)
    assert is_problem(unknown, 422, "field.invalid")["errors"][0]["pointer"] == "/scope/rule"
    is_problem(act(server, kind="comment", text="x", filter={"rul": "COI-02"}, count=1), 422, "member.unknown")
    is_problem(
        act(server, kind="assign", assignee="auditor", filter={"rule": "COI-02"}, count=1), 403, "filter.restricted"
    )


def test_a_dry_run_changes_nothing(server: Any) -> None:
    before = the_alert(server)
    tried = decide(server, before, query="?dryRun=true")
    assert tried.status_code == 200
    assert (tried.json()["count"], tried.json()["needsApproval"], tried.json()["refused"]) == (1, True, [])
    assert the_alert(server) == before
    assert server.call("GET", "/v1/actions", "auditor").json()["items"] == []


def test_identify_is_a_decision_in_the_ledger_and_can_be_undone(server: Any) -> None:
    made = act(server, kind="identify", left="XX-PER:o1", right="XX-PER:o2", verdict="different", reason="Two people.")
    assert made.status_code == 201, made.text
    assert "XX-PER" not in made.text
    events = server.call("GET", "/v1/events?type=identity.decision.v1", "auditor").json()["items"]
    assert [each["id"] for each in events] == [made.json()["id"]]
    assert server.call("POST", f"/v1/actions/{made.json()['id']}/undo", "auditor").json()["state"] == "undone"


def test_a_source_that_retracts_for_erasure_opens_a_proposal(
    server: Any, story: list[Json], event: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = next(each for each in story if each["type"] == "official.occupancy.v1")

    def retract(id: str, target: str) -> Any:
        data = {"target": {"source": post["source"], "id": target}, "reason": "erasure"}
        return server.send(event("record.retracted", id, data, source=post["source"]))

    def proposals() -> list[Json]:
        found = server.call("GET", "/v1/actions?kind=erase&state=proposed", "dpo").json()["items"]
        return [dict(each) for each in found]

    retract("too-early", "late")
    retract("order-1", post["id"])
    assert server.call("GET", "/v1/alerts", "auditor").json()["items"] == []
    engine = connect(server.database, create=False)
    monkeypatch.setattr(erasure_requests, "_AT_ONCE", 1)  # the one that waits fills a page by itself
    erasure_requests.refresh(engine, lambda person: f"AIQYN:{len(person)}")
    with engine.connect() as connection:
        made = connection.execute(text("SELECT count(*) FROM action WHERE kind = 'erase' AND state = 'proposed'"))
        assert made.scalar() == 1, "one that waits for its event holds no later one up"
    engine.dispose()
    (opened,) = proposals()
    assert (opened["by"], opened["reason"]) == (f"source:{post['source']}", "record.retracted order-1")
    assert opened["entity"].startswith("AIQYN:")
    assert [each["id"] for each in proposals()] == [opened["id"]]
    assert server.send(post).json()["duplicate"] == 1
    late = {
        **post,
        "id": "late",
        "data": {**post["data"], "person": {"recordId": "o7", "names": [{"fullName": "Q W"}]}},
    }
    assert server.send(late).json()["records"][0]["state"] == "superseded"
    assert [each["reason"] for each in proposals()] == ["record.retracted too-early", "record.retracted order-1"]
    assert "order-1" in server.call("GET", "/v1/actions", "dpo").text
    done = server.call("POST", f"/v1/actions/{opened['id']}/approve", "dpo")
    assert done.json()["state"] == "done", done.text
    assert server.send(post).json()["records"][0]["errors"][0]["code"] == "event.erased"
    assert len(proposals()) == 1


def test_an_erased_person_is_nowhere_any_more(server: Any, story: list[Json], is_problem: Any) -> None:
    alert = the_alert(server)
    made = act(server, "dpo", kind="erase", entity="XX-PER:o1", reason="Order 7.")
    assert made.status_code == 201, made.text
    is_problem(server.call("POST", f"/v1/actions/{made.json()['id']}/approve", "dpo"), 403, "review.selfApproval")
    done = server.call("POST", f"/v1/actions/{made.json()['id']}/approve", "supervisor")
    assert done.status_code == 200, done.text
    assert server.call("GET", "/v1/alerts", "auditor").json()["items"] == []
    gone = server.call("GET", f"/v1/alerts/{alert['id']}", "auditor").json()
    assert gone["dataState"] == "withdrawn"
    is_problem(server.call("POST", f"/v1/actions/{made.json()['id']}/undo", "supervisor"), 409, "state.wrong")
    server.stop()
    held = b"".join(path.read_bytes() for path in server.folder.glob("aiqyn.db*"))
    assert "Асан Ойдан".encode() not in held
    assert b'"o1"' not in held
    assert b"XX-PER:o1" not in held


def test_restricted_values_are_shown_for_a_purpose_and_logged(server: Any, is_problem: Any) -> None:
    alert = the_alert(server)
    assert "XX-PER" not in str(alert)
    is_problem(server.call("POST", "/v1/reveals", "auditor", json={"alert": alert["id"]}), 422, "field.missing")
    shown = server.call("POST", "/v1/reveals", "auditor", json={"alert": alert["id"], "purpose": "Check."})
    assert shown.json()["values"]["/persons/0"] == "XX-PER:o1"
    entity = server.call("POST", "/v1/reveals", "auditor", json={"entity": alert["persons"][0], "purpose": "Check."})
    assert "XX-PER:o1" in entity.json()["values"].values()
    log = server.call("GET", "/v1/reveals?count=true", "dpo").json()
    assert [(each["by"], each["purpose"]) for each in log["items"]] == [("auditor", "Check.")] * 2
    assert log["total"] == 2
    first = server.call("GET", "/v1/reveals?limit=1", "dpo").json()
    rest = server.call("GET", first["next"], "dpo").json()
    assert first["items"] + rest["items"] == log["items"]


def test_files_come_back_as_downloads(server: Any, is_problem: Any) -> None:
    alert = the_alert(server)
    where = f"/v1/alerts/{alert['id']}/attachments"
    files = {"file": ('../../e"vil\r\n.html', b"<script>alert(1)</script>", "text/html")}
    made = server.call("POST", where, "auditor", files=files)
    assert made.status_code == 201, made.text
    assert "/" not in made.json()["name"]
    got = server.call("GET", made.json()["url"], "auditor")
    assert got.content == files["file"][1]
    assert got.headers["content-disposition"].startswith("attachment;")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert len(server.call("GET", where, "auditor").json()["items"]) == 1
    assert server.call("GET", made.json()["url"], "analyst").status_code == 403
    large = {"file": ("x", b"x" * 10_000_001, "text/plain")}
    is_problem(server.call("POST", where, "auditor", files=large), 413, "body.tooLarge")
