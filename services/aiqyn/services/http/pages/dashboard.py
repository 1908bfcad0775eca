"""Where is the money, are we late, can I trust the data?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import Response

from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.pages.entities import may_read
from aiqyn.services.http.pages.money import won
from aiqyn.services.http.pages.queue import rules as titled
from aiqyn.services.http.pages.queue import sums
from aiqyn.services.http.pages.site import Visitor, render, spoken, svg
from aiqyn.services.http.reader import Reader
from aiqyn.services.i18n.catalogue import text
from aiqyn.services.pictures.months import months as drawn
from aiqyn.services.privacy.masking import is_person
from aiqyn.services.reading import dashboard as reading
from aiqyn.services.reading import overview
from aiqyn.services.reading.counting import groups_of
from aiqyn.services.reading.dashboard import AGES, LIMITS, MONTHS, Figures
from aiqyn.services.reading.names import names_of
from aiqyn.services.reading.places import Money, amounts
from aiqyn.services.review import inbox

router = APIRouter(include_in_schema=False)
Lang = str | None
_BODIES, _GROUPS = 8, 8
_GROUPED = 500
"""Companies, those with most money under alert, whose controllers are looked for."""
_WEIGHED, _COMPANIES = 24, 20
"""Groups whose awards are summed up, and companies of each."""
_SEVERITIES = ("critical", "high", "medium", "low")


@router.get("/dashboard")
def dashboard(request: Request, ctx: Ctx, caller: Visitor, lang: Lang = None) -> Response:
    """Money under alert, the reconciliation, what is late, bodies, ageing, months, rules, groups, sources."""
    may_read(caller)
    language = spoken(request)
    today = datetime.now(UTC).date()
    found = reading.figures(ctx.engine, today)
    currency = reading.main_currency(found.money)
    sight = Reader(ctx, caller, language)
    groups = _groups(ctx, sight, found, language)
    bodies = _bodies(found, currency)
    return render(
        request,
        "dashboard.html",
        caller,
        "dashboard",
        found=found,
        today=today.isoformat(),
        total=amounts(found.money),
        counts=overview.reconciliation(ctx.engine),
        open=sum(found.severities.values()),
        late=sum(found.late.values()),
        limits=LIMITS,
        waiting=inbox.waiting(ctx.engine),
        bodies=bodies,
        ages=_ages(found),
        severities=_SEVERITIES,
        months=_months(found, today, language),
        rules=_rules(found, language),
        groups=groups,
        looked=min(len(found.companies), _GROUPED),
        most_each=_COMPANIES,
        sources=overview.sources(ctx.engine),
        issues=reading.quality(ctx.engine),
        names=_names(ctx, sight, bodies, groups),
    )


def _bodies(found: Figures, currency: str | None) -> dict[str, Any]:
    """The bodies with most money under alert; `rest`: the others together."""

    def of(money: Money) -> float:
        return float(money.get(currency or "", 0))

    ordered = sorted(found.bodies.items(), key=lambda item: (-of(item[1].certain) - of(item[1].possible), item[0]))
    most = max((of(body.certain) + of(body.possible) for _, body in ordered[:1]), default=0) or 1
    rows = [
        {
            "id": id,
            "alerts": body.alerts,
            "money": amounts(_added(body.certain, body.possible)),
            "certain": round(100 * of(body.certain) / most, 2),
            "possible": round(100 * of(body.possible) / most, 2),
        }
        for id, body in ordered[:_BODIES]
    ]
    rest = ordered[_BODIES:]
    others: Money = {}
    for _, body in rest:
        others = _added(others, body.certain, body.possible)
    return {"rows": rows, "rest": len(rest), "money": amounts(others), "alerts": sum(b.alerts for _, b in rest)}


def _added(*parts: Money) -> Money:
    whole: Money = {}
    for part in parts:
        for currency, value in part.items():
            whole[currency] = whole.get(currency, type(value)()) + value
    return whole


def _ages(found: Figures) -> list[dict[str, Any]]:
    most = max(found.ages.values(), default=1)
    return [
        {
            "first": first,
            "last": last,
            "cells": [
                {"severity": each, "count": found.ages.get((at, each), 0),
                 "part": round(100 * found.ages.get((at, each), 0) / most, 2)}
                for each in _SEVERITIES
            ],
        }
        for at, (first, last) in enumerate(AGES)
    ]  # fmt: skip


def _months(found: Figures, today: date, lang: str) -> Markup | None:
    last = today.year * 12 + today.month - 1
    keys = [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(last - MONTHS + 1, last + 1)]
    rows = [(text(f"month_short.{int(key[5:])}", lang), *found.months.get(key, (0, 0))) for key in keys]
    label = text("dashboard.by_month", lang) + ": " + ", ".join(f"{name} {a + b}" for name, a, b in rows)
    return svg(drawn(rows, label))


def _rules(found: Figures, lang: str) -> list[dict[str, Any]]:
    rows = []
    for rule in titled(lang):
        figures = found.rules.get(rule["id"])
        if figures is None:
            continue
        closed = sum(figures.outcomes.values())
        parts = {name: round(100 * number / closed, 2) if closed else 0 for name, number in figures.outcomes.items()}
        rows.append({**rule, "open": figures.open, "fresh": figures.fresh, "outcomes": figures.outcomes,
                     "closed": closed, "parts": parts})  # fmt: skip
    return sorted(rows, key=lambda row: (-row["open"], row["id"]))


def _groups(ctx: Context, reader: Reader, found: Figures, lang: str) -> list[dict[str, Any]]:
    """Companies under alert with one controller, a person, a body or one of them, by what they were awarded in all; a
    person stands as a handle."""
    controllers = ctx.live.ask(groups_of(reading.richest(found, _GROUPED)))
    rows: list[dict[str, Any]] = []
    for controller, companies, alerts, money in reading.by_group(found, controllers)[:_WEIGHED]:
        gained = [won(ctx, company, "company", lang) for company in companies[:_COMPANIES]]
        person = is_person(controller) or controller.startswith("REC:")
        rows.append(
            {
                "id": reader.handles.of(controller) if person else controller,
                "why": "person" if person else "company" if controller in companies else "body",
                "companies": companies,
                "awards": sum(each.won for each in gained),
                "awarded": sums(amount for each in gained for amount in each.sums),
                "alerts": alerts,
                "money": amounts(money),
            }
        )
    rows.sort(
        key=lambda row: (-max((Decimal(each["amount"]) for each in row["awarded"]), default=Decimal()), row["id"])
    )
    return rows[:_GROUPS]


def _names(ctx: Context, reader: Reader, bodies: dict[str, Any], groups: list[dict[str, Any]]) -> dict[str, str]:
    """What records call those whom the page shows."""
    shown = {row["id"] for row in bodies["rows"]} | {group["id"] for group in groups}
    shown |= {each for group in groups for each in group["companies"]}
    wanted = sorted(name for name in shown if reader.is_public(name))
    return ctx.live.ask(names_of(ctx.database.store, wanted, reading.naming_events(ctx.engine, wanted)))
