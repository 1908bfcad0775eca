"""What stands: timelines of owners, the state of processes, and the life cycle of records."""

from pathlib import Path

import pytest

from tests.streams.scenarios import ORDERS, Scenario, files

FILES = files(__file__)
each_file = pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])


@each_file
def test_scenario_as_it_arrives(path: Path) -> None:
    Scenario(path).as_it_arrives()


@pytest.mark.parametrize("order", ORDERS)
@each_file
def test_scenario_in_any_order(path: Path, order: str) -> None:
    Scenario(path).in_order(order)
