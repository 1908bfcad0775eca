"""The figures of the dashboard, from indexes over the alerts: money by body, ageing, months, rules by outcome."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from heapq import nlargest
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, func, select

from aiqyn.rules.model import SEVERITIES
from aiqyn.services.reading import facets
from aiqyn.services.reading.facets import version
from aiqyn.services.reading.kept import Kept
from aiqyn.services.reading.places import Money, Tally, add, add_all, by_company, places
from aiqyn.services.store.alert_filter import AlertFilter
from aiqyn.services.store.alert_rows import indexed_entity
from aiqyn.services.store.database import reading
from aiqyn.services.store.errors import StoreError
from aiqyn.services.store.tables import alert, alert_entity, event, quality_issue, quarantine
from aiqyn.streams.moments import rfc3339

_log = logging.getLogger(__name__)
_DAY = 86_400_000_000  # microseconds
_EPOCH = date(1970, 1, 1)
_FRESH = 30
"""Days."""
MONTHS = 12
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
    """Of the last 12: standing, withdrawn since."""
    rules: dict[str, RuleFigures] = field(default_factory=dict)
    changed: int = 0
    companies: dict[str, Tally] = field(default_factory=dict)


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


def prepare(engine: Engine) -> None:
    """Make the figures now, so that nobody has to wait for them; trouble with the database is left to who asks."""
    try:
        figures(engine, datetime.now(UTC).date())
    except StoreError as error:
        _log.info("the figures were not made ahead: %s", error)


def _figures(engine: Engine, today: date) -> Figures:
    found = Figures()
    _mixtures(found, facets.figures(engine, AlertFilter()))
    with reading(engine) as connection:
        _months(connection, found, today)
        _ages(connection, found, today)
        _oldest(connection, found)
        _places(connection, found)
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


def _months(connection: Connection, found: Figures, today: date) -> None:
    last = today.year * 12 + today.month - 1
    withdrawn = func.count().filter(alert.c.data_state == "withdrawn")
    for month in range(last - MONTHS + 1, last + 1):
        first, end = date(month // 12, month % 12 + 1, 1), date((month + 1) // 12, (month + 1) % 12 + 1, 1)
        query = select(func.count(), withdrawn).where(*_raised(first, end))
        number, gone = connection.execute(query).one()
        found.months[f"{first:%Y-%m}"] = (number - gone, gone)


def _ages(connection: Connection, found: Figures, today: date) -> None:
    """By index ranges, not by a sort of everything."""
    waiting = (alert.c.data_state == "current", alert.c.review_status != "closed")
    numbers = [func.count().filter(alert.c.severity == each) for each in SEVERITIES]
    for step, (first, last) in enumerate(AGES):
        days = _raised(
            None if last is None else today - timedelta(days=last),
            None if step == 0 else today - timedelta(days=first - 1),
        )
        for severity, number in zip(
            SEVERITIES, connection.execute(select(*numbers).where(*days, *waiting)).one(), strict=True
        ):
            if number:
                found.ages[(step, severity)] = number
                if first > LIMITS.get(severity, first):
                    found.late[severity] = found.late.get(severity, 0) + number
    fresh = select(alert.c.rule, func.count()).where(alert.c.data_state == "current")
    since = _raised(today - timedelta(days=_FRESH), None)
    for rule, number in connection.execute(fresh.where(*since).group_by(alert.c.rule)):
        found.rules.setdefault(rule, RuleFigures()).fresh = number


def _raised(first: date | None, end: date | None) -> list[ColumnElement[bool]]:
    """Raised on the first day or later, and before the end."""
    found = [] if first is None else [alert.c.raised_at >= (first - _EPOCH).days * _DAY]
    return found if end is None else [*found, alert.c.raised_at < (end - _EPOCH).days * _DAY]


def _oldest(connection: Connection, found: Figures) -> None:
    query = select(alert.c.raised_at, alert.c.id).where(
        alert.c.data_state == "current", alert.c.review_status != "closed"
    )
    row = connection.execute(query.order_by(alert.c.raised_at, alert.c.id).limit(1)).first()
    found.oldest = None if row is None else (rfc3339(row.raised_at), row.id)


def _places(connection: Connection, found: Figures) -> None:
    """The money: certain where one of the alerts about it is."""
    sets: dict[str, Tally] = {}
    bodies = found.bodies
    last: tuple[str | None, str | None] = None, None
    place = _Place()
    current = [alert.c.data_state == "current"]
    for process, companies, buyer, currency, money, _, certainty in places(connection, [alert.c.certainty], current):
        if companies != last[1] or process != last[0]:
            place.settle(found)
            found.processes += process != last[0]
            last = process, companies
            tally = sets.get(companies)
            if tally is None:
                tally = sets[companies] = Tally()
            place = _Place(tally)
        place.tally.number += 1
        if buyer is not None:
            body = bodies.get(buyer)
            if body is None:
                body = bodies[buyer] = Body()
            body.alerts += 1
            place.body = place.body or body
        if place.money is None and money is not None:
            place.currency, place.money = currency, money
        if certainty == "certain":
            place.certain = True
    place.settle(found)
    found.companies = by_company(sets)


@dataclass(slots=True)
class _Place:
    """One set of companies in one process."""

    tally: Tally = field(default_factory=Tally)
    body: Body | None = None
    currency: str = ""
    money: str | None = None
    certain: bool = False

    def settle(self, found: Figures) -> None:
        """Its money goes into the sums."""
        if self.money is None:
            return
        value = Decimal(self.money)
        add(found.money, self.currency, value)
        add(self.tally.money, self.currency, value)
        if self.body is not None:
            add(self.body.certain if self.certain else self.body.possible, self.currency, value)


def main_currency(money: Money) -> str | None:
    """The currency with most money in it; None: there is no money."""
    return max(money, key=lambda currency: (money[currency], currency)) if money else None


def richest(found: Figures, number: int) -> list[str]:
    """At most so many companies, those with most money under alert."""

    def money(company: str) -> Decimal:
        return max(found.companies[company].money.values(), default=Decimal())

    return nlargest(number, sorted(found.companies), key=money)


def naming_events(engine: Engine, names: Iterable[str]) -> set[tuple[str, str]]:
    """Events, by source and id, that alerts cite about these bodies and companies: they may name them."""
    found: set[tuple[str, str]] = set()
    with reading(engine) as connection:
        for name in names:
            query = select(alert.c.document).join(alert_entity, alert_entity.c.alert == alert.c.id)
            text = connection.execute(query.where(alert_entity.c.entity == indexed_entity(name)).limit(1)).scalar()
            paths = _decode(text).paths if text is not None else []
            edges = [edge for path in paths for edge in path]
            # Where no edge ends in it, as a buyer whose supplier alone is the matter, any of the events may name it.
            cited = [edge.event for edge in edges if name in (edge.start, edge.end)] or [edge.event for edge in edges]
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
            add_all(money, found.companies[company].money)
        rows.append((controller, sorted(companies), sum(found.companies[each].number for each in companies), money))
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
