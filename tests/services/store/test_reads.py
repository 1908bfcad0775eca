"""Filters, order and past states of alerts; the database's answer against the documents themselves."""

import random
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from aiqyn.services.store import reads
from aiqyn.services.store.alert_filter import AlertFilter
from aiqyn.services.store.sql_store import SqlStore
from aiqyn.streams.ports import AlertRevision
from tests.services.store.conftest import Samples


def names(store: SqlStore, **conditions: Any) -> list[str]:
    return [alert["id"] for alert in reads.alerts(store.engine, AlertFilter(**conditions))]


def test_a_whole_alert_has_the_reviewers_fields_in_their_place(store: SqlStore, samples: Samples) -> None:
    store.commit(samples.batch(1, 1, samples.revision("alert-1", 1, 1, (1,))))
    (alert,) = reads.alerts(store.engine)
    assert (alert["reviewStatus"], alert["disposition"]) == ("open", None)
    members = list(alert)
    after = members.index("managed")
    assert members[after : after + 4] == ["managed", "reviewStatus", "disposition", "severity"]


def test_alerts_come_by_the_time_they_were_raised_then_by_id(store: SqlStore, samples: Samples) -> None:
    revisions = [
        samples.revision("alert-c", 1, 1, (1,)),
        samples.revision("alert-b", 1, 2, (2,)),
        samples.revision("alert-a", 1, 2, (2,)),
        samples.revision("alert-c", 2, 2, (2,)),
    ]
    store.commit(samples.batch(1, 2, *revisions))
    assert names(store) == ["alert-c", "alert-a", "alert-b"]


def test_withdrawn_alerts_are_told_only_when_asked_for(store: SqlStore, samples: Samples) -> None:
    gone = samples.revision("alert-2", 1, 1, (), dataState="withdrawn")
    store.commit(samples.batch(1, 1, samples.revision("alert-1", 1, 1), gone))
    assert names(store) == ["alert-1"]
    assert names(store, withdrawn=True) == ["alert-1", "alert-2"]


@pytest.mark.parametrize(
    ("day", "found"),
    [
        ("2024-02-29", False),
        ("2024-03-01", True),
        ("2024-04-10", True),
        ("2024-04-11", False),
    ],
)
def test_valid_at_includes_both_ends_of_the_window(store: SqlStore, samples: Samples, day: str, found: bool) -> None:
    no_window = samples.revision("alert-2", 1, 1, window=None)
    store.commit(samples.batch(1, 1, samples.revision("alert-1", 1, 1), no_window))
    assert names(store, valid_at=day) == (["alert-1"] if found else [])


def test_known_at_gives_the_revision_that_stood_then(store: SqlStore, samples: Samples) -> None:
    first = samples.revision("alert-1", 1, 1, (1,), severity="low")
    second = samples.revision("alert-1", 2, 3, (1, 3), severity="high", raisedAt=first.alert["raisedAt"])
    gone = samples.revision(
        "alert-1", 3, 5, (), severity="high", dataState="withdrawn", raisedAt=first.alert["raisedAt"]
    )
    store.commit(samples.batch(1, 5, first, second, gone))

    def at(instant: int, **conditions: Any) -> list[int]:
        wanted = AlertFilter(known_at=instant, **conditions)
        return [alert["revision"] for alert in reads.alerts(store.engine, wanted)]

    assert at(samples.instant(1) - 1, withdrawn=True) == []
    assert at(samples.instant(1)) == [1]
    assert at(samples.instant(3) - 1) == [1]
    assert at(samples.instant(3)) == [2]
    assert at(samples.instant(5)) == []
    assert at(samples.instant(5), withdrawn=True) == [3]
    assert at(samples.instant(2), severity=("high",)) == []
    assert at(samples.instant(4), severity=("high",)) == [2]
    alert = reads.one(store.engine, "alert-1", known_at=samples.instant(4))
    assert alert is not None
    assert alert["revision"] == 2
    assert reads.one(store.engine, "alert-1", known_at=samples.instant(1) - 1) is None


def test_an_entity_is_found_wherever_it_stands(store: SqlStore, samples: Samples) -> None:
    store.commit(samples.batch(1, 1, samples.revision("alert-1", 1, 1)))
    for entity in ("KZ-BIN:b", "KZ-BIN:s", "KZ-IIN:o", "KZ-BIN:between"):
        assert names(store, entity=(entity,)) == ["alert-1"]
    # The process is no entity, and a go-between is not the company.
    assert names(store, entity=("ocds-x-1",)) == []
    assert names(store, company=("KZ-BIN:between",)) == []
    assert names(store, entity=("KZ-BIN:other", "KZ-IIN:o")) == ["alert-1"]


def test_an_entity_that_left_the_path_is_not_found_any_more(store: SqlStore, samples: Samples) -> None:
    store.commit(samples.batch(1, 1, samples.revision("alert-1", 1, 1)))
    store.commit(samples.batch(2, 2, samples.revision("alert-1", 2, 2, paths=[])))
    assert names(store, entity=("KZ-BIN:between",)) == []
    assert names(store, known_at=samples.instant(1), entity=("KZ-BIN:between",)) == ["alert-1"]


def test_a_least_amount_is_compared_exactly(store: SqlStore, samples: Samples) -> None:
    amount = {"amount": "9007199254740993.01", "currency": "KZT"}
    none = samples.revision("alert-2", 1, 1, amount=None)
    store.commit(samples.batch(1, 1, samples.revision("alert-1", 1, 1, amount=amount), none))
    assert names(store, least_amount=Decimal("9007199254740993.01")) == ["alert-1"]
    assert names(store, least_amount=Decimal("9007199254740993.02")) == []


def test_an_id_may_be_cut_where_it_still_names_one_alert(store: SqlStore, samples: Samples) -> None:
    first, second = "0f8fad5b-d9cb-469f", "0f8fad5b-d9cc-469f"
    store.commit(samples.batch(1, 1, samples.revision(first, 1, 1), samples.revision(second, 1, 1)))

    def found(name: str) -> str | None:
        alert = reads.one(store.engine, name)
        return None if alert is None else str(alert["id"])

    assert found(first) == first
    assert found("0f8fad5b-d9cc") == second
    assert found("0f8fad5b") is None
    assert found("0f8") is None
    assert found("%%%%%%%%%") is None


def test_more_alerts_than_a_page_come_once_each(store: SqlStore, samples: Samples) -> None:
    made = [samples.revision(f"alert-{number:04}", 1, 1 + number % 3) for number in range(1203)]
    store.commit(samples.batch(1, 3, *made))
    found = names(store)
    assert len(found) == len(set(found)) == 1203
    raised = [(alert["raisedAt"], alert["id"]) for alert in reads.alerts(store.engine)]
    assert all(left < right for left, right in pairwise(raised))


CONDITIONS: dict[str, list[Any]] = {
    "rule": [("COI-01",), ("COI-02", "OWN-01")],
    "severity": [("high",), ("low", "info")],
    "certainty": [("certain",), ("possible",)],
    "identity": [("identifier",), ("unconfirmed", "decided")],
    "stage": [("award",), ("bid", "contract")],
    "ocid": [("ocds-x-1",), ("alloc-1", "ocds-x-2")],
    "entity": [("KZ-BIN:b",), ("KZ-BIN:between", "KZ-IIN:o")],
    "buyer": [("KZ-BIN:b",)],
    "company": [("KZ-BIN:s",), ("KZ-BIN:t", "KZ-BIN:s")],
    "person": [("KZ-IIN:o",), ("KZ-IIN:p",)],
    "managed": [True, False],
    "retroactive": [True, False],
    "valid_at": ["2024-03-15"],
    "withdrawn": [True],
    "raised_from": [Samples().instant(20)],
    "raised_before": [Samples().instant(20)],
}


def any_alert(random: random.Random, samples: Samples, name: str, seq: int) -> AlertRevision:
    ocid = random.choice(["ocds-x-1", "ocds-x-2", None])
    companies = random.choice([["KZ-BIN:s"], ["KZ-BIN:s", "KZ-BIN:t"], ["KZ-BIN:t"]])
    return samples.revision(
        name,
        1,
        seq,
        rule=random.choice(["COI-01", "COI-02", "OWN-01"]),
        severity=random.choice(["high", "low", "info"]),
        certainty=random.choice(["certain", "possible"]),
        identity=random.choice(["identifier", "unconfirmed"]),
        stage=random.choice(["bid", "award", None]),
        ocid=ocid,
        allocation=None if ocid else "alloc-1",
        buyer=random.choice(["KZ-BIN:b", "KZ-BIN:c", None]),
        company=companies[0],
        companies=companies,
        persons=random.choice([["KZ-IIN:o"], ["KZ-IIN:o", "KZ-IIN:p"], []]),
        managed=random.choice([True, False]),
        retroactive=random.choice([True, False]),
        window=random.choice([["2024-03-01", "2024-04-10"], ["2024-05-01", None], None]),
        dataState=random.choice(["current", "withdrawn"]),
        paths=random.choice([[], samples.alert(name, 1, seq)["paths"]]),
    )


def test_the_present_and_the_past_of_the_last_instant_are_filtered_alike(store: SqlStore, samples: Samples) -> None:
    """Two ways to the same answer: columns and indexes for the present, documents for the past."""
    chance = random.Random(3)
    made = [any_alert(chance, samples, f"alert-{seq:03}", seq) for seq in range(1, 41)]
    store.commit(samples.batch(1, 40, *made))
    everything = names(store, withdrawn=True)
    assert len(everything) == 40
    answers = set()
    for _ in range(150):
        chosen = chance.sample(sorted(CONDITIONS), k=chance.randint(0, 3))
        wanted = {name: chance.choice(CONDITIONS[name]) for name in chosen}
        present = names(store, **wanted)
        past = names(store, known_at=samples.instant(40), **wanted)
        assert present == past, wanted
        answers.add(tuple(present))
    assert len(answers) > 30


def test_ids_as_long_as_strangers_may_make_them_are_kept_and_found(store: SqlStore, samples: Samples) -> None:
    """PostgreSQL's index takes 2,704 bytes, compressed: letters of three bytes by chance, in no order."""
    chance = random.Random(1)
    ocid, source, record, buyer = ("".join(map(chr, chance.choices(range(0x4E00, 0x9FA5), k=1024))) for _ in range(4))
    person = f"REC:{source}:{record}"
    made = samples.revision(
        "alert-1", 1, 1, (1,), ocid=ocid, persons=[person], buyer=buyer, company=record, companies=[record]
    )
    store.commit(samples.batch(1, 1, samples.revision("alert-2", 1, 1, (1,)), made))
    conditions = {"ocid": ocid, "entity": person, "person": person, "buyer": buyer, "company": record}
    for name, value in conditions.items():
        assert names(store, **{name: (value,)}) == ["alert-1"], name
        assert names(store, **{name: (value[:-1],)}) == [], name
