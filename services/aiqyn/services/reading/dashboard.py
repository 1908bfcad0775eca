"""The figures of the dashboard, from indexes over the alerts: money by body, ageing, months, rules by outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from heapq import nlargest
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
from sqlalchemy import BigInteger, Connection, Engine, func, literal_column, select

from aiqyn.services.reading import facets
from aiqyn.services.reading.facets import version
from aiqyn.services.reading.kept import Kept
from aiqyn.services.reading.places import Money, Place, add, places
from aiqyn.services.store.alert_filter import AlertFilter
from aiqyn.services.store.database import reading
from aiqyn.services.store.tables import alert, alert_entity, event, quality_issue, quarantine
from aiqyn.streams.moments import rfc3339

_DAY = 86_400_000_000  # microseconds
_EPOCH = date(1970, 1, 1)
_FRESH = 30
"""Days."""
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


class _Event(msgspec.Struct):
    source: str
    id: str | None


class _Edge(msgspec.Struct, rename={"start": "from", "end": "to"}):
    start: str
    end: str
    event: _Event


class _Alert(msgspec.Struct):
    """Who and what is cited in an alert's document: the rest is not decoded."""

    paths: list[list[_Edge]]


_decode = msgspec.json.Decoder(_Alert).decode
_kept: WeakKeyDictionary[Engine, Kept[Figures]] = WeakKeyDictionary()


def figures(engine: Engine, today: date) -> Figures:
    """Of the alerts as they stand; where there are very many, they may be some minutes old (`Kept`).

    Cost: two indexes are read once; no document.
    """
    kept = _kept.setdefault(engine, Kept())
    return kept.get(lambda: _figures(engine, today), lambda: (today, *version(engine)))


def _figures(engine: Engine, today: date) -> Figures:
    found = Figures()
    _mixtures(found, facets.figures(engine, AlertFilter()))
    with reading(engine) as connection:
        _days(connection, found, today)
        _oldest(connection, found)
        columns = (alert.c.buyer, alert.c.certainty)
        for place in places(connection, columns, [alert.c.data_state == "current"]):
            _place(found, place)
    return found


def _mixtures(found: Figures, counted: facets.Facets) -> None:
    for values, number, changed in counted.current():
        status, rule = values["review_status"], found.rules.setdefault(values["rule"], RuleFigures())
        found.states[status] = found.states.get(status, 0) + number
        found.changed += number if changed else 0
        if status == "closed":
            rule.outcomes[_OUTCOME.get(values["disposition"] or "", "managed")] += number
        else:
            rule.open += number
            found.severities[values["severity"]] = found.severities.get(values["severity"], 0) + number


def _days(connection: Connection, found: Figures, today: date) -> None:
    """What goes by the day on which an alert was raised."""
    day = (alert.c.raised_at // literal_column(str(_DAY), BigInteger)).label("day")
    columns = (day, alert.c.data_state, alert.c.review_status, alert.c.severity, alert.c.rule)
    for since, state, status, severity, rule, number in connection.execute(
        select(*columns, func.count()).group_by(*columns)
    ):
        raised = _EPOCH + timedelta(days=int(since))
        month = f"{raised:%Y-%m}"
        standing, withdrawn = found.months.get(month, (0, 0))
        if state == "withdrawn":
            found.months[month] = (standing, withdrawn + number)
            continue
        found.months[month] = (standing + number, withdrawn)
        age = (today - raised).days
        found.rules.setdefault(rule, RuleFigures()).fresh += number if age <= _FRESH else 0
        if status != "closed":
            step = next(at for at, (_, last) in enumerate(AGES) if last is None or age <= last)
            found.ages[(step, severity)] = found.ages.get((step, severity), 0) + number
            if age > LIMITS.get(severity, age):
                found.late[severity] = found.late.get(severity, 0) + number


def _oldest(connection: Connection, found: Figures) -> None:
    query = select(alert.c.raised_at, alert.c.id).where(
        alert.c.data_state == "current", alert.c.review_status != "closed"
    )
    row = connection.execute(query.order_by(alert.c.raised_at, alert.c.id).limit(1)).first()
    found.oldest = None if row is None else (rfc3339(row.raised_at), row.id)


def _place(found: Figures, place: Place) -> None:
    found.processes += place.opens
    certain = False
    for buyer, certainty in place.alerts:
        certain = certain or certainty == "certain"
        if buyer:
            found.bodies.setdefault(buyer, Body()).alerts += 1
    for company in place.companies:
        number, held = found.companies.get(company, (0, {}))
        found.companies[company] = (number + len(place.alerts), held)
        if place.amount is not None:
            add(held, *place.amount)
    if place.amount is None:
        return
    add(found.money, *place.amount)
    buyer = place.alerts[0][0]
    if buyer:
        body = found.bodies[buyer]
        add(body.certain if certain else body.possible, *place.amount)


def main_currency(money: Money) -> str | None:
    """The currency with most money in it; None: there is no money."""
    return max(money, key=lambda currency: (money[currency], currency)) if money else None


def richest(found: Figures, number: int) -> list[str]:
    """At most so many companies, those with most money under alert."""

    def money(company: str) -> Decimal:
        return max(found.companies[company][1].values(), default=Decimal())

    return nlargest(number, sorted(found.companies), key=money)


def naming_events(engine: Engine, names: Iterable[str]) -> set[tuple[str, str]]:
    """Events, by source and id, that alerts cite about these bodies and companies: they may name them."""
    found: set[tuple[str, str]] = set()
    with reading(engine) as connection:
        for name in names:
            query = select(alert.c.document).join(alert_entity, alert_entity.c.alert == alert.c.id)
            text = connection.execute(query.where(alert_entity.c.entity == name).limit(1)).scalar()
            paths = _decode(text).paths if text is not None else []
            cited = [edge.event for path in paths for edge in path if name in (edge.start, edge.end)]
            found.update((each.source, each.id) for each in cited if each.id is not None)
    return found


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
                add(money, currency, value)
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
