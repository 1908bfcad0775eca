"""How many alerts by rule, severity, buyer, company, group or month, and how much money under them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Literal, get_args

from aiqyn.services.reading import alerts as queue
from aiqyn.services.reading.places import Money, Tally, add, amounts, by_company, companies_of, places
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


def then(engine: Any, wanted: AlertFilter, more: queue.Review) -> Iterator[Document]:
    """Every alert of a filter that names an instant, as it stood then."""
    yield from reads.alerts(engine, wanted, queue.review_conditions(more))


def counted(engine: Any, wanted: AlertFilter, more: queue.Review, by: By, controllers: Controllers) -> list[Document]:
    """As `counted_then`, of the alerts as they stand: no document is read. `controllers`: who controls each of some
    companies."""
    column = {"rule": alert.c.rule, "severity": alert.c.severity, "month": alert.c.raised_at}
    columns = [column[by]] if by in column else []
    tallies: dict[Any, Tally] = {}
    last: tuple[str | None, str | None] = None, None
    paid: set[Any] = set()
    """Keys that the money of this set of companies in this process stands under already."""
    with reading(engine) as connection:
        wheres = [*reads.conditions(wanted), *queue.review_conditions(more)]
        for process, companies, buyer, currency, money, _, *value in places(connection, columns, wheres):
            if companies != last[1] or process != last[0]:
                last = process, companies
                paid.clear()
            if by == "buyer":
                key = buyer
            elif by == "month":
                key = _month(value[0] // _DAY)
            else:
                key = value[0] if value else companies
            tally = tallies.get(key)
            if tally is None:
                tally = tallies[key] = Tally()
            tally.number += 1
            if money is not None and key not in paid:
                paid.add(key)
                add(tally.money, currency, Decimal(money))
    if by in ("company", "group"):
        groups = controllers(sorted({each for key in tallies for each in companies_of(key)})) if by == "group" else {}
        tallies = by_company(tallies, groups)
    tallies.pop(None, None)
    return [
        {"key": key, "count": each.number, "amounts": amounts(each.money)}
        for key, each in sorted(tallies.items(), key=lambda item: (-item[1].number, item[0]))
    ]


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
    totals: Money = {}
    paid: tuple[str, str] | None = None
    with reading(engine) as connection:
        wheres = [*reads.conditions(wanted), *queue.review_conditions(more)]
        for process, companies, _, currency, money, _ in places(connection, (), wheres):
            if money is not None and paid != (process, companies):
                paid = process, companies
                add(totals, currency, Decimal(money))
    return amounts(totals)


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
