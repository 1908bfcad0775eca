"""Databases of both kinds, and what workers do to them, without Kafka."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from aiqyn.services.store import upgrade
from aiqyn.services.store.database import connect
from aiqyn.services.store.sql_store import SqlStore
from tests.services.distributed.workers import Cluster

NewStore = Callable[[], SqlStore]


@pytest.fixture(params=["sqlite", "postgresql"])
def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewStore]:
    """Makes empty stores, each in a database of its own; the suite runs on each kind."""
    made: list[SqlStore] = []
    server = request.getfixturevalue("postgres") if request.param == "postgresql" else None

    def make() -> SqlStore:
        url = server.database() if server is not None else f"sqlite:///{tmp_path / f'{len(made)}.db'}"
        engine = connect(url, create=True)
        upgrade.upgrade(engine)
        made.append(SqlStore(engine))
        return made[-1]

    yield make
    for store in made:
        store.engine.dispose()


@pytest.fixture
def store(new_store: NewStore) -> SqlStore:
    """An empty store."""
    return new_store()


@pytest.fixture
def cluster(store: SqlStore) -> Cluster:
    """Workers on that store."""
    return Cluster(store)


def lines_of(path: Path) -> Sequence[bytes]:
    """The events of a file of JSON lines."""
    return [line for line in path.read_bytes().split(b"\n") if line.strip()]
