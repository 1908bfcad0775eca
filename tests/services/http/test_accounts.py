"""Users, keys, sessions: who is let in, what they may do, what is kept of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from aiqyn.services.accounts.roles import ROLES
from aiqyn.services.store.administering import open_to_administer
from aiqyn.services.store.tables import account, api_key, leaf, sign_in

Json = dict[str, Any]
IsProblem = Callable[..., Json]
PASSWORD = "a password for tests"


def test_sign_in_says_who_and_sets_a_cookie_that_scripts_cannot_read(server: Any) -> None:
    answer = server.call("POST", "/v1/session", json={"username": "auditor", "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json() | {"csrfToken": ""} == {
        "user": "auditor", "roles": ["auditor"], "scopes": sorted(ROLES["auditor"]), "csrfToken": "",
    }  # fmt: skip
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("aiqyn_session=")
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    server.http.cookies.clear()


def test_a_cookie_alone_does_not_act(server: Any, is_problem: IsProblem) -> None:
    begun = server.call("POST", "/v1/session", json={"username": "admin", "password": PASSWORD}).json()
    body = {"user": "someone", "roles": ["analyst"]}
    is_problem(server.call("POST", "/v1/users", json=body), 403, "csrf.missing")
    wrong = server.call("POST", "/v1/users", json=body, headers={"X-CSRF-Token": "x"})
    is_problem(wrong, 403, "csrf.missing")
    right = server.call("POST", "/v1/users", json=body, headers={"X-CSRF-Token": begun["csrfToken"]})
    assert right.status_code == 201
    assert server.call("GET", "/v1/session").json()["user"] == "admin"
    ended = server.call("DELETE", "/v1/session", headers={"X-CSRF-Token": begun["csrfToken"]})
    assert ended.status_code == 204
    assert "Clear-Site-Data" in ended.headers
    is_problem(server.call("GET", "/v1/session"), 401, "signIn.missing")
    server.http.cookies.clear()


def test_a_session_that_ended_is_gone_even_with_its_cookie(server: Any, is_problem: IsProblem) -> None:
    begun = server.call("POST", "/v1/session", json={"username": "dpo", "password": PASSWORD})
    cookie = {"Cookie": f"aiqyn_session={begun.cookies['aiqyn_session']}"}
    server.http.cookies.clear()
    assert server.call("GET", "/v1/session", headers=cookie).status_code == 200
    token = {"X-CSRF-Token": begun.json()["csrfToken"]}
    assert server.call("DELETE", "/v1/session", headers=cookie | token).status_code == 204
    is_problem(server.call("GET", "/v1/session", headers=cookie), 401, "signIn.missing")


@pytest.mark.parametrize("name", ["auditor", "nobody", "", "a" * 200, "nul\0"])
def test_wrong_credentials_all_look_the_same(server: Any, is_problem: IsProblem, name: str) -> None:
    answer = server.call("POST", "/v1/session", json={"username": name, "password": "wrong"})
    document = is_problem(answer, 401, "signIn.refused")
    assert document["detail"] == "name or password is wrong"
    assert "www-authenticate" in answer.headers


def test_failed_sign_ins_are_limited_by_account_and_address(serve: Any, is_problem: IsProblem) -> None:
    server = serve({"AIQYN_SIGNIN_LIMIT": "2"})
    for _ in range(2):
        server.call("POST", "/v1/session", json={"username": "auditor", "password": "wrong"})
    refused = server.call("POST", "/v1/session", json={"username": "auditor", "password": PASSWORD})
    is_problem(refused, 429, "rate.exceeded")
    assert 0 < int(refused.headers["retry-after"]) <= 900
    is_problem(server.call("POST", "/v1/session", json={"username": "dpo", "password": PASSWORD}), 429, "rate.exceeded")
    assert server.call("GET", "/v1/session", "auditor").status_code == 200, "keys go on"


def test_sign_ins_that_succeed_do_not_count(serve: Any) -> None:
    server = serve({"AIQYN_SIGNIN_LIMIT": "1"})
    for _ in range(3):
        done = server.call("POST", "/v1/session", json={"username": "auditor", "password": PASSWORD})
        assert done.status_code == 200


def test_requests_are_limited_by_user(serve: Any, is_problem: IsProblem) -> None:
    server = serve({"AIQYN_RATE_LIMIT": "3"})
    left = [server.call("GET", "/v1/session", "analyst").headers["ratelimit"] for _ in range(3)]
    assert [text.split(";")[1] for text in left] == ["r=2", "r=1", "r=0"]
    refused = server.call("GET", "/v1/session", "analyst")
    is_problem(refused, 429, "rate.exceeded")
    assert int(refused.headers["retry-after"]) <= 60
    assert refused.headers["ratelimit-policy"] == '"minute";q=3;w=60'
    assert server.call("GET", "/v1/session", "auditor").status_code == 200


def test_a_user_made_by_http_signs_in_changes_and_is_shut_out(server: Any, is_problem: IsProblem) -> None:
    body = {"user": "aida", "roles": ["auditor"], "person": "XX-PER:a1", "email": "aida@example.org"}
    made = server.call("POST", "/v1/users", "admin", json=body)
    assert made.status_code == 201
    password = made.json()["password"]
    is_problem(server.call("POST", "/v1/users", "admin", json=body), 422, "field.invalid")
    begun = server.call("POST", "/v1/session", json={"username": "aida", "password": password})
    assert begun.json()["roles"] == ["auditor"]
    changed = server.call("PATCH", "/v1/users/aida", "admin", json={"roles": ["analyst"]})
    assert changed.json()["roles"] == ["analyst"]
    is_problem(server.call("GET", "/v1/session"), 401, "signIn.missing")
    assert server.call("PATCH", "/v1/users/aida", "admin", json={"disabled": True}).json()["disabled"] is True
    again = server.call("POST", "/v1/session", json={"username": "aida", "password": password})
    is_problem(again, 401, "signIn.refused")
    server.http.cookies.clear()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"user": "x", "roles": ["admin", "auditor"]}, "/roles"),
        ({"user": "x", "roles": []}, "/roles"),
        ({"user": "x", "roles": ["king"]}, "/roles"),
        ({"user": "a b", "roles": ["analyst"]}, "/user"),
        ({"user": "x", "roles": ["analyst"], "person": "nothing"}, "/person"),
        ({"user": "x", "roles": ["analyst"], "email": "\0"}, "/email"),
        ({"user": "x", "roles": ["analyst"], "rolls": 1}, "/rolls"),
        ({"roles": ["analyst"]}, "/user"),
    ],
)
def test_users_that_cannot_be(server: Any, body: Json, pointer: str) -> None:
    answer = server.call("POST", "/v1/users", "admin", json=body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_keys_narrow_expire_rotate_and_are_revoked(server: Any, is_problem: IsProblem) -> None:
    body = {"user": "auditor", "scopes": ["read"], "expires": "90d"}
    made = server.call("POST", "/v1/keys", "admin", json=body).json()
    assert made["key"].startswith("aiqyn_")
    assert server.call("GET", "/v1/session", key=made["key"]).json()["scopes"] == ["read"]
    beyond = server.call("POST", "/v1/keys", "admin", json={"user": "analyst", "scopes": ["approve"]})
    assert is_problem(beyond, 422, "field.invalid")["errors"][0]["pointer"] == "/scopes"
    no_uri = server.call("POST", "/v1/keys", "admin", json={"user": "publisher", "sources": ["not a uri"]})
    assert is_problem(no_uri, 422, "field.invalid")["errors"][0]["pointer"] == "/sources"
    as_text = server.call("POST", "/v1/keys", "admin", content=b"auditor", headers={"Content-Type": "text/plain"})
    is_problem(as_text, 415, "media.unsupported")
    past = server.call("POST", "/v1/keys", "admin", json={"user": "auditor", "expires": "2020-01-01"}).json()
    is_problem(server.call("GET", "/v1/session", key=past["key"]), 401, "signIn.missing")

    turned = server.call("POST", f"/v1/keys/{made['id']}/rotate", "admin", json={"overlap": "1h"}).json()
    assert turned["scopes"] == ["read"]
    assert server.call("GET", "/v1/session", key=made["key"]).status_code == 200, "the overlap"
    assert server.call("GET", "/v1/session", key=turned["key"]).status_code == 200
    assert server.call("DELETE", f"/v1/keys/{turned['id']}", "admin").status_code == 204
    is_problem(server.call("GET", "/v1/session", key=turned["key"]), 401, "signIn.missing")
    is_problem(server.call("DELETE", "/v1/keys/none", "admin"), 404, "notFound")
    listed = server.call("GET", "/v1/keys", "admin").text
    assert made["id"] in listed
    assert made["key"] not in listed


def test_lists_of_accounts_go_on_at_next(server: Any) -> None:
    path, seen = "/v1/users?limit=2&count=true", []
    while path:
        answer = server.call("GET", path, "admin")
        document = answer.json()
        seen += [item["user"] for item in document["items"]]
        path = document["next"]
        assert answer.headers.get("link") == (f'<{path}>; rel="next"' if path else None)
    assert seen == sorted(seen)
    assert len(seen) == document["total"]
    assert set(ROLES) <= set(seen)


def test_secrets_are_stored_as_hashes_and_changes_are_logged(server: Any) -> None:
    server.call("POST", "/v1/session", json={"username": "analyst", "password": PASSWORD})
    cookie = server.http.cookies["aiqyn_session"]
    server.http.cookies.clear()
    with open_to_administer(server.settings) as database, database.engine.begin() as connection:
        stored = [str(tuple(row)) for table in (account, api_key, sign_in) for row in connection.execute(select(table))]
        leaves = [json.loads(row.document) for row in connection.execute(select(leaf).where(leaf.c.kind == "account"))]
    everything = "\n".join(stored)
    assert "$argon2id$" in everything
    for secret in (PASSWORD, cookie, *server.keys.values()):
        assert secret not in everything
        assert secret not in json.dumps(leaves)
    assert {each["account"] for each in leaves} >= set(ROLES)
    assert all(each["by"] and each["at"] for each in leaves)
