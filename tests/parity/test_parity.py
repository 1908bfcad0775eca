"""Every way of running Aiqyn leaves the same alerts; `python -m tests.parity` does all of them with many events."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from servers.kafka import Kafka
from servers.postgres import Postgres

from tests.faults.events import events
from tests.journeys.working import Site, site
from tests.parity.ways import WAYS, Outcome, differences, distributed, embedded, of_its_own

_EVENTS = 1_200


class Published(NamedTuple):
    """Events on Kafka, and the alerts that they must give."""

    here: Site
    lines: list[bytes]
    expected: Outcome


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, kafka: Kafka, postgres: Postgres) -> Iterator[Published]:
    folder = tmp_path_factory.mktemp("parity")
    lines = events(_EVENTS, 1)
    expected = embedded(f"sqlite:///{folder}/one.db", folder / "keys", lines)
    with site(folder, kafka.bootstrap, postgres.database()) as here:
        here.publish(lines)
        yield Published(here, lines, expected)


def test_on_postgresql(published: Published, postgres_url: str) -> None:
    keys = Path(published.here.environ["AIQYN_KEYS_DIR"])
    assert differences(published.expected, embedded(postgres_url, keys, published.lines)) == ""


@pytest.mark.parametrize(
    "way",
    ["loop, 1 worker, stages together", "loop, 3 workers, stages together", "faust, 1 worker, stages apart"],
)
def test_on_kafka(published: Published, postgres_url: str, way: str) -> None:
    own = of_its_own(published.here, postgres_url, f"parity-{list(WAYS).index(way)}")
    assert differences(published.expected, distributed(WAYS[way], own, published.expected.ledger)) == ""
