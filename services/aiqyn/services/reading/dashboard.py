"""The figures of the dashboard, in one walk over the alerts: money by body, ageing, months, rules by outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from heapq import nlargest
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
from sqlalchemy import Engine, and_, func, select

from aiqyn.services.reading.facets import version
from aiqyn.services.reading.kept import Kept
from aiqyn.services.store.database import reading
from aiqyn.services.store.tables import alert, event, quality_issue, quarantine

_PART = 1000
Money = dict[str, Decimal]
"""By currency."""
AGES = ((0, 7), (8, 30), (31, 90), (91, None))
"""First and last day of each step of ageing."""
LIMITS = {"critical": 7, "high": 30}
"""Days after which an open alert is late."""
_OUTCOME = {"confirmed": "confirmed", "referred": "confirmed", "managed": "managed", "falseMatch": "false",
            "notMaterial": "false", "valuable": "managed"}  # fmt: skip


@dataclass(slots=True)
class Body:
    """A buyer: `certain` and `possible` are money by currency, a company's in a process once."""

    alerts: int = 0
    certain: Money = field(default_factory=dict)
    possible: Money = field(default_factory=dict)


@dataclass(slots=True)
class RuleFigures:
    open: int = 0
    fresh: int = 0
    """Raised within the last 30 days."""
    outcomes: dict[str, int] = field(default_factory=lambda: {"confirmed": 0, "managed": 0, "false": 0})


@dataclass(slots=True)
class Figures:
    """What a walk over all alerts counts; withdrawn ones count in `months` alone."""

    money: Money = field(default_factory=dict)
    processes: int = 0
    severities: dict[str, int] = field(default_factory=dict)
    """Open ones."""
    states: dict[str, int] = field(default_factory=dict)
    bodies: dict[str, Body] = field(default_factory=dict)
    ages: dict[tuple[int, str], int] = field(default_factory=dict)
    """By step of `AGES` and severity, alerts that are not closed."""
    late: dict[str, int] = field(default_factory=dict)
    oldest: tuple[str, str] | None = None
    """When the oldest alert that is not closed was raised, and its id."""
    months: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By month: standing, withdrawn since."""
    rules: dict[str, RuleFigures] = field(default_factory=dict)
    changed: int = 0
    companies: dict[str, tuple[int, Money]] = field(default_factory=dict)
    """Alerts and money by company."""
    events: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By body and company an event that names it."""


class _Event(msgspec.Struct):
    source: str
    id: str


class _Edge(msgspec.Struct, rename={"start": "from"}):
    start: str
    event: _Event


class _Amount(msgspec.Struct):
    amount: str
    currency: str


class _Alert(msgspec.Struct, rename="camel"):
    """What the figures need of an alert's document: the rest is not decoded."""

    id: str
    rule: str
    severity: str
    certainty: str
    raised_at: str
    companies: list[str]
    paths: list[list[_Edge]]
    buyer: str | None = None
    ocid: str | None = None
    allocation: str | None = None
    amount: _Amount | None = None

    @property
    def process(self) -> str:
        return self.ocid or self.allocation or self.id


_decode = msgspec.json.Decoder(_Alert).decode
_kept: WeakKeyDictionary[Engine, Kept[Figures]] = WeakKeyDictionary()


def figures(engine: Engine, today: date) -> Figures:
    """Of the alerts as they stand; where there are very many, they may be some minutes old (`Kept`).

    Cost: every alert is read once.
    """
    kept = _kept.setdefault(engine, Kept())
    return kept.get(lambda: _figures(engine, today), lambda: (today, *version(engine)))


def _figures(engine: Engine, today: date) -> Figures:
    found = Figures()
    places: set[tuple[str, ...]] = set()
    processes: set[str] = set()
    changed = and_(alert.c.decided_revision.is_not(None), alert.c.decided_revision != alert.c.revision)
    query = select(
        alert.c.id, alert.c.data_state, alert.c.review_status, alert.c.disposition, changed.label("changed"),
        alert.c.document,
    ).order_by(alert.c.id)  # fmt: skip
    last = ""
    while True:
        with reading(engine) as connection:
            rows = connection.execute(query.where(alert.c.id > last).limit(_PART)).all()
        for row in rows:
            told = _decode(row.document)
            month = told.raised_at[:7]
            standing, withdrawn = found.months.get(month, (0, 0))
            if row.data_state == "withdrawn":
                found.months[month] = (standing, withdrawn + 1)
                continue
            found.months[month] = (standing + 1, withdrawn)
            found.changed += bool(row.changed)
            _count(found, told, row.review_status, row.disposition, today)
            _money(found, told, places)
            processes.add(told.process)
        if len(rows) < _PART:
            break
        last = rows[-1].id
    found.processes = len(processes)
    return found


def _count(found: Figures, told: _Alert, status: str, disposition: str | None, today: date) -> None:
    found.states[status] = found.states.get(status, 0) + 1
    age = (today - date.fromisoformat(told.raised_at[:10])).days
    figures = found.rules.setdefault(told.rule, RuleFigures())
    figures.fresh += age <= 30
    if status == "closed":
        outcome = _OUTCOME.get(disposition or "", "managed")
        figures.outcomes[outcome] += 1
    else:
        figures.open += 1
        found.severities[told.severity] = found.severities.get(told.severity, 0) + 1
        _age(found, told, age)
    for path in told.paths:
        for edge in path:
            if edge.start not in found.events:
                found.events[edge.start] = (edge.event.source, edge.event.id)


def _age(found: Figures, told: _Alert, age: int) -> None:
    severity = told.severity
    step = next(at for at, (_, last) in enumerate(AGES) if last is None or age <= last)
    found.ages[(step, severity)] = found.ages.get((step, severity), 0) + 1
    if age > LIMITS.get(severity, age):
        found.late[severity] = found.late.get(severity, 0) + 1
    entry = (told.raised_at, told.id)
    found.oldest = entry if found.oldest is None else min(found.oldest, entry)


def _money(found: Figures, told: _Alert, places: set[tuple[str, ...]]) -> None:
    body = found.bodies.setdefault(told.buyer, Body()) if told.buyer else None
    if body is not None:
        body.alerts += 1
    for company in told.companies:
        number, held = found.companies.get(company, (0, {}))
        found.companies[company] = (number + 1, held)
    place = (told.process, *told.companies)
    if place in places:
        return
    places.add(place)
    if told.amount is None:
        return
    value, currency = Decimal(told.amount.amount), told.amount.currency
    _add(found.money, currency, value)
    if body is not None:
        _add(body.certain if told.certainty == "certain" else body.possible, currency, value)
    for company in told.companies:
        _add(found.companies[company][1], currency, value)


def _add(money: Money, currency: str, value: Decimal) -> None:
    money[currency] = money.get(currency, Decimal()) + value


def main_currency(money: Money) -> str | None:
    """The currency with most money in it; None: there is no money."""
    return max(money, key=lambda currency: (money[currency], currency)) if money else None


def richest(found: Figures, number: int) -> list[str]:
    """At most so many companies, those with most money under alert."""

    def money(company: str) -> Decimal:
        return max(found.companies[company][1].values(), default=Decimal())

    return nlargest(number, sorted(found.companies), key=money)


def by_group(found: Figures, groups: Mapping[str, str]) -> list[tuple[str, list[str], int, Money]]:
    """Groups of those companies that one controller stands behind (`groups`: company to controller): controller,
    companies, alerts, money; most money first."""
    members: dict[str, list[str]] = {}
    for company in groups:
        members.setdefault(groups[company], []).append(company)
    rows = []
    for controller, companies in members.items():
        money: Money = {}
        for company in companies:
            for currency, value in found.companies[company][1].items():
                _add(money, currency, value)
        rows.append((controller, sorted(companies), sum(found.companies[each][0] for each in companies), money))
    return sorted(rows, key=lambda row: (-max(row[3].values(), default=Decimal()), row[0]))


def quality(engine: Engine) -> dict[str, list[tuple[str, int]]]:
    """By source: quality issues and refusals by their code, the most frequent first."""
    issues = (
        select(event.c.source, quality_issue.c.code, func.count())
        .join(quality_issue, quality_issue.c.seq == event.c.seq)
        .group_by(event.c.source, quality_issue.c.code)
    )
    with reading(engine) as connection:
        rows: Iterable[Any] = connection.execute(issues).all()
        refused = connection.execute(
            select(quarantine.c.source, quarantine.c.code, func.count()).group_by(
                quarantine.c.source, quarantine.c.code
            )
        ).all()
    found: dict[str, list[tuple[str, int]]] = {}
    for source, code, number in (*rows, *refused):
        if source:
            found.setdefault(source, []).append((str(code), int(number)))
    return {source: sorted(each, key=lambda item: (-item[1], item[0])) for source, each in found.items()}
