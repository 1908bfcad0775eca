"""What reviewers wrote and filed goes some time after the case was closed; the decision and the log stay."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, LargeBinary, Text, inspect, select

from aiqyn.services import moments
from aiqyn.services.accounts import users
from aiqyn.services.audit.verify.database import verify
from aiqyn.services.cli import run
from aiqyn.services.review import attachments, retention
from aiqyn.services.review.actions import act
from aiqyn.services.review.asked import Request
from aiqyn.services.review.retention import DAY, PERIODS
from aiqyn.services.review.settling import settle
from aiqyn.services.store.tables import metadata
from tests.services.audit.conftest import Case
from tests.services.audit.story import AIDA, HANDLE, TIMUR, no_etag, nobody

WORDS = "The cousin of the director was named."


@pytest.fixture(params=["sqlite", "postgresql"])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    """An alert with a comment and a file, closed as a false match by two people."""
    url = f"sqlite:///{tmp_path / 'aiqyn.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    made = Case(url, tmp_path)
    made.feed()
    once: dict[str, Any] = {"linked": nobody, "etag": no_etag, "handle": HANDLE}
    alert = made.alert()
    users.add(made.engine, "cli:test", "aida", ["auditor"])
    act(made.engine, AIDA, Request("comment", (alert,), text=WORDS), **once)
    attachments.add(made.engine, "aida", alert, "cousin.txt", "text/plain", WORDS.encode())
    decided = act(made.engine, AIDA, Request("decide", (alert,), disposition="falseMatch", reason=WORDS), **once)
    if decided["needsApproval"]:
        settle(made.engine, TIMUR, decided["id"], "approve", WORDS, nobody)
    made.advance()
    yield made
    made.engine.dispose()


def everything(engine: Engine) -> str:
    """All texts and bytes of all tables."""
    found: list[str] = []
    with engine.connect() as connection:
        names = set(inspect(connection).get_table_names())
        for table in metadata.tables.values():
            columns = [column for column in table.c if isinstance(column.type, Text | LargeBinary)]
            if table.name in names and columns:
                found += [str(tuple(row)) for row in connection.execute(select(*columns))]
    return "\n".join(found)


def test_a_false_match_loses_its_words_after_a_year_and_not_before(case: Case) -> None:
    now, engine = moments.now(), case.engine
    assert retention.due(engine, now + PERIODS["falseMatch"] * DAY - DAY, PERIODS) == []
    later = now + PERIODS["falseMatch"] * DAY + DAY
    (due,) = retention.due(engine, later, PERIODS)
    assert (due.alert, due.disposition, len(due.files), len(due.actions)) == (case.alert(), "falseMatch", 1, 3)
    assert WORDS in everything(engine)  # saying it erased nothing
    assert retention.apply(engine, "cli:test", later, PERIODS, held=[due.alert]) == []
    assert retention.apply(engine, "cli:test", later, {"confirmed": 1}) == []
    assert retention.apply(engine, "cli:test", later, PERIODS) == [due]
    assert WORDS not in everything(engine)
    assert "cousin.txt" not in everything(engine)
    assert case.value("SELECT disposition FROM alert") == "falseMatch"
    assert case.value("SELECT count(*) FROM action WHERE kind = 'decide' AND decided_by IS NOT NULL") in (0, 1)
    case.advance()
    assert verify(engine, case.signer.verifier(), handle=HANDLE).findings == ()
    assert retention.apply(engine, "cli:test", later + DAY, PERIODS) == []
    case.sql("UPDATE alert SET review_status = 'open'")
    assert verify(engine, case.signer.verifier(), handle=HANDLE).findings


def test_a_case_that_changed_since_or_waits_is_not_due(case: Case) -> None:
    later = moments.now() + 3000 * DAY
    case.sql("UPDATE alert SET decided_revision = 0")
    assert retention.due(case.engine, later, PERIODS) == []


def test_the_command_says_what_is_due_and_erases_only_when_told(
    case: Case, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    later = moments.now() + 400 * DAY
    monkeypatch.setattr(moments, "now", lambda: later)
    monkeypatch.setenv("AIQYN_KEYS_DIR", str(case.settings.keys_dir))
    db = case.settings.database_url
    assert run(["retention", "--json", "--db", db]) == 0
    assert json.loads(capsys.readouterr().out)["erased"] is False
    assert WORDS in everything(case.engine)
    assert run(["retention", "--apply", "--json", "--db", db]) == 0
    assert json.loads(capsys.readouterr().out)["erased"] is True
    assert WORDS not in everything(case.engine)
    held = b"".join(path.read_bytes() for path in case.settings.keys_dir.parent.glob("aiqyn.db*"))
    assert WORDS.encode() not in held
    assert run(["retention", "--after", "falseMatch=soon", "--db", db]) == 64
