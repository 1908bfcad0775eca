"""What reviewers see of their own cases, lists of entities and links, and the graph of an earlier day."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from aiqyn.services.accounts import keys, users
from aiqyn.services.store.administering import open_to_administer

Json = dict[str, Any]


@pytest.fixture(scope="module")
def world(server: Any, request: pytest.FixtureRequest) -> Any:
    """The small story: an official directs the supplier. Companies beside it."""
    story = request.getfixturevalue("told")
    assert server.send(*story).json()["accepted"] == len(story)
    return server


@pytest.fixture(scope="module")
def told() -> list[Json]:
    def event(kind: str, id: str, data: Json) -> Json:
        return {
            "specversion": "1.0", "id": id, "source": "/registers", "type": f"{kind}.v1",
            "time": "2024-05-01T00:00:00Z", "data": data,
        }  # fmt: skip

    def body(id: str, name: str) -> Json:
        return {"identifiers": [{"scheme": "XX-REG", "id": id}], "name": name}

    man = {"identifiers": [{"scheme": "XX-PER", "id": "o1"}], "names": [{"fullName": "Open Official", "lang": "en"}]}
    wife = {"identifiers": [{"scheme": "XX-PER", "id": "w1"}], "names": [{"fullName": "Hidden Wife", "lang": "en"}]}
    parties = [
        {"id": id, "name": name, "identifier": {"scheme": "XX-REG", "id": id}, "roles": [role]}
        for id, name, role in (("b1", "A school", "buyer"), ("s1", "Oidan LLP", "supplier"))
    ]
    award = {"id": "a", "status": "active", "date": "2024-04-10", "suppliers": [{"id": "s1", "name": "Oidan LLP"}]}
    release = {
        "ocid": "ocds-x1y2z3-1", "id": "1", "date": "2024-04-10T00:00:00Z", "tag": ["award"],
        "initiationType": "tender", "parties": parties, "buyer": {"id": "b1", "name": "A school"}, "awards": [award],
    }  # fmt: skip
    firms = [body(f"c{number:02}", f"Company {number}") for number in range(7)]
    several = [event("registry.company", each["name"], {"entity": each, "kind": "company"}) for each in firms]
    return [
        event("official.occupancy", "post", {"person": man, "organization": body("b1", "A school"), "post": "Head",
              "role": "head", "level": "district", "startDate": "2021-01-01"}),
        event("official.relation", "tie", {"person": man, "relative": wife, "relationship": "spouse"}),
        event("registry.directorship", "seat", {"company": body("s1", "Oidan LLP"), "person": wife,
              "role": "director", "startDate": "2020-01-01"}),
        event("procurement.release", "release", release),
        *several,
    ]  # fmt: skip


def get(server: Any, path: str, role: str = "analyst", key: str | None = None, **more: Any) -> Json:
    answer = server.call("GET", path, role, key, **more)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def walked(server: Any, path: str) -> list[Json]:
    found: list[Json] = []
    following: str | None = path
    while following:
        page = get(server, following)
        found += page["items"]
        following = page["next"]
    return found


def test_entities_are_listed_once_page_by_page(world: Any) -> None:
    whole = get(world, "/v1/entities?limit=1000&count=true")
    walk = walked(world, "/v1/entities?limit=3")
    assert [each["id"] for each in walk] == [each["id"] for each in whole["items"]]
    assert whole["total"] == len(walk) == len({each["id"] for each in walk})
    companies = get(world, "/v1/entities?kind=company&count=true")
    assert {each["kind"] for each in companies["items"]} == {"company"}
    assert companies["total"] == len(companies["items"]) < whole["total"]
    named = walked(world, "/v1/entities?q=company&limit=2")
    assert len(named) == 7
    assert get(world, "/v1/entities?q=company 3")["items"][0]["name"] == "Company 3"
    both = get(world, "/v1/entities?id=XX-REG:c01&id=XX-REG:c02")["items"]
    assert [each["id"] for each in both] == ["XX-REG:c01", "XX-REG:c02"]
    assert get(world, "/v1/entities?q=Hidden Wife")["items"] == []


@pytest.mark.parametrize("path", ["/v1/entities", "/v1/entities/XX-REG:s1/links", "/v1/entities/XX-REG:b1/links"])
def test_lists_come_as_files_with_nothing_restricted(world: Any, path: str, is_problem: Callable[..., Json]) -> None:
    lines = world.call("GET", path, "analyst", headers={"Accept": "application/x-ndjson, application/json;q=0.5"})
    assert lines.headers["content-type"].startswith("application/x-ndjson")
    documents = [json.loads(line) for line in lines.text.splitlines()]
    assert len(documents) == int(lines.headers["x-total-count"]) == get(world, f"{path}?count=true")["total"]
    for format in ("jsonl", "csv", "csv-safe", "parquet"):
        answer = world.call("GET", f"{path}?format={format}", "analyst")
        assert answer.status_code == 200
        for hidden in (b"XX-PER:", b"Hidden Wife"):
            assert hidden not in answer.content
    is_problem(world.call("GET", f"{path}?format=csv", "dpo"), 403, "scope.missing")
    wanted = world.call("GET", path, "analyst", headers={"Accept": "application/json, text/csv;q=0.9"})
    assert wanted.headers["content-type"] == "application/json"


def test_the_graph_of_an_earlier_day(world: Any, is_problem: Callable[..., Json]) -> None:
    past = "knownAt=2020-01-01"
    assert get(world, f"/v1/entities?{past}&count=true")["total"] == 0
    assert get(world, f"/v1/entities/XX-REG:s1/links?{past}")["items"] == []
    assert get(world, f"/v1/allocations?{past}")["items"] == []
    assert get(world, f"/v1/paths?from=XX-REG:s1&to=XX-REG:b1&{past}")["paths"] == []
    assert get(world, f"/v1/entities/XX-REG:s1/network?{past}")["nodes"] == []
    for path in (f"/v1/entities/XX-REG:s1?{past}", f"/v1/ownership?company=XX-REG:s1&{past}"):
        is_problem(world.call("GET", path, "analyst"), 404, "notFound")
    for path in ("/v1/entities/XX-REG:s1/links", "/v1/entities/XX-REG:s1", "/v1/allocations", "/v1/entities"):
        assert get(world, f"{path}?knownAt=2999-01-01") == get(world, path)
    is_problem(world.call("GET", "/v1/entities?knownAt=someday", "analyst"), 400, "parameter.invalid")


def test_alerts_of_an_earlier_day_are_counted_sorted_and_written(world: Any) -> None:
    for query in ("knownAt=2020-01-01", "knownAt=2020-01-01&format=jsonl", "knownAt=2020-01-01&sort=-amount"):
        answer = world.call("GET", f"/v1/alerts?{query}&count=true", "analyst")
        assert answer.status_code == 200, answer.text
        assert answer.text == "" or answer.json()["total"] == 0
    now, then = (get(world, f"/v1/alerts?count=true&{query}") for query in ("", "knownAt=2999-01-01"))
    assert now["total"] == then["total"] > 0
    assert [each["id"] for each in now["items"]] == [each["id"] for each in then["items"]]


def test_a_case_is_open_to_whoever_has_it_and_to_nobody_else(world: Any) -> None:
    alert = get(world, "/v1/alerts?company=XX-REG:s1", "auditor")["items"][0]
    assert "XX-PER" not in json.dumps(alert)
    with open_to_administer(world.settings) as opened:
        users.add(opened.engine, "cli:test", "colleague", ["auditor"])
        colleague = keys.add(opened.engine, "cli:test", "colleague")[1]
    taken = {"kind": "assign", "alerts": [alert["id"]], "assignee": "auditor"}
    assert world.call("POST", "/v1/actions", "supervisor", json=taken).status_code == 201
    paths = ("/v1/entities/XX-REG:s1/links", "/v1/paths?from=XX-REG:s1&to=XX-REG:b1", "/v1/entities/XX-REG:s1/network",
             f"/v1/alerts/{alert['id']}", "/v1/entities/XX-PER:w1")  # fmt: skip
    for path in paths:
        assert "XX-PER:w1" in json.dumps(get(world, path, "auditor")), path
        assert "XX-PER" not in json.dumps(get(world, path, key=colleague)), path
    entity = get(world, "/v1/entities/XX-PER:w1", "auditor")
    assert (entity["name"], entity["masked"]) == ("Hidden Wife", [])
    assert get(world, "/v1/entities/XX-PER:w1", key=colleague)["name"] is None
    released = {**taken, "assignee": None}
    assert world.call("POST", "/v1/actions", "supervisor", json=released).status_code == 201
    assert "XX-PER" not in json.dumps(get(world, paths[0], "auditor"))


def test_a_proposal_opens_the_case_to_another_person_alone(world: Any) -> None:
    alert = get(world, "/v1/alerts?company=XX-REG:s1", "auditor")["items"][0]
    with open_to_administer(world.settings) as opened:
        for name, person in (("boss", "XX-PER:b9"), ("boss2", "XX-PER:b9"), ("linked", "XX-PER:w1")):
            users.add(opened.engine, "cli:test", name, ["supervisor"], person=person)
        boss, boss2, linked = (keys.add(opened.engine, "cli:test", each)[1] for each in ("boss", "boss2", "linked"))
    body = {"kind": "decide", "alerts": [alert["id"]], "disposition": "managed", "reason": "Recused, said w1."}
    made = world.call("POST", "/v1/actions", key=boss, json=body)
    assert made.json()["state"] == "proposed", made.text
    place = f"/v1/alerts/{alert['id']}"
    assert "XX-PER:w1" in json.dumps(get(world, place, "supervisor"))
    for key in (boss, boss2, linked):
        assert "XX-PER" not in json.dumps(get(world, place, key=key))
    words = [get(world, "/v1/actions", role)["items"][0]["reason"] for role in ("auditor", "analyst")]
    assert words == ["Recused, said w1.", None]
    assert "said w1" in world.call("GET", "/v1/log/leaves?kind=action&limit=1000", "auditor").text
    assert "said w1" not in world.call("GET", "/v1/log/leaves?kind=action&limit=1000", "analyst").text
    assert world.call("POST", f"/v1/actions/{made.json()['id']}/reject", "supervisor").status_code == 200


def test_a_parameter_that_is_one_is_given_once(world: Any, is_problem: Callable[..., Json]) -> None:
    is_problem(world.call("GET", "/v1/alerts?from=2024-01-01&from=2024-01-02", "analyst"), 400, "parameter.invalid")
    assert world.call("GET", "/v1/alerts?rule=COI-01&rule=COI-02", "analyst").status_code == 200


def test_a_preview_of_a_filter_tells_the_count(world: Any) -> None:
    body = {"kind": "decide", "filter": {"company": "XX-REG:s1"}, "disposition": "managed", "reason": "Recused."}
    told = world.call("POST", "/v1/actions?dryRun=true", "auditor", json=body)
    assert (told.status_code, told.json()["count"]) == (200, 1), told.text
    assert world.call("POST", "/v1/actions", "auditor", json=body).status_code == 422
