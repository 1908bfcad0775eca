"""What every store must do, whatever database it stands on."""

from typing import Any

import msgspec
import pytest
from sqlalchemy import Row, Table, select, update
from sqlalchemy.exc import IntegrityError

from aiqyn.services.store import reads, tables
from aiqyn.services.store.database import reading, writing
from aiqyn.services.store.sql_store import SqlStore
from aiqyn.streams.facts import (
    Award,
    Fact,
    Interest,
    Mention,
    Money,
    Organization,
    OwnershipRecord,
    Post,
    Release,
    Retraction,
)
from aiqyn.streams.ports import Batch, Known, QualityIssue, Refusal
from tests.services.store.conftest import Samples

PERSON = Mention(("KZ-IIN:750301300123", "REC:/a:1"), True, ("Асан Ойдан", "Asan Oidan"), "1975-03")
BODY = Mention(("KZ-BIN:990340005977",), False, ("A school",), contacts=("phone:77000000000",))
FACTS: tuple[Fact, ...] = (
    Post(PERSON, BODY, "Head", "head", "district", None, False, "2021-01-01", ""),
    Retraction("/a", "1", "court"),
    OwnershipRecord(
        "REC:/b:1",
        (),
        False,
        "2024-01-01",
        "KZ-BIN:990340005977",
        "",
        "unknown",
        False,
        (),
        (Interest("shareholding", "direct", "25", True, "50", False, "2020", ""),),
    ),
    Release(
        "ocds-x-1",
        "r1",
        "2024-01-01",
        ("award",),
        awards=(
            Award(
                id="a1",
                date=None,
                value=Money("12.10", "KZT"),
                suppliers=(Organization(id="s", identifiers=("KZ-BIN:990340005977",)),),
            ),
        ),
    ),
)


def test_an_empty_store_holds_nothing(store: SqlStore) -> None:
    assert store.last_seq() == 0
    assert store.known([("/registry/ь", "event-1")]) == {}
    assert store.known([]) == {}
    assert list(store.facts()) == []
    assert list(store.standing()) == []
    assert store.read([]) == {}


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_a_fact_comes_back_as_it_went_in(store: SqlStore, samples: Samples, fact: Fact) -> None:
    row = samples.row(1, fact=fact)
    store.commit(Batch([row], (), (), ()))
    assert list(store.facts()) == [(row.head, fact)]
    assert store.read([1]) == {1: (row.head, fact)}


def test_known_tells_number_and_hash_of_what_is_there(store: SqlStore, samples: Samples) -> None:
    rows = [samples.row(number) for number in range(1, 1301)]
    store.commit(Batch(rows, (), (), ()))
    asked = [(row.head.source, row.head.id) for row in rows]
    found = store.known([*asked, ("/registry/ь", "event-1301"), ("/other", "event-1")])
    assert found == {(row.head.source, row.head.id): Known(row.head.seq, row.content_hash) for row in rows}


def test_find_tells_the_number_of_an_event(store: SqlStore, samples: Samples) -> None:
    store.commit(samples.batch(1, 3))
    assert store.find("/registry/ь", "event-2") == 2
    assert store.find("/registry/ь", "event-4") is None


def test_source_and_id_are_not_run_together(store: SqlStore, samples: Samples) -> None:
    head = samples.row(1).head
    store.commit(samples.batch(1, 1))
    assert store.known([(head.source + head.id[0], head.id[1:]), (head.id, head.source)]) == {}


def test_facts_go_on_after_a_number_in_ledger_order(store: SqlStore, samples: Samples) -> None:
    store.commit(samples.batch(1, 4500))
    assert [head.seq for head, _ in store.facts()] == list(range(1, 4501))
    assert [head.seq for head, _ in store.facts(after=4498)] == [4499, 4500]
    assert store.last_seq() == 4500


def test_facts_known_at_an_instant_are_those_recorded_up_to_it(store: SqlStore, samples: Samples) -> None:
    store.commit(samples.batch(1, 3))
    assert [head.seq for head, _ in store.facts(known_at=samples.instant(2))] == [1, 2]
    assert [head.seq for head, _ in store.facts(known_at=samples.instant(2) - 1)] == [1]


def test_a_batch_committed_while_facts_are_read_is_read_too(store: SqlStore, samples: Samples) -> None:
    store.commit(samples.batch(1, 2))
    facts = store.facts()
    next(facts)
    store.commit(samples.batch(3, 3))
    assert [head.seq for head, _ in facts] == [2, 3]


def test_reading_a_number_that_the_ledger_lacks_is_an_error(store: SqlStore, samples: Samples) -> None:
    store.commit(samples.batch(1, 2))
    with pytest.raises(LookupError, match="3"):
        store.read([1, 3])


def test_a_batch_that_cannot_be_written_leaves_nothing(store: SqlStore, samples: Samples) -> None:
    store.commit(samples.batch(1, 1))
    again = samples.row(4, id="event-1")
    refusal = Refusal("rejected", "field.missing", "/id", "no id", None, None, None, "file", 1, b"{}")
    revision = samples.revision("alert-1", 1, 2, (2,))
    batch = Batch([samples.row(2), samples.row(3), again], [refusal], [], [revision])
    with pytest.raises(IntegrityError):
        store.commit(batch)
    assert store.last_seq() == 1
    assert list(store.standing()) == []
    assert rows(store, tables.quarantine) == []


def test_a_number_is_given_once(store: SqlStore, samples: Samples) -> None:
    store.commit(samples.batch(1, 2))
    with pytest.raises(IntegrityError):
        store.commit(Batch([samples.row(2, id="another")], (), (), ()))
    assert store.known([("/registry/ь", "another")]) == {}


@pytest.mark.parametrize("conforms", [True, False, None])
def test_the_ledger_keeps_the_event_whole(store: SqlStore, samples: Samples, conforms: bool | None) -> None:
    row = msgspec.structs.replace(samples.row(1, conforms=conforms), attributes=b'{"subject":"s"}')
    store.commit(Batch([row], (), (), ()))
    (kept,) = rows(store, tables.event)
    assert (kept.content, kept.hash, kept.attributes) == (row.content, row.content_hash, row.attributes)
    assert kept.conforms is conforms
    assert (kept.source, kept.id, kept.time, kept.record_key) == (
        row.head.source,
        row.head.id,
        row.head.time,
        row.head.record_key,
    )


def test_refusals_and_doubts_are_kept(store: SqlStore, samples: Samples) -> None:
    raw = b'{"id": "\xff\x00'
    refusal = Refusal("conflict", "event.conflict", "", "other content", "/a", "1", "x.v1", "http", 7, raw)
    issue = QualityIssue(1, "quality.futureDate", "/data/startDate", "later than the event")
    store.commit(Batch([samples.row(1)], [refusal, refusal], [issue], ()))
    first, second = rows(store, tables.quarantine)
    assert first.id != second.id
    assert (first.status, first.event_id, first.door, first.raw) == ("conflict", "1", "http", raw)
    assert (first.received_at, first.replayed_at) == (7, None)
    (kept,) = rows(store, tables.quality_issue)
    assert tuple(kept)[1:] == tuple(issue)


def test_the_last_revision_of_an_alert_stands(store: SqlStore, samples: Samples) -> None:
    first = samples.revision("alert-1", 1, 1, (1,))
    second = samples.revision("alert-1", 2, 2, (1, 2), severity="low")
    other = samples.revision("alert-0", 1, 2, (2,))
    store.commit(samples.batch(1, 2, first, second, other))
    assert list(store.standing()) == [other.alert, second.alert]
    gone = samples.revision("alert-1", 3, 3, (), dataState="withdrawn", paths=[])
    store.commit(samples.batch(3, 3, gone))
    assert list(store.standing()) == [other.alert, gone.alert]
    history = reads.revisions(store.engine, "alert-1")
    assert [item["alert"] for item in history] == [first.alert, second.alert, gone.alert]
    assert [(item["change"], item["seq"]) for item in history] == [
        ("raised", 1),
        ("updated", 2),
        ("withdrawn", 3),
    ]


def test_an_alert_rests_on_the_events_of_its_last_revision(store: SqlStore, samples: Samples) -> None:
    store.commit(samples.batch(1, 3, samples.revision("alert-1", 1, 2, (1, 2))))
    store.commit(samples.batch(4, 4, samples.revision("alert-1", 2, 4, (2, 3, 4))))
    assert [tuple(row) for row in rows(store, tables.alert_event)] == [
        ("alert-1", 2),
        ("alert-1", 3),
        ("alert-1", 4),
    ]


def test_the_stream_never_touches_what_reviewers_own(store: SqlStore, samples: Samples) -> None:
    store.commit(samples.batch(1, 1, samples.revision("alert-1", 1, 1, (1,))))
    decided = {
        "review_status": "closed",
        "disposition": "managed",
        "assignee": "aida",
        "decided_revision": 1,
    }
    with writing(store.engine) as connection:
        connection.execute(update(tables.alert).values(**decided))
    store.commit(samples.batch(2, 2, samples.revision("alert-1", 2, 2, (1, 2), severity="low")))
    (kept,) = rows(store, tables.alert)
    assert {name: getattr(kept, name) for name in decided} == decided
    assert (kept.revision, kept.severity) == (2, "low")
    document = reads.one(store.engine, "alert-1")
    assert document is not None
    assert (document["reviewStatus"], document["disposition"]) == ("closed", "managed")
    assert reads.review_fields(store.engine) == {"alert-1": ("closed", "managed")}


def test_a_document_comes_back_as_it_went_in(store: SqlStore, samples: Samples) -> None:
    revision = samples.revision("alert-1", 1, 1, (1,), title='«Қ» \\ " \u2028 <b>', buyer=None)
    store.commit(samples.batch(1, 1, revision))
    (standing,) = store.standing()
    assert standing == revision.alert
    assert list(standing) == list(revision.alert)


def rows(store: SqlStore, table: Table) -> list[Row[Any]]:
    with reading(store.engine) as connection:
        return list(connection.execute(select(table).order_by(*table.primary_key)).all())
