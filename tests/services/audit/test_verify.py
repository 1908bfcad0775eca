"""Whatever somebody with all rights changes in the database, the log tells."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from servers.postgres import Postgres
from sqlalchemy import Boolean, Column, Connection, LargeBinary, Table, UniqueConstraint, and_, func, insert, select
from sqlalchemy.exc import DBAPIError

from aiqyn.services.audit import leaves, log, merkle, notes, proofs
from aiqyn.services.audit.verify.database import findings, verify
from aiqyn.services.audit.verify.finding import Finding
from aiqyn.services.review.actions import act
from aiqyn.services.review.asked import Request
from aiqyn.services.review.settling import settle
from aiqyn.services.store import tables
from aiqyn.services.store.tables import event, metadata
from tests.services.audit.conftest import Case
from tests.services.audit.story import AIDA, HANDLE, TIMUR, no_etag, nobody, tell

_PASSING = "no part of what is stated: work under way, counts, sessions"
OUTSIDE: Mapping[str, str] = {
    "meta": "names the database; keys that do not fit stop every command",
    "quarantine": "refused, so never stated",
    "quality_issue": "doubts, made again from the ledger",
    **dict.fromkeys(("batch", "kafka_position", "shard", "worker", "submission", "delivery", "idempotency"), _PASSING),
    **dict.fromkeys(("sign_in", "oidc_request", "failed_sign_in"), _PASSING),
}
"""Tables that the log does not commit to."""
OUTSIDE_COLUMNS: Mapping[str, str] = {
    "event.attributes": "no part of an event's content",
    "leaf.id": "a number of rows; their order is checked by `index`",
    "checkpoint.at": "the note has no time",
    "action.number": "its order among the actions on one alert is checked",
    "cursor.name": "others' cursors",
    "cursor.owner": _PASSING,
    "cursor.epoch": _PASSING,
    "cursor.until": _PASSING,
}
STAY = {"checkpoint"}
"""Tables of which an older row may go: the newest alone is needed."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """The whole story, in the log; edits of it are rolled back."""
    folder: Path = tmp_path_factory.mktemp("told")
    server: Postgres | None = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    url = server.database() if server is not None else f"sqlite:///{folder / 'aiqyn.db'}"
    made = Case(url, folder)
    made.feed()
    made.advance()
    tell(made)
    yield made
    made.engine.dispose()
    if server is not None:
        server.drop(url)


def first(case: Case, connection: Connection) -> Finding | None:
    return next(findings(connection, case.signer.verifier(), handle=HANDLE), None)


def test_the_story_is_as_logged_and_every_table_has_a_row_of_it(told: Case) -> None:
    with told.engine.connect() as connection:
        assert list(findings(connection, told.signer.verifier(), handle=HANDLE)) == []
        empty = [
            name
            for name, table in metadata.tables.items()
            if name not in OUTSIDE and not connection.execute(select(func.count()).select_from(table)).scalar()
        ]
    assert empty == []


@pytest.mark.parametrize("name", sorted(metadata.tables.keys() - OUTSIDE.keys()))
def test_an_edit_of_any_column_is_found(told: Case, name: str) -> None:
    """In the first row and in the last, another value each."""
    table = metadata.tables[name]
    wanted = [column for column in table.c if f"{name}.{column.name}" not in OUTSIDE_COLUMNS]
    unfound = [
        f"{column.name}: {row[column.name]!r}"
        for column in wanted
        for row in ends(told, table)
        if edited(told, table, row, column) is False
    ]
    assert unfound == []


@pytest.mark.parametrize("name", sorted(metadata.tables.keys() - OUTSIDE.keys() - {"cursor"}))
def test_a_row_taken_out_or_put_in_is_found(told: Case, name: str) -> None:
    table = metadata.tables[name]
    rows = ends(told, table)
    for row in rows if name not in STAY else rows[-1:]:
        assert found_after(told, table.delete().where(same(table, row))), row
    assert found_after(told, table.delete())
    assert found_after(told, insert(table).values(**twin(table, rows[-1])))


def ends(case: Case, table: Table) -> list[Mapping[str, Any]]:
    query = select(table).order_by(*table.primary_key)
    if table is tables.cursor:
        query = query.where(table.c.name == "leaves")
    with case.engine.connect() as connection:
        rows: list[Mapping[str, Any]] = [dict(row) for row in connection.execute(query).mappings()]
    return [rows[0], rows[-1]] if len(rows) > 1 else rows


def same(table: Table, row: Mapping[str, Any]) -> Any:
    return and_(*(column == row[column.name] for column in table.primary_key))


def edited(case: Case, table: Table, row: Mapping[str, Any], column: Column[Any]) -> bool | None:
    """Whether another value there is found; None: the database itself refuses it."""
    value = other(column, row[column.name])
    return found_after(case, table.update().where(same(table, row)).values({column.name: value}))


def found_after(case: Case, statement: Any) -> bool | None:
    with case.engine.connect() as connection:
        try:
            assert connection.execute(statement).rowcount
        except DBAPIError:
            connection.rollback()
            return None
        found = first(case, connection)
        connection.rollback()
    return found is not None and bool(found.id) and bool(found.why)


def other(column: Column[Any], value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(column.type, Boolean):
        return not value
    if isinstance(column.type, LargeBinary):
        return b"x" if not value else bytes(value)[:-1] + bytes([bytes(value)[-1] ^ 1])
    if column.type.python_type is str:
        if value and value[0] in "[{":
            held = msgspec.json.decode(value)
            return msgspec.json.encode([*held, "x"] if isinstance(held, list) else {**held, "x": 1}).decode()
        return f"{value or ''}x"
    return (value or 0) + 1_000


def twin(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row once more, other in what may be there once alone."""
    alone = {column.name for column in table.primary_key}
    alone |= {c.name for each in table.constraints if isinstance(each, UniqueConstraint) for c in each.columns}
    alone |= {c.name for index in table.indexes if index.unique for c in index.columns}
    return {
        column.name: other(column, row[column.name]) if column.name in alone and row[column.name] is not None
        else row[column.name]
        for column in table.c
    }  # fmt: skip


def test_a_log_cut_to_nothing_does_not_agree_with_what_is_in_the_database(told: Case) -> None:
    emptied = [table.delete() for table in (tables.leaf, tables.log_tile, tables.checkpoint)]
    emptied.append(tables.cursor.delete().where(tables.cursor.c.name == "leaves"))
    with told.engine.connect() as connection:
        for statement in emptied:
            connection.execute(statement)
        assert {finding.why for finding in findings(connection, told.signer.verifier(), handle=HANDLE)} >= {
            "the event is in no batch of the log",
            "the revision of the alert was never logged",
            "the account was made by nothing in the log",
        }
        connection.rollback()


@pytest.mark.parametrize("name", ["event", "alert_revision", "account", "action", "reveal", "attachment"])
def test_each_kind_of_row_alone_speaks_against_an_empty_log(told: Case, name: str) -> None:
    with told.engine.connect() as connection:
        for table in metadata.tables.values():
            if table.name not in OUTSIDE and table.name not in (name, "cursor"):
                connection.execute(table.delete())
        connection.execute(tables.cursor.delete().where(tables.cursor.c.name == "leaves"))
        assert first(told, connection) is not None
        connection.rollback()


def test_a_checkpoint_of_more_leaves_than_there_are_is_found(told: Case) -> None:
    verifier = told.signer.verifier()
    with told.engine.connect() as connection:
        size = connection.execute(select(func.max(tables.checkpoint.c.size))).scalar_one()
        longer = notes.Checkpoint(told.signer.name, size + 7, bytes(32))
        note = told.signer.sign(longer)
        connection.execute(insert(tables.checkpoint).values(size=size + 7, root=bytes(32), at=1, note=note))
        whys = [finding.why for finding in findings(connection, verifier, handle=HANDLE)]
        connection.rollback()
        assert f"{size + 7} leaves were signed for, the log has {size}" in whys
        since = notes.verified(note, verifier)
        assert [each for each in findings(connection, verifier, since, HANDLE) if "signed for" in each.why]


EDITS = {
    "alert and its leaf removed": [
        "DELETE FROM alert", "DELETE FROM alert_revision", "DELETE FROM leaf WHERE kind = 'alert'",
    ],
    "document everywhere": [
        "UPDATE alert SET document = replace(document, 'XM-PID:o1', 'XM-PID:x1')",
        "UPDATE alert_revision SET document = replace(document, 'XM-PID:o1', 'XM-PID:x1')",
    ],
    "an event passed off as erased": [
        "INSERT INTO erased (name, source, id, hash, at, seq, entry) "
        "SELECT name, source, id, hash, 1, seq, hash FROM event WHERE seq = 3",
        "DELETE FROM event WHERE seq = 3",
    ],
    "a document passed off as erased": ["UPDATE leaf SET salt = NULL, document = NULL WHERE kind = 'refusal'"],
    "an alert passed off as erased": ["UPDATE leaf SET salt = NULL WHERE kind = 'alert'"],
    "the last batch removed": [
        "DELETE FROM event WHERE seq > 15", "DELETE FROM erased", "DELETE FROM leaf WHERE first_seq > 15",
    ],
    "a file and what says so": ["UPDATE attachment SET sha256 = 'x', name = 'y'"],
    "an account with its key": [
        "DELETE FROM api_key WHERE account = 'aida'", "DELETE FROM account WHERE name = 'aida'",
    ],
    "closed by another": ["UPDATE action SET decided_by = 'aida' WHERE kind = 'decide'"],
    "an action that never was": [
        "INSERT INTO action (number, id, kind, state, \"by\", at, states, document) "
        "VALUES (99, 'a1', 'decide', 'done', 'aida', 1, 1, '{}')"
    ],
    "a fact that its event does not state": [
        "UPDATE event SET fact = (SELECT fact FROM event WHERE seq = 4) WHERE seq = 3",
    ],
    "the order of actions": ["UPDATE action SET number = 1000 + number WHERE kind = 'assign'"],
    "leaves swapped": [
        'UPDATE leaf SET "index" = 9999 WHERE "index" = 0',
        'UPDATE leaf SET "index" = 0 WHERE "index" = 1',
        'UPDATE leaf SET "index" = 1 WHERE "index" = 9999',
    ],
}  # fmt: skip


@pytest.mark.parametrize("edits", EDITS.values(), ids=EDITS.keys())
def test_an_edit_that_covers_itself_is_found(told: Case, edits: list[str]) -> None:
    with told.engine.connect() as connection:
        for edit in edits:
            assert connection.exec_driver_sql(edit).rowcount
        assert first(told, connection) is not None
        connection.rollback()


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


def test_what_people_did_and_took_back_is_as_logged(case: Case) -> None:
    tell(case)
    alert = case.alert()

    def agrees(status: str) -> None:
        case.advance()
        assert case.value("SELECT review_status FROM alert") == status
        assert verify(case.engine, case.signer.verifier(), handle=HANDLE).findings == ()

    def undo(kind: str) -> None:
        id = case.value(f"SELECT id FROM action WHERE kind = '{kind}' ORDER BY number DESC LIMIT 1")
        settle(case.engine, TIMUR, id, "undo", "z", nobody)

    agrees("inReview")
    assert case.value("SELECT decided_revision FROM alert") == 1
    assert case.value("SELECT suppressed_by FROM alert") is not None
    undo("suppress")
    agrees("closed")
    undo("decide")
    agrees("inReview")
    assert case.value("SELECT decided_revision FROM alert") is None
    act(case.engine, AIDA, Request("assign", (alert,), assignee=None), nobody, no_etag)
    agrees("open")


def test_what_was_erased_by_an_action_is_no_fault_and_the_rest_still_proves(told: Case) -> None:
    """Document and salt go; the leaf, and what the batch's tree holds of the event, stay."""
    case = told
    with case.engine.connect() as connection:
        gone = connection.execute(select(tables.erased)).one()
        neighbour = connection.execute(select(event).where(event.c.seq == 4)).one()
    assert log.receipt(case.engine, case.signer, gone.source, gone.id) is None
    receipt: Any = log.receipt(case.engine, case.signer, neighbour.source, neighbour.id)
    leaf = msgspec.json.decode(proofs.read(receipt["proof"]).leaf)
    own = leaves.entry_hash(notes.decode(receipt["salt"]), bytes(neighbour.hash))
    path = [notes.decode(step) for step in receipt["path"]]
    root = merkle.root_from_inclusion(receipt["index"], receipt["size"], own, path)
    assert root == notes.decode(leaf["commit"])
