"""Who may call what: a row for each operation of the interface; one without a row fails."""

from typing import Any

import pytest

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
}


def operations(server: Any) -> dict[str, dict[str, Any]]:
    paths = server.call("GET", "/openapi.json").json()["paths"]
    return {f"{method.upper()} {path}": found for path, item in paths.items() for method, found in item.items()}


def test_every_operation_has_a_row_and_every_row_an_operation(server: Any) -> None:
    assert set(operations(server)) == set(MATRIX)


@pytest.mark.parametrize("operation", sorted(MATRIX))
def test_the_matrix_holds(server: Any, operation: str) -> None:
    allowed = MATRIX[operation]
    method, path = operation.replace("{", "").replace("}", "").split(" ")
    body = {"json": {}} if method in ("POST", "PATCH", "PUT") else {}
    answer = server.call(method, path, **body)
    assert (answer.status_code == 401 and answer.json()["code"] == "signIn.missing") == (allowed is not None), answer.text
    for role in ROLES:
        answer = server.call(method, path, role, **body)
        forbidden = answer.status_code == 403
        assert forbidden == (allowed is not None and role not in allowed), f"{role}: {answer.status_code} {answer.text}"
        assert answer.status_code < 500


@pytest.mark.parametrize("operation", sorted(MATRIX))
def test_openapi_tells_the_same_as_the_matrix(server: Any, operation: str) -> None:
    """Scopes of the document and roles of the matrix are one."""
    found = operations(server).get(operation)
    if found is None:
        pytest.fail(f"no operation {operation}")
    ways = [scopes for way in found["security"] for scopes in way.values()]
    allowed = MATRIX[operation]
    if allowed is None:
        assert ways == []
    else:
        assert {role for role, scopes in ROLES.items() if any(set(way) <= scopes for way in ways)} == allowed
