"""A demo country in a database, on SQLite and on PostgreSQL."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers.postgres import Postgres

from aiqyn.services import settings as reading
from aiqyn.services.store.opening import Database, open_to_read

COMMAND = [sys.executable, "-c", "from aiqyn.services.cli import main; main()"]


def country(folder: Path, url: str, keys: Path) -> Iterator[Database]:
    """The demo country. Alert ids depend on the keys: databases to be compared share them."""
    own = {"AIQYN_KEYS_DIR": str(keys), "AIQYN_STATE_DIR": str(folder / "state")}
    for words in (["db", "upgrade"], ["demo", "--size", "300", "--no-serve"]):
        command = [*COMMAND, *words, "--db", url]
        subprocess.run(command, cwd=folder, env={**os.environ, **own}, check=True, capture_output=True)
    with open_to_read(reading.read(own, url)) as database:
        yield database


@pytest.fixture(scope="session")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("country")
    yield from country(folder, f"sqlite:///{folder / 'aiqyn.db'}", folder / "keys")


@pytest.fixture(scope="module")
def on_postgresql(
    on_sqlite: Database, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("country")
    yield from country(folder, postgres.database(), on_sqlite.keys.folder)
