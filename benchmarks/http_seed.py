"""Alerts by the million, written straight into the tables. All is invented."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Table

from aiqyn.services.store.alert_rows import alert_row, entity_rows
from aiqyn.services.store.database import connect, is_sqlite
from aiqyn.services.store.tables import alert, alert_entity

_PART = 20_000
_RULES = ("COI-01", "COI-02", "COI-03", "COI-04", "OWN-01", "OWN-08", "DIS-01", "SUP-01")
_SEVERITIES = ("critical", "high", "high", "medium", "medium", "low")
_START = datetime(2023, 1, 1, tzinfo=UTC)


def seed(url: str, number: int) -> None:
    """So many alerts into the tables of a database that is there already."""
    engine = connect(url, create=False)
    columns = [column.name for column in alert.columns if column.name not in _REVIEW]
    indexes = [*alert.indexes, *alert_entity.indexes]
    with engine.begin() as connection:
        for index in indexes:  # made again at the end: much faster
            index.drop(connection)
        for documents in _parts(number):
            _insert(connection, alert, columns, [alert_row(each) for each in documents])
            rows = [row for each in documents for row in entity_rows(each)]
            _insert(connection, alert_entity, ["alert", "entity", "role"], rows)
        for index in indexes:
            index.create(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


_REVIEW = {"review_status", "disposition", "assignee", "decided_revision", "suppressed_by"}


def _insert(connection: Any, table: Table, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    driver = connection.connection.driver_connection
    if is_sqlite(connection):
        marks = ", ".join("?" * len(columns))
        driver.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _parts(number: int) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, number, _PART):
        yield [document(place) for place in range(start, min(start + _PART, number))]


def document(place: int) -> dict[str, Any]:
    """An alert with a path of two edges."""
    chance = random.Random(place)
    raised = _START + timedelta(seconds=chance.randrange(86_400 * 1000))
    at = raised.strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    day = raised.strftime("%Y-%m-%d")
    buyer, company = f"XX-BIN:{chance.randrange(5_000)}", f"XX-BIN:{10_000 + chance.randrange(200_000)}"
    person, ocid = f"XX-IIN:{chance.randrange(300_000)}", f"ocds-bench-{place // 2}"
    edge = {
        "share": None, "valid": ["2021-01-01", None], "recordedAt": at, "event": {"source": "/bench", "id": str(place)},
        "certainty": "certain",
    }  # fmt: skip
    return {
        "id": f"{chance.getrandbits(128):032x}", "rule": chance.choice(_RULES), "ruleVersion": 1, "profile": "generic",
        "title": "Official directs a supplier", "summary": f"{person} holds a post at {buyer} and directs {company}",
        "dataState": "current" if chance.random() < 0.95 else "withdrawn", "withdrawnReason": None,
        "managed": chance.random() < 0.05, "severity": chance.choice(_SEVERITIES),
        "certainty": "certain" if chance.random() < 0.7 else "possible",
        "identity": chance.choice(("identifier", "identifier", "corroborated", "unconfirmed")), "ocid": ocid,
        "allocation": None, "lots": [], "awards": ["1"], "stage": "award", "buyer": buyer, "company": company,
        "companies": [company], "persons": [person], "window": [day, day], "dateBasis": "award.date",
        "amount": {"amount": f"{chance.randrange(10**11) / 100:.2f}", "currency": "KZT"},
        "paths": [[
            {"side": "duty", "kind": "holdsPost", "from": person, "to": buyer, **edge},
            {"side": "interest", "kind": "directs", "from": person, "to": company, **edge},
        ]],
        "parameters": {}, "retroactive": chance.random() < 0.1, "pathsOmitted": 0, "missing": [], "revision": 1,
        "raisedAt": at, "updatedAt": at,
    }  # fmt: skip


def size(number: int) -> int:
    """Bytes of one document, on average, of the first thousand."""
    return sum(len(json.dumps(document(place))) for place in range(min(number, 1000))) // min(number, 1000)
