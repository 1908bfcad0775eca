"""A database with events, an alert and its log. Everybody here is invented."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import Engine, text

from aiqyn.schemas.envelope import read_structured
from aiqyn.services import moments, settings
from aiqyn.services.audit import sequencer
from aiqyn.services.audit.dossier.make import dossier
from aiqyn.services.audit.notes import Signer
from aiqyn.services.audit.verify.database import Result, verify
from aiqyn.services.files import Incoming
from aiqyn.services.reading.names import names_in
from aiqyn.services.store.database import connect
from aiqyn.services.store.sql_store import SqlStore
from aiqyn.services.store.upgrade import upgrade
from aiqyn.streams.batch import Monitor
from aiqyn.streams.explain import explain

ROOT = Path(__file__).parents[3]
NAMESPACE = UUID("6f1c0c1e-0000-4000-8000-000000000000")
EXAMPLES = ROOT / "docs" / "examples"


class Case:
    """One database and the key of its log."""

    def __init__(self, url: str, folder: Path) -> None:
        self.engine: Engine = connect(url, create=True)
        upgrade(self.engine)
        environ = {"AIQYN_KEYS_DIR": str(folder / "keys")}
        self.settings = settings.read(environ, url, None)
        self.signer: Signer = sequencer.signer_of(self.settings, self.engine)
        self.store = SqlStore(self.engine)
        self.monitor = Monitor(self.store, "generic", NAMESPACE, moments.now)
        self.monitor.start()

    def feed(self, file: str = "events.jsonl", batch: int = 5) -> None:
        """Take in a file of the examples, a batch at a time."""
        lines = (EXAMPLES / file).read_bytes().splitlines()
        records = [Incoming(line, read_structured(line), None, at) for at, line in enumerate(lines, start=1)]
        for start in range(0, len(records), batch):
            self.monitor.run_batch(records[start : start + batch])

    def advance(self) -> str:
        return sequencer.advance(self.engine, self.signer)

    def verify(self) -> Result:
        return verify(self.engine, self.signer.verifier())

    def alert(self) -> str:
        """The id of the one alert of the examples."""
        (found,) = self.store.standing()
        return str(found["id"])

    def dossier(self, lang: str = "en") -> bytes:
        made = dossier(self.engine, self.signer, self.alert(), lambda last: self._explained(last, lang))
        assert made is not None
        return made

    def sql(self, statement: str, **values: object) -> None:
        """What somebody with all rights on the database may do."""
        with self.engine.begin() as connection:
            connection.execute(text(statement), values)

    def value(self, query: str) -> Any:
        with self.engine.connect() as connection:
            return connection.execute(text(query)).scalar()

    def _explained(self, last: dict[str, Any], lang: str) -> tuple[dict[str, Any], dict[str, str]]:
        engine = self.monitor.engine
        return msgspec.to_builtins(explain(engine, self.store, last, lang)), names_in(self.store, last)(engine)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    """A database without events."""
    url = f"sqlite:///{tmp_path / 'aiqyn.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    made = Case(url, tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def case(empty: Case) -> Case:
    """A database with events and an alert, all of it in the log."""
    empty.feed()
    empty.advance()
    return empty


@pytest.fixture
def file_case(tmp_path: Path) -> Iterator[Case]:
    """As `case`, on SQLite alone."""
    made = Case(f"sqlite:///{tmp_path / 'aiqyn.db'}", tmp_path)
    made.feed()
    made.advance()
    yield made
    made.engine.dispose()
