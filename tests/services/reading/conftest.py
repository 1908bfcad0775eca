"""A demo country in a database, on SQLite and on PostgreSQL."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers.postgres import Postgres
from sqlalchemy import create_engine

from aiqyn.services import settings as reading
from aiqyn.services.store.opening import Database, open_to_read
from aiqyn.services.store.tables import metadata

COMMAND = [sys.executable, "-c", "from aiqyn.services.cli import main; main()"]


def own(folder: Path, keys: Path) -> dict[str, str]:
    return {"AIQYN_KEYS_DIR": str(keys), "AIQYN_STATE_DIR": str(folder / "state")}


def make(folder: Path, url: str, keys: Path) -> None:
    """The demo country. Alert ids depend on the keys: databases to be compared share them."""
    for words in (["db", "upgrade"], ["demo", "--size", "300", "--no-serve"]):
        command = [*COMMAND, *words, "--db", url]
        environ = {**os.environ, **own(folder, keys)}
        subprocess.run(command, cwd=folder, env=environ, check=True, capture_output=True)


def opened(folder: Path, url: str, keys: Path) -> Iterator[Database]:
    with open_to_read(reading.read(own(folder, keys), url)) as database:
        yield database


@pytest.fixture(scope="session")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Only read: one for all the processes of a test run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "country-of-reading"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        url, keys = f"sqlite:///{folder / 'aiqyn.db'}", folder / "keys"
        if not (folder / "made").exists():
            make(folder, url, keys)
            (folder / "made").touch()
    yield from opened(folder, url, keys)


@pytest.fixture(scope="module")
def on_postgresql(
    on_sqlite: Database, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("country")
    """The same rows."""
    url, keys = postgres.database(), on_sqlite.keys.folder
    upgrade = [*COMMAND, "db", "upgrade", "--db", url]
    subprocess.run(upgrade, cwd=folder, env={**os.environ, **own(folder, keys)}, check=True, capture_output=True)
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1))
    with on_sqlite.engine.connect() as source, engine.begin() as target:
        for table in metadata.sorted_tables:
            target.execute(table.delete())
            rows = [dict(row) for row in source.execute(table.select()).mappings()]
            if rows:
                target.execute(table.insert(), rows)
    engine.dispose()
    yield from opened(folder, url, keys)
