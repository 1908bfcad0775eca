"""The figures of the dashboard, in one walk over the alerts: money by body, ageing, months, rules by outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, func, select

from aiqyn.services.reading import alerts as queue
from aiqyn.services.reading.counting import matching
from aiqyn.services.store.alert_filter import AlertFilter
from aiqyn.services.store.database import reading
from aiqyn.services.store.tables import event, quality_issue, quarantine

Document = Mapping[str, Any]
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


def figures(engine: Engine, today: date) -> Figures:
    """Cost: every alert is read once."""
    found = Figures()
    places: set[tuple[object, ...]] = set()
    every = matching(engine, AlertFilter(withdrawn=True), queue.Review(suppressed=None))
    processes: set[object] = set()
    for alert in every:
        month = alert["raisedAt"][:7]
        standing, withdrawn = found.months.get(month, (0, 0))
        if alert["dataState"] == "withdrawn":
            found.months[month] = (standing, withdrawn + 1)
            continue
        found.months[month] = (standing + 1, withdrawn)
        _count(found, alert, places, today)
        processes.add(alert.get("ocid") or alert.get("allocation") or alert["id"])
    found.processes = len(processes)
    return found


def _count(found: Figures, alert: Document, places: set[tuple[object, ...]], today: date) -> None:
    status, severity = alert["reviewStatus"], alert["severity"]
    found.states[status] = found.states.get(status, 0) + 1
    found.changed += bool(alert["review"]["changed"])
    age = (today - date.fromisoformat(alert["raisedAt"][:10])).days
    figures = found.rules.setdefault(alert["rule"], RuleFigures())
    figures.fresh += age <= 30
    if status == "closed":
        outcome = _OUTCOME.get(alert["disposition"] or "", "managed")
        figures.outcomes[outcome] += 1
    else:
        figures.open += 1
        found.severities[severity] = found.severities.get(severity, 0) + 1
        _age(found, alert, age)
    for edge in (edge for path in alert["paths"] for edge in path):
        found.events.setdefault(edge["from"], (edge["event"]["source"], edge["event"]["id"]))
    _money(found, alert, places)


def _age(found: Figures, alert: Document, age: int) -> None:
    severity = alert["severity"]
    step = next(at for at, (_, last) in enumerate(AGES) if last is None or age <= last)
    found.ages[(step, severity)] = found.ages.get((step, severity), 0) + 1
    if age > LIMITS.get(severity, age):
        found.late[severity] = found.late.get(severity, 0) + 1
    entry = (alert["raisedAt"], alert["id"])
    found.oldest = entry if found.oldest is None else min(found.oldest, entry)


def _money(found: Figures, alert: Document, places: set[tuple[object, ...]]) -> None:
    body = found.bodies.setdefault(alert["buyer"], Body()) if alert["buyer"] else None
    if body is not None:
        body.alerts += 1
    for company in alert["companies"]:
        number, held = found.companies.get(company, (0, {}))
        found.companies[company] = (number + 1, held)
    amount = alert.get("amount")
    place = (alert.get("ocid") or alert.get("allocation") or alert["id"], *alert["companies"])
    if place in places:
        return
    places.add(place)
    if not amount:
        return
    value, currency = Decimal(amount["amount"]), amount["currency"]
    _add(found.money, currency, value)
    if body is not None:
        _add(body.certain if alert["certainty"] == "certain" else body.possible, currency, value)
    for company in alert["companies"]:
        _add(found.companies[company][1], currency, value)


def _add(money: Money, currency: str, value: Decimal) -> None:
    money[currency] = money.get(currency, Decimal()) + value


def main_currency(money: Money) -> str | None:
    """The currency with most money in it; None: there is no money."""
    return max(money, key=lambda currency: (money[currency], currency)) if money else None


def by_group(found: Figures, groups: Mapping[str, str]) -> list[tuple[str, list[str], int, Money]]:
    """Groups of companies that one controller stands behind (`groups`: company to controller): controller, companies,
    alerts, money; most money first."""
    members: dict[str, list[str]] = {}
    for company in found.companies:
        members.setdefault(groups.get(company, company), []).append(company)
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
