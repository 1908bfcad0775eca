"""Stores under test, and what to put into them. Everybody here is invented."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aiqyn.services import moments
from aiqyn.services.store import upgrade
from aiqyn.services.store.database import connect
from aiqyn.services.store.sql_store import SqlStore
from aiqyn.streams.facts import Decision, Fact, Head
from aiqyn.streams.moments import rfc3339
from aiqyn.streams.ports import AlertRevision, Batch, LedgerRow

NOON = moments.parse("2024-05-01T12:00:00Z")
MINUTE = 60_000_000


class Samples:
    """Rows and alerts that differ by number."""

    def instant(self, number: int) -> int:
        """When event `number` was recorded: one a minute."""
        return NOON + number * MINUTE

    def row(self, number: int, id: str = "", fact: Fact | None = None, conforms: bool | None = None) -> LedgerRow:
        head = Head(
            seq=number,
            source="/registry/ь",
            id=id or f"event-{number}",
            type="identity.decision.v1",
            instant=NOON - number,
            time="2024-04-30T18:00:00+06:00",
            record_key=f"key-{number}",
            recorded_at=self.instant(number),
        )
        content = f'{{"data":{{"n":{number}}},"id":"{head.id}"}}'.encode()
        stated = fact or Decision("REC:/a:1", f"REC:/a:{number}", "same", "aida", "the same stamp")
        return LedgerRow(head, content, hashlib.sha256(content).digest(), None, conforms, stated)

    def alert(self, name: str, revision: int, seq: int, **members: Any) -> dict[str, Any]:
        """An alert as an engine makes it. `members` replace those of the sample."""
        edges = [
            {"side": "duty", "kind": "holdsPost", "from": "KZ-IIN:o", "to": "KZ-BIN:b", "share": None},
            {"side": "interest", "kind": "owns", "from": "KZ-IIN:o", "to": "KZ-BIN:between", "share": None},
            {"side": "interest", "kind": "wins", "from": "KZ-BIN:s", "to": "ocds-x-1", "share": None},
        ]
        alert: dict[str, Any] = {
            "id": name,
            "rule": "COI-01",
            "ruleVersion": 1,
            "profile": "generic",
            "title": "Official has an interest in the supplier",
            "summary": "records show",
            "dataState": "current",
            "withdrawnReason": None,
            "managed": False,
            "severity": "high",
            "certainty": "certain",
            "identity": "identifier",
            "ocid": "ocds-x-1",
            "allocation": None,
            "lots": [],
            "awards": ["a1"],
            "stage": "award",
            "buyer": "KZ-BIN:b",
            "company": "KZ-BIN:s",
            "companies": ["KZ-BIN:s"],
            "persons": ["KZ-IIN:o"],
            "window": ["2024-03-01", "2024-04-10"],
            "dateBasis": "award.date",
            "amount": {"amount": "1000.50", "currency": "KZT"},
            "paths": [edges],
            "parameters": {},
            "retroactive": False,
            "pathsOmitted": 0,
            "missing": [],
            "revision": revision,
            "raisedAt": rfc3339(self.instant(seq - revision + 1)),
            "updatedAt": rfc3339(self.instant(seq)),
        }
        return alert | members

    def revision(
        self, name: str, revision: int, seq: int, evidence: tuple[int, ...] = (), **members: Any
    ) -> AlertRevision:
        alert = self.alert(name, revision, seq, **members)
        if alert["dataState"] == "withdrawn":
            return AlertRevision("withdrawn", alert, seq, evidence)
        return AlertRevision("raised" if revision == 1 else "updated", alert, seq, evidence)

    def batch(self, first: int, last: int, *revisions: AlertRevision) -> Batch:
        """Events `first` to `last`, both included, and what they did to alerts."""
        return Batch([self.row(number) for number in range(first, last + 1)], (), (), revisions)


@pytest.fixture
def samples() -> Samples:
    return Samples()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a database without tables; the suite runs on each kind."""
    kind = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    url: str = request.getfixturevalue(kind)
    return url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'aiqyn.db'}"


@pytest.fixture
def migrated_url(database_url: str) -> str:
    """The URL of a database with its tables."""
    engine = connect(database_url, create=True)
    upgrade.upgrade(engine)
    engine.dispose()
    return database_url


@pytest.fixture
def store(migrated_url: str) -> Iterator[SqlStore]:
    """An empty store."""
    made = SqlStore(connect(migrated_url, create=False))
    yield made
    made.engine.dispose()
