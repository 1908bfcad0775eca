"""Who may call what: a row for each operation of the interface; one without a row fails."""

from typing import Any

from aiqyn.services.accounts.roles import ROLES

READERS = {"analyst", "auditor", "supervisor", "dpo"}
EXPORTERS = READERS - {"dpo"}
REVIEWERS = {"auditor", "supervisor"}
ANYBODY = set(ROLES)
ADMIN = {"admin"}
OPEN = None
"""Without sign-in."""

MATRIX: dict[str, set[str] | None] = {
    "GET /livez": OPEN,
    "GET /readyz": OPEN,
    "GET /metrics": OPEN,
    "POST /v1/session": OPEN,
    "GET /v1/session": ANYBODY,
    "DELETE /v1/session": ANYBODY,
    "GET /v1/users": ADMIN,
    "POST /v1/users": ADMIN,
    "PATCH /v1/users/{name}": ADMIN,
    "GET /v1/keys": ADMIN,
    "POST /v1/keys": ADMIN,
    "POST /v1/keys/{id}/rotate": ADMIN,
    "DELETE /v1/keys/{id}": ADMIN,
    "POST /v1/events": {"publisher"},
    "GET /v1/events": {"publisher"} | READERS,
    "GET /v1/events/receipt": {"publisher"} | READERS,
    "GET /v1/alerts": READERS,
    "GET /v1/alerts/{id}": READERS,
    "GET /v1/alerts/{id}/explanation": READERS,
    "GET /v1/alerts/{id}/revisions": READERS,
    "GET /v1/alerts/{id}/similar": READERS,
    "GET /v1/alerts/{id}/attachments": READERS,
    "GET /v1/alerts/{id}/attachments/{file}": REVIEWERS,
    "POST /v1/alerts/{id}/attachments": REVIEWERS,
    "GET /v1/alerts/{id}/dossier": {"auditor", "supervisor"},
    "GET /v1/changes": READERS,
    "GET /v1/allocations": READERS,
    "GET /v1/entities": READERS,
    "GET /v1/entities/{name}": READERS,
    "GET /v1/entities/{name}/links": READERS,
    "GET /v1/entities/{name}/network": READERS,
    "GET /v1/paths": READERS,
    "GET /v1/ownership": READERS,
    "GET /v1/identity/candidates": READERS,
    "GET /v1/rules": READERS,
    "GET /v1/rules/{id}": READERS,
    "GET /v1/sources": READERS,
    "GET /v1/reconciliation": READERS,
    "GET /v1/sql": EXPORTERS,
    "POST /v1/actions": REVIEWERS | {"dpo"},
    "GET /v1/actions": READERS,
    "POST /v1/actions/{id}/approve": {"supervisor", "dpo"},
    "POST /v1/actions/{id}/reject": {"supervisor", "dpo"},
    "POST /v1/actions/{id}/undo": REVIEWERS | {"dpo"},
    "POST /v1/reveals": REVIEWERS,
    "GET /v1/reveals": {"dpo"},
    "GET /v1/log/checkpoint": ANYBODY,
    "GET /v1/log/tile/entries/{place}": ANYBODY,
    "GET /v1/log/tile/{level}/{place}": ANYBODY,
    "GET /v1/log/proof": ANYBODY,
    "GET /v1/log/leaves": ANYBODY,
    "GET /v1/webhooks": EXPORTERS | ADMIN,
    "POST /v1/webhooks": EXPORTERS,
    "GET /v1/webhooks/{id}": EXPORTERS | ADMIN,
    "PATCH /v1/webhooks/{id}": EXPORTERS | ADMIN,
    "DELETE /v1/webhooks/{id}": EXPORTERS | ADMIN,
    "POST /v1/webhooks/{id}/test": EXPORTERS | ADMIN,
    "POST /v1/webhooks/{id}/rotate": EXPORTERS | ADMIN,
    "GET /v1/webhooks/{id}/deliveries": EXPORTERS | ADMIN,
    "POST /v1/webhooks/{id}/replay": EXPORTERS | ADMIN,
}


def operations(server: Any) -> dict[str, dict[str, Any]]:
    paths = server.call("GET", "/openapi.json").json()["paths"]
    return {f"{method.upper()} {path}": found for path, item in paths.items() for method, found in item.items()}


def test_every_operation_has_a_row(server: Any) -> None:
    assert set(operations(server)) - set(MATRIX) == set()


def test_the_matrix_holds(server: Any) -> None:
    wrong: list[str] = []
    for operation in sorted(operations(server)):
        allowed = MATRIX.get(operation, set())
        method, path = operation.replace("{", "").replace("}", "").split(" ")
        body: dict[str, Any] = {"json": {}} if method in ("POST", "PATCH", "PUT") else {}
        answer = server.call(method, path, **body)
        if (answer.status_code == 401 and answer.json()["code"] == "signIn.missing") != (allowed is not None):
            wrong.append(f"{operation} without sign-in: {answer.status_code}")
        for role in ROLES:
            answer = server.call(method, path, role, **body)
            refused = answer.status_code == 403 and answer.json()["code"] == "scope.missing"
            if refused != (allowed is not None and role not in allowed) or answer.status_code >= 500:
                wrong.append(f"{operation} as {role}: {answer.status_code}")
    assert wrong == []


def test_openapi_tells_the_same_as_the_matrix(server: Any) -> None:
    wrong: list[str] = []
    for operation, found in operations(server).items():
        ways = [scopes for way in found["security"] for scopes in way.values()]
        allowed = MATRIX.get(operation, set())
        told = {role for role, scopes in ROLES.items() if any(set(way) <= scopes for way in ways)} if ways else OPEN
        if told != allowed:
            wrong.append(f"{operation}: {told}")
    assert wrong == []
