"""The whole interface tried by machine: a selection of what `make fuzz` does."""

from typing import Any

import pytest

from tests.services.http.fuzz import ROLES, attack

Json = dict[str, Any]
CASES = 3
"""Requests of each role to each operation."""
SEED = 7


@pytest.mark.parametrize("role", ROLES)
def test_no_input_breaks_the_server_or_the_contract(server: Any, story: list[Json], role: str | None) -> None:
    server.send(*story)
    assert list(attack(server, role, CASES, SEED, slow=60)) == []  # how long: of machines that do little else
