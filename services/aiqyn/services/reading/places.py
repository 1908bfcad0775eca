"""Money under alerts without their documents: that of one set of companies in one process counts once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, select

from aiqyn.services.store.alert_rows import DIGEST
from aiqyn.services.store.database import is_sqlite
from aiqyn.services.store.tables import alert

Money = dict[str, Decimal]
"""By currency."""
_PART = 10_000
companies_of = msgspec.json.Decoder(list[str]).decode
"""The companies in the column `companies`."""


@dataclass(slots=True)
class Tally:
    """How many alerts, and the money under them."""

    number: int = 0
    money: Money = field(default_factory=dict)


def places(
    connection: Connection, columns: Sequence[ColumnElement[Any]], conditions: Iterable[ColumnElement[bool]]
) -> Iterator[tuple[Any, ...]]:
    """Process, companies, buyer, currency, money, id and the columns asked for of each alert of the conditions.

    Those of one process stand together, and in it those of one set of companies. A million are read in a second or
    two, and without other columns than those of `ix_alert_places` from that index alone.
    """
    base = (alert.c.process, alert.c.companies, alert.c.buyer, alert.c.currency, alert.c.money, alert.c.id)
    query = select(*base, *columns).where(*conditions).order_by(alert.c.process, alert.c.companies, alert.c.id)
    for row in _rows(connection, query):
        if row[1][0] != "[" or (row[2] is not None and row[2].startswith(DIGEST)):
            yield _whole(connection, row)
        else:
            yield row


def _rows(connection: Connection, query: Select[Any]) -> Iterator[Any]:
    """Read as they are asked for: by the driver of SQLite, else by a cursor of the server."""
    if not is_sqlite(connection):
        yield from connection.execution_options(yield_per=_PART).execute(query)
        return
    with connection.execute(query) as result:
        cursor: Any = result.cursor
        while rows := cursor.fetchmany(_PART):
            yield from rows


def _whole(connection: Connection, row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The row with what was too long for the index."""
    document = connection.execute(select(alert.c.document).where(alert.c.id == row[5])).scalar_one()
    told = msgspec.json.decode(document)
    return row[0], msgspec.json.encode(told["companies"]).decode(), told["buyer"], *row[3:]


def add(money: Money, currency: str, value: Decimal) -> None:
    """Add an amount to a sum."""
    before = money.get(currency)
    money[currency] = value if before is None else before + value


def add_all(money: Money, more: Mapping[str, Decimal]) -> None:
    """Add a sum to a sum."""
    for currency, value in more.items():
        add(money, currency, value)


def by_company(tallies: Mapping[str, Tally], groups: Mapping[str, str] | None = None) -> dict[str, Tally]:
    """Figures by sets of companies as figures by company, or by what `groups` has for it."""
    found: dict[str, Tally] = {}
    for companies, tally in tallies.items():
        for key in {(groups or {}).get(company, company) for company in companies_of(companies)}:
            held = found.setdefault(key, Tally())
            held.number += tally.number
            add_all(held.money, tally.money)
    return found


def amounts(money: Money) -> list[dict[str, str]]:
    """A sum as the interface gives it."""
    return [{"amount": format(value, "f"), "currency": currency} for currency, value in sorted(money.items())]
