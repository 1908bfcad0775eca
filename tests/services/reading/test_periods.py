"""What the views say of records that changed: periods that follow each other, an entity a row; on both databases."""

import json
from pathlib import Path
from typing import Any

import pytest
from servers.postgres import Postgres
from sqlalchemy import text

from aiqyn.services.cli import run
from aiqyn.services.store.database import connect
from aiqyn.services.store.views import COLUMNS, NAMES

Json = dict[str, Any]
DOCS = Path(__file__).parents[3] / "docs" / "query.md"


def statement(number: int, record: str, kind: str, details: Json, day: str, state: str = "new") -> Json:
    data = {
        "statementId": f"00000000-0000-0000-0000-{number:012d}", "declarationSubject": "c", "statementDate": day,
        "recordId": record, "recordType": kind, "recordStatus": state, "recordDetails": details,
    }  # fmt: skip
    return {
        "specversion": "1.0", "id": str(number), "source": "/bods", "type": "ownership.statement.v1",
        "time": f"{day}T00:00:00Z", "data": data,
    }  # fmt: skip


def stake(percent: int, **more: str) -> Json:
    interest = {"type": "shareholding", "share": {"exact": percent}, "startDate": "2019-01-01", **more}
    return {"isComponent": False, "subject": "c", "interestedParty": "p", "interests": [interest]}


def company(name: str) -> Json:
    numbers = [{"scheme": "XX-REG", "id": "1"}]
    return {"isComponent": False, "entityType": {"type": "registeredEntity"}, "name": name, "identifiers": numbers}


OWNER = {
    "isComponent": False, "personType": "knownPerson", "names": [{"fullName": "Somebody"}],
    "identifiers": [{"scheme": "XX-PER", "id": "2"}],
}  # fmt: skip
STORY = [
    statement(1, "c", "entity", company("Before"), "2019-01-01"),
    statement(2, "p", "person", OWNER, "2019-01-01"),
    statement(3, "r", "relationship", stake(40), "2020-01-01"),
    statement(4, "r", "relationship", stake(60), "2021-06-01", "updated"),
    statement(5, "r", "relationship", stake(70, startDate="2022-02-01"), "2022-03-01", "updated"),
    statement(6, "r", "relationship", stake(70, startDate="2022-02-01"), "2023-01-01", "closed"),
    statement(7, "c", "entity", company("After"), "2022-01-01", "updated"),
]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'aiqyn.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.database()


def test_periods_follow_each_other(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIQYN_KEYS_DIR", str(tmp_path / "keys"))
    monkeypatch.setenv("AIQYN_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in reversed(STORY)))
    run(("db", "upgrade", "--db", url))
    assert run(("ingest", str(tmp_path / "events.jsonl"), "--db", url)) == 0
    engine = connect(url, create=False)
    with engine.connect() as connection:
        stakes = connection.execute(text('SELECT "from", "to", share, valid FROM v1_links WHERE kind = \'owns\'')).all()
        entities = connection.execute(text("SELECT id, kind, name FROM v1_entities ORDER BY id")).all()
    engine.dispose()
    found = sorted((json.loads(valid), json.loads(share)["exact"], start, end) for start, end, share, valid in stakes)
    assert found == [
        (["2019-01-01", "2021-06-01"], 40, "XX-PER:2", "XX-REG:1"),
        (["2021-06-01", "2022-03-01"], 60, "XX-PER:2", "XX-REG:1"),
        (["2022-02-01", "2023-01-01"], 70, "XX-PER:2", "XX-REG:1"),
    ]
    assert [tuple(row) for row in entities] == [
        ("XX-PER:2", "person", "Somebody"), ("XX-REG:1", "company", "After"),
    ]  # fmt: skip


def test_the_documentation_names_every_column() -> None:
    rows = [line.split("|") for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| `v1_")]
    told = {row[1].strip(" `"): tuple(row[3].replace("`", "").split()) for row in rows}
    assert told == {name: COLUMNS[name] for name in NAMES}
