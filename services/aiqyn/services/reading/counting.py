"""How many alerts by rule, severity, buyer, company, group or month, and how much money under them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Literal, get_args

from aiqyn.services.reading import alerts as queue
from aiqyn.services.store import reads
from aiqyn.services.store.alert_filter import AlertFilter
from aiqyn.streams.engine import Engine
from aiqyn.streams.ownership_answer import ownership

Document = dict[str, Any]
By = Literal["rule", "severity", "buyer", "company", "group", "month"]
KEYS = get_args(By)


def matching(engine: Any, wanted: AlertFilter, more: queue.Review) -> Iterator[Document]:
    """Every alert of a filter, in no particular order; as it stood where the filter names an instant."""
    if wanted.known_at is not None:
        yield from reads.alerts(engine, wanted, queue.review_conditions(more))
        return
    after: tuple[object, ...] | None = None
    while True:
        page = queue.listed(engine, wanted, more, "raisedAt", after, 500)
        yield from page.items
        if page.after is None:
            return
        after = page.after


def counted(alerts: Iterable[Document], by: By, groups: dict[str, str] | None = None) -> list[Document]:
    """`{"key","count","amounts"}`, the most frequent first. The money of one company in one allocation counts once a
    key. `groups`: by company who controls it."""
    numbers: dict[str, int] = {}
    money: dict[str, dict[tuple[object, ...], tuple[str, Decimal]]] = {}
    for alert in alerts:
        for key in sorted(_keys(alert, by, groups or {})):
            numbers[key] = numbers.get(key, 0) + 1
            amount = alert.get("amount")
            if amount:
                place = (alert.get("ocid") or alert.get("allocation") or alert["id"], *alert["companies"])
                money.setdefault(key, {})[place] = (amount["currency"], Decimal(amount["amount"]))
    return [
        {"key": key, "count": number, "amounts": _sums(money.get(key, {}).values())}
        for key, number in sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    ]


def summed(alerts: Iterable[Document]) -> list[dict[str, str]]:
    """The money under alerts by currency; that of one company in one allocation once."""
    places: dict[tuple[object, ...], tuple[str, Decimal]] = {}
    for alert in alerts:
        amount = alert.get("amount")
        if amount:
            place = (alert.get("ocid") or alert.get("allocation") or alert["id"], *alert["companies"])
            places[place] = (amount["currency"], Decimal(amount["amount"]))
    return _sums(places.values())


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


def _keys(alert: Document, by: By, groups: dict[str, str]) -> set[str]:
    if by == "month":
        return {alert["raisedAt"][:7]}
    if by == "group":
        return {groups.get(company, company) for company in alert["companies"]}
    if by == "company":
        return set(alert["companies"])
    return {value for value in [alert.get(by)] if value}


def _sums(amounts: Iterable[tuple[str, Decimal]]) -> list[dict[str, str]]:
    totals: dict[str, Decimal] = {}
    for currency, amount in amounts:
        totals[currency] = totals.get(currency, Decimal()) + amount
    return [{"amount": format(total, "f"), "currency": currency} for currency, total in sorted(totals.items())]
