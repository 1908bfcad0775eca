"""How many alerts by rule, severity, buyer, company, group or month, and how much money under them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Literal, get_args

from aiqyn.services.reading import alerts as queue
from aiqyn.services.reading.places import Money, add, amounts, places
from aiqyn.services.store import reads
from aiqyn.services.store.alert_filter import AlertFilter
from aiqyn.services.store.database import reading
from aiqyn.services.store.tables import alert
from aiqyn.streams.engine import Engine
from aiqyn.streams.ownership_answer import ownership

Document = dict[str, Any]
Controllers = Callable[[list[str]], dict[str, str]]
By = Literal["rule", "severity", "buyer", "company", "group", "month"]
KEYS = get_args(By)
_DAY = 86_400_000_000  # microseconds


@dataclass(slots=True)
class Tally:
    """How many alerts, and the money under them."""

    number: int = 0
    money: Money = field(default_factory=dict)


def then(engine: Any, wanted: AlertFilter, more: queue.Review) -> Iterator[Document]:
    """Every alert of a filter that names an instant, as it stood then."""
    yield from reads.alerts(engine, wanted, queue.review_conditions(more))


def counted(engine: Any, wanted: AlertFilter, more: queue.Review, by: By, controllers: Controllers) -> list[Document]:
    """As `counted_then`, of the alerts as they stand: no document is read. `controllers`: who controls each of some
    companies."""
    column = {"rule": alert.c.rule, "severity": alert.c.severity, "buyer": alert.c.buyer, "month": alert.c.raised_at}
    columns = [column[by]] if by in column else []
    tallies: dict[Any, Tally] = {}
    with reading(engine) as connection:
        for place in places(connection, columns, [*reads.conditions(wanted), *queue.review_conditions(more)]):
            keys: Mapping[Any, int] = {tuple(place.companies): len(place.alerts)}
            if columns:
                keys = Counter(_key(row, by) for row in place.alerts)
            for key, number in keys.items():
                _tally(tallies, key, number, dict([place.amount]) if place.amount is not None else {})
    if not columns:
        tallies = _by_company(tallies, controllers if by == "group" else None)
    found = [(key, each) for key, each in tallies.items() if key]
    return [
        {"key": key, "count": each.number, "amounts": amounts(each.money)}
        for key, each in sorted(found, key=lambda item: (-item[1].number, item[0]))
    ]


def _by_company(tallies: dict[Any, Tally], controllers: Controllers | None) -> dict[Any, Tally]:
    """Figures by sets of companies as figures by company, or by who controls them."""
    groups = {} if controllers is None else controllers(sorted({each for companies in tallies for each in companies}))
    found: dict[Any, Tally] = {}
    for companies, tally in tallies.items():
        for key in {groups.get(company, company) for company in companies}:
            _tally(found, key, tally.number, tally.money)
    return found


def _tally(tallies: dict[Any, Tally], key: object, number: int, money: Money) -> None:
    tally = tallies.setdefault(key, Tally())
    tally.number += number
    for currency, value in money.items():
        add(tally.money, currency, value)


def _key(row: Any, by: By) -> str | None:
    return _month(row[0] // _DAY) if by == "month" else row[0]


@cache
def _month(day: int) -> str:
    return f"{date(1970, 1, 1) + timedelta(days=day):%Y-%m}"


def counted_then(alerts: Iterable[Document], by: By, groups: dict[str, str] | None = None) -> list[Document]:
    """`{"key","count","amounts"}`, the most frequent first. The money of one company in one allocation counts once a
    key. `groups`: by company who controls it."""
    numbers: dict[str, int] = {}
    money: dict[str, dict[tuple[object, ...], tuple[str, Decimal]]] = {}
    for document in alerts:
        for key in sorted(_keys(document, by, groups or {})):
            numbers[key] = numbers.get(key, 0) + 1
            amount = document.get("amount")
            if amount:
                money.setdefault(key, {})[_place(document)] = (amount["currency"], Decimal(amount["amount"]))
    return [
        {"key": key, "count": number, "amounts": _sums(money.get(key, {}).values())}
        for key, number in sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    ]


def summed(engine: Any, wanted: AlertFilter, more: queue.Review) -> list[dict[str, str]]:
    """The money under the alerts of a filter by currency; that of one company in one allocation once."""
    if wanted.known_at is not None:
        stood = (each for each in then(engine, wanted, more) if each.get("amount"))
        stated = {_place(each): (each["amount"]["currency"], Decimal(each["amount"]["amount"])) for each in stood}
        return _sums(stated.values())
    money: Money = {}
    with reading(engine) as connection:
        for place in places(connection, (), [*reads.conditions(wanted), *queue.review_conditions(more)]):
            if place.amount is not None:
                add(money, *place.amount)
    return amounts(money)


def groups_of(companies: Iterable[str]) -> Callable[[Engine], dict[str, str]]:
    """A question: by company who controls it today, for certain or possibly: a person or a body; itself where nobody
    does."""
    listed = sorted(set(companies))

    def ask(engine: Engine) -> dict[str, str]:
        return {company: _controller(engine, company) for company in listed}

    return ask


def _controller(engine: Engine, company: str) -> str:
    try:
        holders = ownership(engine, company, date.today().toordinal())["holders"]
    except LookupError:
        return company
    for certainty in ("certain", "possible"):
        for holder in holders:
            if holder["control"] == certainty:
                return str(holder["holder"])
    return company


def _place(told: Document) -> tuple[object, ...]:
    return told.get("ocid") or told.get("allocation") or told["id"], *told["companies"]


def _keys(told: Document, by: By, groups: dict[str, str]) -> set[str]:
    if by == "month":
        return {told["raisedAt"][:7]}
    if by == "group":
        return {groups.get(company, company) for company in told["companies"]}
    if by == "company":
        return set(told["companies"])
    return {value for value in [told.get(by)] if value}


def _sums(stated: Iterable[tuple[str, Decimal]]) -> list[dict[str, str]]:
    totals: Money = {}
    for currency, value in stated:
        add(totals, currency, value)
    return amounts(totals)
