"""What analysts read: nothing restricted in any form, walks that are whole, one SELECT and no more."""

import json
from collections.abc import Callable
from typing import Any

import pytest

Json = dict[str, Any]
OFFICIAL, WIFE, STRANGER = "IIN-CANARY-7100011", "IIN-CANARY-7200022", "IIN-CANARY-7300033"
HIDDEN = ("CANARY-7100011", "CANARY-7200022", "CANARY-7300033", "1971-02-03", "Canary Wife", "Canary Stranger")
"""Restricted: ids, birth dates, names of people who hold no office."""


def person(id: str, name: str) -> Json:
    numbers = [{"scheme": "XX-NID", "id": id}]
    return {"identifiers": numbers, "names": [{"fullName": name, "lang": "en"}], "birthDate": "1971-02-03"}


def body(id: str, name: str) -> Json:
    return {"identifiers": [{"scheme": "XX-ORG", "id": id}], "name": name}


@pytest.fixture(scope="module")
def story(server: Any) -> Any:
    """An official whose wife directs a company that his office buys from."""

    def event(kind: str, id: str, data: Json) -> Json:
        time = "2024-05-01T00:00:00Z"
        return {"specversion": "1.0", "id": id, "source": "/canary", "type": f"{kind}.v1", "time": time, "data": data}

    official, wife = person(OFFICIAL, "Open Official"), person(WIFE, "Canary Wife")
    office, firm = body("100", "The Office"), body("200", "The Firm")
    parties = [
        {
            "id": each["identifiers"][0]["id"],
            "name": each["name"],
            "identifier": each["identifiers"][0],
            "roles": [role],
        }
        for each, role in ((office, "buyer"), (firm, "supplier"))
    ]
    award = {"id": "a", "status": "active", "date": "2024-03-01", "suppliers": [{"id": "200", "name": "The Firm"}]}
    release = {
        "ocid": "ocds-canary-1", "id": "r", "date": "2024-02-01T00:00:00Z", "tag": ["award"],
        "initiationType": "tender", "parties": parties, "buyer": {"id": "100", "name": "The Office"},
        "awards": [{**award, "value": {"amount": 5, "currency": "KZT"}}],
    }  # fmt: skip
    events = [
        event("official.occupancy", f"post-of-{OFFICIAL}", {"person": official, "organization": office, "post": "Head",
              "role": "head", "level": "national", "startDate": "2020-01-01"}),
        event("official.relation", "tie", {"person": official, "relative": wife, "relationship": "spouse"}),
        event("registry.directorship", "seat", {"company": firm, "person": wife, "role": "director",
              "startDate": "2020-01-01"}),
        event("registry.directorship", "other", {"company": firm, "person": person(STRANGER, "Canary Stranger"),
              "role": "manager", "startDate": "2020-01-01"}),
        event("procurement.release", "release", release),
    ]  # fmt: skip
    answer = server.send(*events)
    assert answer.json()["accepted"] == len(events), answer.text
    return server


def read(server: Any, path: str, role: str = "analyst", **parameters: str) -> Any:
    answer = server.call("GET", path, role, params=parameters or None)
    assert answer.status_code == 200, answer.text
    return answer


PATHS = (
    "/v1/alerts", "/v1/changes", "/v1/entities/XX-ORG:200", "/v1/entities/XX-ORG:200/links",
    "/v1/entities/XX-ORG:200/network", "/v1/ownership?company=XX-ORG:200", "/v1/paths?from=XX-ORG:200&to=XX-ORG:100",
    "/v1/allocations", "/v1/identity/candidates", "/v1/entities?q=canary", "/v1/alerts?countBy=group",
    "/v1/alerts?format=jsonl", "/v1/alerts?format=csv", "/v1/alerts?format=csv-safe", "/v1/alerts?format=parquet",
    "/v1/allocations?format=csv", "/v1/entities/XX-ORG:200/network?format=graphml",
    "/v1/entities/XX-ORG:200/network?format=gexf", "/v1/entities/XX-ORG:200/network?format=ftm",
    "/v1/ownership?company=XX-ORG:200&format=bods",
    *(f"/v1/sql?query=select * from {view}" for view in (
        "v1_alerts", "v1_alert_edges", "v1_entities", "v1_links", "v1_allocations", "v1_events")),
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_nothing_restricted_in_any_form(story: Any, path: str) -> None:
    answer = story.call("GET", path, "analyst")
    assert answer.status_code == 200, answer.text
    for hidden in HIDDEN:
        assert hidden.encode() not in answer.content


def test_nothing_restricted_about_the_alert(story: Any) -> None:
    alerts = read(story, "/v1/alerts").json()["items"]
    assert alerts
    for alert in alerts:
        for part in ("", "/explanation", "/revisions", "/similar"):
            answer = read(story, f"/v1/alerts/{alert['id']}{part}")
            for hidden in HIDDEN:
                assert hidden.encode() not in answer.content
            assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", [
    "/v1/alerts?person=XX-NID:{}", "/v1/alerts?entity=XX-NID:{}", "/v1/entities/XX-NID:{}", "/v1/entities?id=XX-NID:{}",
    "/v1/entities/XX-NID:{}/links", "/v1/paths?from=XX-NID:{}&to=XX-ORG:100", "/v1/allocations?company=XX-NID:{}",
])  # fmt: skip
def test_no_path_takes_a_restricted_id(story: Any, path: str, is_problem: Callable[..., Json]) -> None:
    known, unknown = (story.call("GET", path.format(id), "analyst") for id in (WIFE, "IIN-CANARY-0000000"))
    assert (
        is_problem(known, 403, "filter.restricted")["detail"] == is_problem(unknown, 403, "filter.restricted")["detail"]
    )


def test_pseudonyms_are_new_in_each_export(story: Any) -> None:
    first, second = (read(story, "/v1/alerts", format="jsonl").content for _ in range(2))
    persons = [json.loads(text.splitlines()[0])["persons"] for text in (first, second)]
    assert persons[0]
    assert set(persons[0]).isdisjoint(persons[1])
    assert all(name.startswith("AIQYN:") for name in persons[0])


def test_sql_is_no_oracle(story: Any) -> None:
    query = "select count(*) from v1_alerts where persons like '%7200022%' or hex(persons) like '%37323030303232%'"
    assert read(story, "/v1/sql", query=query).json()["rows"] == [[0]]


@pytest.mark.parametrize("query", [
    "delete from v1_alerts", "select 1; select 2", "select * from account", "pragma user_version", "attach 'x' as y",
    "create table t(a)", "select load_extension('x')", "vacuum into '/tmp/x'", "", "select",
    "with recursive c(n) as (select 1 union all select n + 1 from c) select count(*) from c",
])  # fmt: skip
def test_sql_is_one_short_select(story: Any, query: str, is_problem: Callable[..., Json]) -> None:
    is_problem(story.call("GET", "/v1/sql", "analyst", params={"query": query}), 400, "parameter.invalid")


def test_sql_gives_a_thousand_rows(story: Any) -> None:
    query = "with recursive c(n) as (select 1 union all select n + 1 from c limit 3000) select n from c"
    found = read(story, "/v1/sql", query=query).json()
    assert (len(found["rows"]), found["truncated"], found["columns"]) == (1000, True, ["n"])


def test_files_need_the_scope_export(story: Any, is_problem: Callable[..., Json]) -> None:
    for path in ("/v1/alerts?format=csv", "/v1/sql?query=select 1", "/v1/entities/XX-ORG:200/network?format=gexf"):
        is_problem(story.call("GET", path, "dpo"), 403, "scope.missing")


def test_the_changes_can_be_polled(story: Any) -> None:
    seen: list[str] = []
    following = "/v1/changes?limit=1"
    while items := (page := read(story, following).json())["items"]:
        seen += [item["id"] for item in items]
        following = page["next"]
    assert len(seen) == len(set(seen)) >= 1
    assert read(story, page["next"]).json()["items"] == []


def test_words_find_alerts_by_public_names_alone(story: Any) -> None:
    assert read(story, "/v1/alerts", q="the firm").json()["items"]
    assert read(story, "/v1/alerts", q="Canary Wife").json()["items"] == []
    assert read(story, "/v1/alerts", q=WIFE).json()["items"] == []


@pytest.mark.parametrize(
    "path",
    [
        "/v1/sources",
        "/v1/rules",
        "/v1/changes",
        "/v1/alerts/{}/revisions",
        "/v1/alerts/{}/similar",
        "/v1/alerts/{}/attachments",
    ],
)
def test_every_list_is_walked_and_counted(story: Any, path: str) -> None:
    (alert,) = story.call("GET", "/v1/alerts", "analyst").json()["items"]
    where = path.format(alert["id"])
    whole = story.call("GET", f"{where}?count=true&limit=1000", "analyst").json()
    assert whole["total"] == len(whole["items"])
    found: list[Json] = []
    following = f"{where}?limit=1"
    while following and len(found) < whole["total"]:
        page = story.call("GET", following, "analyst")
        assert len(page.json()["items"]) <= 1
        found += page.json()["items"]
        following = page.json()["next"]
        assert page.headers.get("link") == (f'<{following}>; rel="next"' if following else None)
    assert found == whole["items"]
    assert story.call("GET", f"{where}?limit=0", "analyst").status_code == 400
