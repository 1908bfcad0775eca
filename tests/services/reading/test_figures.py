"""Figures made from indexes are those of the documents."""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from aiqyn.services.reading import counting, dashboard
from aiqyn.services.reading.alerts import Review
from aiqyn.services.reading.places import companies_of, places
from aiqyn.services.store import reads
from aiqyn.services.store.alert_filter import AlertFilter
from aiqyn.services.store.alert_rows import alert_row
from aiqyn.services.store.opening import Database
from aiqyn.services.store.tables import REVIEW_COLUMNS, alert

TODAY = date(2026, 1, 1)
COLUMNS = [column.name for column in alert.columns if column.name not in REVIEW_COLUMNS]


@pytest.fixture(params=["on_sqlite", "on_postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    found: Database = request.getfixturevalue(request.param)
    return found


def test_the_dashboard_counts_what_the_documents_say(database: Database) -> None:
    found = dashboard._figures(database.engine, TODAY)
    documents = list(reads.alerts(database.engine))
    assert len(documents) > 10
    assert found.processes == len({each["ocid"] or each["allocation"] or each["id"] for each in documents})
    assert {id: body.alerts for id, body in found.bodies.items()} == Counter(
        d["buyer"] for d in documents if d["buyer"]
    )
    assert {id: each.number for id, each in found.companies.items()} == Counter(
        company for document in documents for company in document["companies"]
    )
    assert found.money == _money(documents)
    whole: dict[str, Decimal] = {}
    for body in found.bodies.values():
        for money in (body.certain, body.possible):
            for currency, value in money.items():
                whole[currency] = whole.get(currency, Decimal()) + value
    assert whole == _money([document for document in documents if document["buyer"]])
    waiting = [document for document in documents if document["reviewStatus"] != "closed"]
    assert sum(found.ages.values()) == sum(found.severities.values()) == len(waiting)
    late = Counter(d["severity"] for d in waiting if _age(d) > dashboard.LIMITS.get(d["severity"], 10**9))
    assert found.late == late
    first = min((document["raisedAt"], document["id"]) for document in waiting)
    assert found.oldest == first
    assert {rule: figures.open for rule, figures in found.rules.items() if figures.open} == Counter(
        document["rule"] for document in waiting
    )


@pytest.mark.parametrize("by", counting.KEYS)
def test_counts_by_key_are_those_of_the_documents(database: Database, by: counting.By) -> None:
    def controllers(companies: list[str]) -> dict[str, str]:
        return {company: company[-1] for company in companies}

    documents = list(reads.alerts(database.engine))
    companies = [company for document in documents for company in document["companies"]]
    expected = counting.counted_then(documents, by, controllers(companies) if by == "group" else None)
    found = counting.counted(database.engine, AlertFilter(), Review(suppressed=None), by, controllers)
    assert found == expected
    assert found


def test_names_that_no_index_takes_are_counted_all_the_same(database: Database) -> None:
    """An ocid, a buyer and companies of a thousand letters of three bytes each."""
    long = [
        "REC:" + chr(0x4E00 + 331 * at) * 3 + "".join(chr(0x4E00 + (at * k * k) % 20_000) for k in range(1000))
        for at in (1, 2, 3)
    ]
    (document,) = [next(reads.alerts(database.engine))]
    plain = {name: value for name, value in document.items() if name not in ("reviewStatus", "disposition")}
    changed = {**plain, "buyer": long[0], "companies": sorted(long[1:])}
    values = dict(zip(COLUMNS, alert_row(changed), strict=True))
    with database.engine.connect() as connection:
        connection.execute(update(alert).where(alert.c.id == document["id"]).values(**values))
        (row,) = places(connection, (), [alert.c.id == document["id"]])
        connection.rollback()
    assert (row[2], companies_of(row[1])) == (long[0], sorted(long[1:]))


def _age(document: dict[str, Any]) -> int:
    return (TODAY - date.fromisoformat(document["raisedAt"][:10])).days


def _money(documents: list[dict[str, Any]]) -> dict[str, Decimal]:
    places: dict[tuple[str, ...], tuple[str, Decimal]] = {}
    for each in documents:
        if each["amount"]:
            place = (each["ocid"] or each["allocation"] or each["id"], *each["companies"])
            places.setdefault(place, (each["amount"]["currency"], Decimal(each["amount"]["amount"])))
    totals: dict[str, Decimal] = {}
    for currency, value in places.values():
        totals[currency] = totals.get(currency, Decimal()) + value
    return totals
