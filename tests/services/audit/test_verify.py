"""Whatever somebody with all rights changes in the database, the log tells."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, insert, select

from aiqyn.services.audit import leaves, log, merkle, notes, proofs
from aiqyn.services.audit.verify.database import verify
from aiqyn.services.review.actions import act
from aiqyn.services.review.asked import Actor, Request
from aiqyn.services.review.settling import settle
from aiqyn.services.store.tables import action, erased, event
from tests.services.audit.conftest import Case

AIDA = Actor("aida", None, frozenset({"read", "review"}))
TIMUR = Actor("timur", None, frozenset({"read", "review", "approve"}), supervisor=True)

EDITS = {
    "alert removed": ["DELETE FROM alert"],
    "revision removed": ["DELETE FROM alert_revision"],
    "both removed": ["DELETE FROM alert", "DELETE FROM alert_revision"],
    "alert and its leaf removed": [
        "DELETE FROM alert",
        "DELETE FROM alert_revision",
        "DELETE FROM leaf WHERE kind = 'alert'",
    ],
    "document of an alert": ["UPDATE alert SET document = replace(document, 'XM-PID:o1', 'XM-PID:x1')"],
    "document everywhere": [
        "UPDATE alert SET document = replace(document, 'XM-PID:o1', 'XM-PID:x1')",
        "UPDATE alert_revision SET document = replace(document, 'XM-PID:o1', 'XM-PID:x1')",
    ],
    "out of the queue": ["UPDATE alert SET data_state = 'withdrawn'"],
    "milder": ["UPDATE alert SET severity = 'info'"],
    "closed": ["UPDATE alert SET review_status = 'closed', disposition = 'notMaterial'"],
    "disposition": ["UPDATE alert SET disposition = 'falseMatch'"],
    "assigned": ["UPDATE alert SET assignee = 'aida'"],
    "hidden": ["UPDATE alert SET suppressed_by = 'nobody'"],
    "event changed": ["UPDATE event SET time = '1999-01-01' WHERE seq = 3"],
    "event's hash": ["UPDATE event SET hash = (SELECT hash FROM event WHERE seq = 4) WHERE seq = 3"],
    "event's salt": ["UPDATE event SET salt = (SELECT salt FROM event WHERE seq = 4) WHERE seq = 3"],
    "event's content": ["UPDATE event SET content = (SELECT content FROM event WHERE seq = 4) WHERE seq = 3"],
    "event removed": ["DELETE FROM event WHERE seq = 3"],
    "last event removed": ["DELETE FROM event WHERE seq = 16"],
    "batch removed": ["DELETE FROM event WHERE seq > 15", "DELETE FROM leaf WHERE first_seq > 15"],
    "leaf changed": ["UPDATE leaf SET ref = 'other' WHERE \"index\" = 0"],
    "leaf's time": ['UPDATE leaf SET at = at + 1 WHERE "index" = 1'],
    "leaves swapped": [
        'UPDATE leaf SET "index" = 99 WHERE "index" = 0',
        'UPDATE leaf SET "index" = 0 WHERE "index" = 1',
        'UPDATE leaf SET "index" = 1 WHERE "index" = 99',
    ],
    "salt gone": ["UPDATE leaf SET salt = NULL WHERE kind = 'alert'"],
    "log emptied": ["DELETE FROM leaf", "DELETE FROM log_tile"],
    "checkpoint's root": ["UPDATE checkpoint SET root = (SELECT hash FROM event WHERE seq = 4)"],
    "checkpoint's note": ["UPDATE checkpoint SET note = replace(note, 'aiqyn/', 'aiqyn:')"],
    "action invented": [
        'INSERT INTO action (number, id, kind, state, "by", at, states, document) '
        "VALUES (1, 'a1', 'decide', 'done', 'aida', 1, 1, '{}')"
    ],
}


@pytest.mark.parametrize("edits", EDITS.values(), ids=EDITS.keys())
def test_an_edit_is_found(file_case: Case, edits: list[str]) -> None:
    assert file_case.verify().findings == ()
    for edit in edits:
        file_case.sql(edit)
    result = file_case.verify()
    assert not result.ok
    first: Any = result.as_json()["first"]
    assert first["id"]
    assert first["why"]


def test_edits_are_found_on_postgresql_too(case: Case) -> None:
    assert case.verify().ok
    case.sql("UPDATE alert SET severity = 'info'")
    case.sql("DELETE FROM event WHERE seq = 3")
    whys = {finding.why for finding in case.verify().findings}
    assert "severity is not what the last revision says" in whys
    assert "the event was taken in and is not in the ledger any more" in whys


def test_a_revision_put_in_is_found(file_case: Case) -> None:
    file_case.sql(
        "INSERT INTO alert_revision (alert, revision, seq, change, recorded_at, number, document) "
        "SELECT alert, 2, seq, 'updated', recorded_at, number + 1, document FROM alert_revision"
    )
    assert any("never logged" in finding.why for finding in file_case.verify().findings)


def test_an_event_put_in_is_found(file_case: Case) -> None:
    file_case.sql(
        "INSERT INTO event (seq, name, source, id, type, time, instant, recorded_at, record_key, kind, fact, hash, "
        "salt, content) SELECT 17, fact, source, id || 'x', type, time, instant, recorded_at, record_key, kind, fact, "
        "hash, salt, content FROM event WHERE seq = 16"
    )
    assert any(finding.id.startswith("event 17") for finding in file_case.verify().findings)


def test_a_log_made_anew_is_told_from_the_old_one_by_a_checkpoint_kept(file_case: Case) -> None:
    """Who has the database and the key can write another log: not one that fits what others keep."""
    verifier = file_case.signer.verifier()
    kept = notes.verified(file_case.advance(), verifier)
    file_case.sql("UPDATE alert SET document = replace(document, 'XM-PID:o1', 'XM-PID:x1')")
    file_case.sql("DELETE FROM checkpoint")
    file_case.sql("DELETE FROM log_tile")
    file_case.sql("DELETE FROM cursor WHERE name = 'leaves'")
    file_case.sql('UPDATE leaf SET at = at + 1, "index" = NULL')
    file_case.advance()
    tree = [f for f in file_case.verify().findings if "checkpoint" in f.id]
    assert tree == []
    since = [f for f in verify(file_case.engine, verifier, kept).findings if "checkpoint" in f.id]
    assert since


def test_what_people_did_by_actions_is_as_logged(case: Case) -> None:
    alert = case.alert()
    case.sql("INSERT INTO account (name, roles, disabled, created_at) VALUES ('aida', '[\"auditor\"]', false, 1)")
    nobody: Any = lambda person, documents: {}  # noqa: E731
    etag: Any = lambda row, waiting: ""  # noqa: E731

    def agrees(status: str) -> None:
        case.advance()
        assert case.value("SELECT review_status FROM alert") == status
        assert case.verify().findings == ()

    act(case.engine, AIDA, Request("assign", (alert,), assignee="aida"), nobody, etag)
    agrees("inReview")
    decided = act(case.engine, AIDA, Request("decide", (alert,), disposition="confirmed", reason="x"), nobody, etag)
    if decided["needsApproval"]:
        agrees("inReview")
        settle(case.engine, TIMUR, decided["id"], "approve", "y", nobody)
    agrees("closed")
    settle(case.engine, TIMUR, decided["id"], "undo", "z", nobody)
    agrees("inReview")
    act(case.engine, AIDA, Request("assign", (alert,), assignee=None), nobody, etag)
    agrees("open")
    (found,) = case.store.standing()
    scope = {"rule": found["rule"], "buyer": found["buyer"]}
    ends = (date.today() + timedelta(days=30)).isoformat()
    asked = Request("suppress", (alert,), scope=scope, reason="known", expires=ends)
    hidden = act(case.engine, AIDA, asked, nobody, etag)
    agrees("inReview")
    settle(case.engine, TIMUR, hidden["id"], "approve", "y", nobody)
    agrees("inReview")
    assert case.value("SELECT suppressed_by FROM alert") == hidden["id"]
    settle(case.engine, TIMUR, hidden["id"], "undo", "z", nobody)
    agrees("open")
    case.sql("UPDATE alert SET assignee = :name", name=str(uuid4()))
    assert any("assignee" in finding.why for finding in case.verify().findings)


def test_what_was_erased_by_an_action_is_no_fault_and_the_rest_still_proves(case: Case) -> None:
    """Document and salt go; the leaf, and what the batch's tree holds of the event, stay."""
    with case.engine.begin() as connection:
        gone = connection.execute(select(event).where(event.c.seq == 3)).one()
        entry = leaves.entry_hash(bytes(gone.salt), bytes(gone.hash))
        row = {"name": gone.name, "source": gone.source, "id": gone.id, "hash": gone.hash, "at": 1, "seq": 3}
        connection.execute(insert(erased).values(**row, entry=entry))
        connection.execute(delete(event).where(event.c.seq == 3))
    case.sql("UPDATE leaf SET salt = NULL WHERE kind = 'alert'")
    assert any("nothing was ever erased" in finding.why for finding in case.verify().findings)
    document = {"id": "a1", "kind": "erase", "state": "done", "by": "dana", "alerts": []}
    with case.engine.begin() as connection:
        connection.execute(
            insert(action).values(
                id="a1", kind="erase", state="done", by="dana", at=1, states=1, document=json.dumps(document)
            )
        )
        leaves.record(connection, "action", "a1#1", document, 1)
    case.advance()
    assert case.verify().findings == ()
    with case.engine.connect() as connection:
        neighbour = connection.execute(select(event.c.source, event.c.id).where(event.c.seq == 4)).one()
    assert log.receipt(case.engine, case.signer, gone.source, gone.id) is None
    receipt: Any = log.receipt(case.engine, case.signer, neighbour.source, neighbour.id)
    leaf = json.loads(proofs.read(receipt["proof"]).leaf)
    with case.engine.connect() as connection:
        hashed = connection.execute(select(event.c.hash).where(event.c.seq == 4)).scalar_one()
    own = leaves.entry_hash(notes.decode(receipt["salt"]), bytes(hashed))
    path = [notes.decode(step) for step in receipt["path"]]
    root = merkle.root_from_inclusion(receipt["index"], receipt["size"], own, path)
    assert root == notes.decode(leaf["commit"])


def test_an_erased_event_that_was_another_is_found(file_case: Case) -> None:
    file_case.sql(
        "INSERT INTO erased (name, source, id, hash, at, seq, entry) "
        "SELECT name, source, id, hash, 1, 3, hash FROM event WHERE seq = 3"
    )
    file_case.sql("DELETE FROM event WHERE seq = 3")
    assert any("not those that were taken in" in finding.why for finding in file_case.verify().findings)
