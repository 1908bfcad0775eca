from __future__ import annotations

import pytest

from tests.services.demo.told import Staged, Told, stage_all, tell


@pytest.fixture(scope="session")
def small() -> Told:
    return tell(300, 1)


@pytest.fixture(scope="session")
def medium() -> Told:
    return tell(2_000, 3)


@pytest.fixture(scope="session")
def staged() -> tuple[Staged, ...]:
    return stage_all(5)
