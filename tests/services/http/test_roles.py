"""Who may call what: every route that the code has against the roles and scopes of the contract, written down here
from its text (interfaces, sections 4 to 9). A route without a row fails."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute

from aiqyn.services.accounts.roles import ROLES as IN_CODE
from aiqyn.services.http.app import modules

ROLES = {
    "publisher": {"publish"},
    "analyst": {"read", "export", "subscribe"},
    "auditor": {"read", "export", "subscribe", "review", "reveal"},
    "supervisor": {"read", "export", "subscribe", "review", "reveal", "approve"},
    "dpo": {"read", "protect"},
    "admin": {"administer"},
}
"""The table of section 4."""
OPEN, SIGNED_IN = "open", "signed in"

SECTIONS: dict[str, dict[str, str]] = {
    "4, without sign-in": {
        "GET /livez": OPEN, "GET /readyz": OPEN, "GET /metrics": OPEN, "POST /v1/session": OPEN,
        "GET /openapi.json": OPEN, "GET /asyncapi.json": OPEN, "GET /schemas": OPEN, "GET /schemas/{name}.json": OPEN,
        "GET /docs": OPEN, "GET /errors": OPEN, "GET /errors/{code}": OPEN,
        "GET /login": OPEN, "POST /login": OPEN, "GET /login/oidc": OPEN, "GET /login/oidc/callback": OPEN,
        "GET /": OPEN,
    },
    "4, accounts": {
        "GET /v1/session": SIGNED_IN, "DELETE /v1/session": SIGNED_IN, "POST /logout": SIGNED_IN,
        "GET /v1/users": "administer", "POST /v1/users": "administer", "PATCH /v1/users/{name}": "administer",
        "GET /v1/keys": "administer", "POST /v1/keys": "administer", "POST /v1/keys/{id}/rotate": "administer",
        "DELETE /v1/keys/{id}": "administer",
    },
    "5, scope publish; to read: own events, or all with read": {
        "POST /v1/events": "publish", "GET /v1/events": "publish|read", "GET /v1/events/receipt": "publish|read",
    },
    "6, scope read": {
        "GET /v1/alerts": "read", "GET /v1/alerts/{id}": "read", "GET /v1/alerts/{id}/explanation": "read",
        "GET /v1/alerts/{id}/revisions": "read", "GET /v1/alerts/{id}/similar": "read", "GET /v1/changes": "read",
        "GET /v1/entities": "read", "GET /v1/entities/{name}": "read", "GET /v1/entities/{name}/links": "read",
        "GET /v1/entities/{name}/network": "read", "GET /v1/allocations": "read", "GET /v1/ownership": "read",
        "GET /v1/paths": "read", "GET /v1/identity/candidates": "read", "GET /v1/rules": "read",
        "GET /v1/rules/{id}": "read", "GET /v1/sources": "read", "GET /v1/reconciliation": "read",
        "GET /v1/alerts/{id}/attachments": "read",
    },
    "6, other scopes; a file cannot be masked": {
        "GET /v1/sql": "export", "POST /v1/alerts/{id}/attachments": "review",
        "GET /v1/alerts/{id}/attachments/{file}": "review",
    },
    "6, pages with the API's rights": {
        "GET /alerts": "read", "GET /alerts/{id}": "read", "GET /entities": "read", "GET /entities/{name}": "read",
        "GET /allocations/{id:path}": "read", "GET /paths": "read", "GET /identity": "read", "GET /dashboard": "read",
        "GET /rules": "read", "GET /rules/{id}": "read", "GET /sources": "read", "GET /sql": "export",
        "GET /log": SIGNED_IN, "GET /keys": SIGNED_IN, "GET /identity/pair": "read", "GET /inbox": "read",
        "GET /suppressions": "read", "GET /network/{name}": "read", "GET /network/{name}/near.json": "read",
    },
    "7, by kind: review, or protect for erase; read to see them": {
        "POST /v1/actions": "review|protect", "GET /v1/actions": "read",
        "POST /v1/actions/{id}/approve": "approve|protect", "POST /v1/actions/{id}/reject": "approve|protect",
        "POST /v1/actions/{id}/undo": "review|approve|protect",
    },
    "8": {
        "POST /v1/reveals": "reveal", "GET /v1/reveals": "protect", "GET /v1/alerts/{id}/dossier": "export+reveal",
        "GET /v1/log/checkpoint": SIGNED_IN, "GET /v1/log/tile/entries/{place:path}": SIGNED_IN,
        "GET /v1/log/tile/{level}/{place:path}": SIGNED_IN, "GET /v1/log/proof": SIGNED_IN,
        "GET /v1/log/leaves": SIGNED_IN,
    },
    "9, scope subscribe; an admin's too": {
        "POST /v1/webhooks": "subscribe", "GET /v1/webhooks": "subscribe|administer",
        "GET /v1/webhooks/{id}": "subscribe|administer", "PATCH /v1/webhooks/{id}": "subscribe|administer",
        "DELETE /v1/webhooks/{id}": "subscribe|administer", "POST /v1/webhooks/{id}/test": "subscribe|administer",
        "POST /v1/webhooks/{id}/rotate": "subscribe|administer",
        "GET /v1/webhooks/{id}/deliveries": "subscribe|administer",
        "POST /v1/webhooks/{id}/replay": "subscribe|administer",
    },
}  # fmt: skip
RIGHTS = {operation: right for section in SECTIONS.values() for operation, right in section.items()}
FORMS = ("POST /actions", "POST /actions/preview", "POST /actions/{id}", "POST /alerts/{id}/files", "POST /reveals")
"""Forms of pages: they act with the token of a session alone, so that no key reaches them."""


def in_code() -> Iterator[str]:
    """Every route of the application."""
    for module in modules():
        for route in module.router.routes:
            assert isinstance(route, APIRoute)
            yield from (f"{method} {route.path}" for method in sorted(route.methods or ()))


def allowed(right: str) -> set[str]:
    """The roles that have a right."""
    if right in (OPEN, SIGNED_IN):
        return set(ROLES)
    ways = [set(way.split("+")) for way in right.split("|")]
    return {role for role, scopes in ROLES.items() if any(way <= scopes for way in ways)}


def test_the_roles_of_the_code_are_those_of_the_contract() -> None:
    assert {role: set(scopes) for role, scopes in IN_CODE.items()} == ROLES


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    routes = list(in_code())
    assert set(routes) == {*RIGHTS, *FORMS}
    assert len(routes) == len(set(routes)), "two handlers for one route"


@pytest.mark.parametrize("operation", sorted(RIGHTS))
def test_the_matrix_holds(server: Any, operation: str) -> None:
    """Each role, and nobody, at each route."""
    right, (method, path) = RIGHTS[operation], operation.split(" ")
    place = path.replace("{level}", "0").replace("{place:path}", "000").replace("{name}.json", "x.json")
    place = place.replace("{", "").replace(":path}", "").replace("}", "")
    more: dict[str, Any] = {} if method in ("GET", "DELETE") else {"json": {}}
    place += "?left=x&right=y" if path == "/identity/pair" else ""
    if path in ("/login", "/logout"):
        more = {"data": {"username": "nobody", "password": "x", "csrfToken": "x"}}
    answer = server.call(method, place, **more)
    turned_away = answer.status_code == 401 and not path.startswith("/login")
    turned_away = turned_away or (answer.status_code == 303 and "/login?" in answer.headers.get("location", ""))
    assert turned_away == (right != OPEN), f"without sign-in: {answer.status_code}"
    for role in ROLES:
        if path == "/login":
            continue  # each failure counts against the limit
        answer = server.call(method, place, role, **more)
        refused = answer.status_code == 403 and "csrf" not in answer.text and path != "/login/oidc/callback"
        assert refused == (role not in allowed(right)), f"as {role}: {answer.status_code} {answer.text[:200]}"
        assert answer.status_code < 500


@pytest.mark.parametrize("operation", FORMS)
def test_forms_take_no_key_and_nobody(server: Any, operation: str) -> None:
    path = operation.split(" ")[1].replace("{id}", "x")
    form = {"kind": "decide", "do": "approve", "csrfToken": "guessed", "alerts": ["x"], "purpose": "x", "entity": "x"}
    more: dict[str, Any] = {"data": form} | ({"files": {"file": ("a", b"b")}} if path.endswith("files") else {})
    assert server.call("POST", path, **more).status_code == 303
    for role in ROLES:
        answer = server.call("POST", path, role, **more)
        assert answer.status_code == 403, f"{role}: {answer.status_code}"


def test_openapi_tells_the_same_as_the_matrix(server: Any) -> None:
    paths = server.call("GET", "/openapi.json").json()["paths"]
    told = {f"{method.upper()} {path}": found for path, item in paths.items() for method, found in item.items()}
    stated = {name.replace(":path", ""): right for name, right in RIGHTS.items()}
    wrong = []
    for operation, found in told.items():
        ways = [scopes for way in found["security"] for scopes in way.values()]
        roles = {role for role, scopes in ROLES.items() if not ways or any(set(way) <= scopes for way in ways)}
        if roles != allowed(stated[operation]) or bool(ways) != (stated[operation] != OPEN):
            wrong.append(f"{operation}: {sorted(roles)}")
        assert {scheme for way in found["security"] for scheme in way} in ({"key", "session"}, set())
    assert wrong == []
    assert {name for name in stated if " /v1/" in name} == {name for name in told if " /v1/" in name}


def test_what_belongs_to_others_is_not_there(server: Any, a_company: Any, is_problem: Any) -> None:
    """The ids of others: webhooks of another owner, events of another publisher."""
    hook = {"url": "https://example.org/hook", "types": ["coi.alert.raised.v1"], "filter": {}}
    made = server.call("POST", "/v1/webhooks", "analyst", json=hook)
    if made.status_code == 201:  # where names can be looked up
        place = f"/v1/webhooks/{made.json()['id']}"
        for method, path, more in (
            ("GET", place, {}), ("PATCH", place, {"json": {"enabled": False}}), ("POST", f"{place}/test", {}),
            ("POST", f"{place}/rotate", {}), ("GET", f"{place}/deliveries", {}), ("DELETE", place, {}),
            ("POST", f"{place}/replay", {"json": {"since": "2024-01-01"}}),
        ):  # fmt: skip
            is_problem(server.call(method, path, "auditor", **more), 404, "notFound")
        assert server.call("GET", place, "admin").status_code == 200
        assert made.json()["id"] not in server.call("GET", "/v1/webhooks", "auditor").text
    server.send(a_company(900, source="/others"), key=server.key("publisher", sources=("/others",)))
    server.call("POST", "/v1/users", "admin", json={"user": "second", "roles": ["publisher"]})
    stranger = server.key("second")
    assert server.call("GET", "/v1/events", key=stranger).json()["items"] == []
    receipt = "/v1/events/receipt?source=/others&id=company-900"
    is_problem(server.call("GET", receipt, key=stranger), 404, "notFound")
    assert server.call("GET", receipt, "publisher").status_code == 200
