"""Pages over everything: dashboard, rules, sources, the log, identity review, allocations."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from aiqyn.rules import messages
from aiqyn.services.http.context import Ctx
from aiqyn.services.http.pages.alerts import rules as titled
from aiqyn.services.http.pages.site import Visitor, link, render, spoken
from aiqyn.services.http.problems import Problem, not_found
from aiqyn.services.http.reader import Reader
from aiqyn.services.http.routes.rules import rules_of
from aiqyn.services.http.security import Caller
from aiqyn.services.i18n.catalogue import text
from aiqyn.services.reading import alerts as reading
from aiqyn.services.reading import overview
from aiqyn.services.store.alert_filter import AlertFilter

router = APIRouter(include_in_schema=False)
Lang = str | None
_EVERY = reading.Review(suppressed=None)


@router.get("/dashboard")
def dashboard(request: Request, ctx: Ctx, caller: Visitor, lang: Lang = None) -> Response:
    """Where is the money, are we late, can I trust the data?"""
    _may_read(caller)
    language = spoken(request)
    current = AlertFilter()
    states = reading.counts(ctx.engine, current, _EVERY, "review_status")
    by_rule = reading.counts(ctx.engine, current, _EVERY, "rule")
    by_severity = reading.counts(ctx.engine, current, _EVERY, "severity")
    reconciled = overview.reconciliation(ctx.engine)
    total = sum(states.values())
    tables = [
        _table("rule", by_rule, {name: link(language, f"/alerts?rule={name}") for name in by_rule}, {}),
        _table(
            "severity",
            by_severity,
            {name: link(language, f"/alerts?severity={name}") for name in by_severity},
            {name: text(f"severity.{name}", language) for name in by_severity},
        ),
        _table("review", states, {}, {name: text(f"reviewStatus.{name}", language) for name in states}),
    ]
    figures = [("events", reconciled["accepted"]), ("open", states.get("open", 0)), ("closed", states.get("closed", 0))]
    return render(
        request, "dashboard.html", caller, "dashboard", total=total, figures=figures, tables=tables, counts=reconciled,
        money_under_alert=overview.amounts_by_currency(ctx.engine),
    )  # fmt: skip


def _table(name: str, counts: dict[str, int], hrefs: dict[str, str], labels: dict[str, str]) -> dict[str, Any]:
    most = max(counts.values(), default=1)
    rows = [
        {"label": labels.get(key, key), "count": number, "part": number / most, "href": hrefs.get(key)}
        for key, number in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    return {"name": name, "rows": rows}


@router.get("/rules")
def rules(request: Request, ctx: Ctx, caller: Visitor, lang: Lang = None) -> Response:
    """Every rule with its alerts."""
    _may_read(caller)
    counts = reading.counts(ctx.engine, AlertFilter(), _EVERY, "rule")
    return render(request, "rules.html", caller, "rules", rules=titled(spoken(request)), counts=counts)


@router.get("/rules/{id}")
def rule(request: Request, id: str, ctx: Ctx, caller: Visitor, lang: Lang = None) -> Response:
    """When does it fire, and by which law?"""
    _may_read(caller)
    found = rules_of(ctx).get(id)
    if found is None:
        raise not_found(f"there is no rule {id!r}")
    language = spoken(request)
    known = language if language in messages.languages() else messages.DEFAULT
    shown = {"id": id, "title": messages.title(found, known), "version": found.version, "status": found.status}
    parameters = {name: str(value) for name, value in asdict(found.params).items()}
    count = reading.count(ctx.engine, AlertFilter(rule=(id,)), _EVERY)
    return render(request, "rule.html", caller, "rules", rule=shown, parameters=parameters, count=count, law=[])


@router.get("/sources")
def sources(request: Request, ctx: Ctx, caller: Visitor, lang: Lang = None) -> Response:
    """What came from whom, and how good it is."""
    _may_read(caller)
    return render(request, "sources.html", caller, "sources", sources=overview.sources(ctx.engine))


@router.get("/log")
def log(request: Request, ctx: Ctx, caller: Visitor, lang: Lang = None) -> Response:
    """The audit log."""
    leaves, size, note = overview.last_leaves(ctx.engine, 100)
    return render(request, "log.html", caller, "log", leaves=leaves, size=size, checkpoint=note)


@router.get("/allocations/{id:path}")
def allocation(request: Request, id: str, ctx: Ctx, caller: Visitor, lang: Lang = None) -> Response:
    """One process or allocation with its alerts."""
    _may_read(caller)
    reader = Reader(ctx, caller, spoken(request))
    found = reading.listed(ctx.engine, AlertFilter(ocid=(id,), withdrawn=True), _EVERY, "priority", None, 200).items
    if not found:
        raise not_found("no alert is about this allocation")
    items = [{"buyer": found[0]["buyer"], "companies": sorted({c for a in found for c in a["companies"]}),
              "amount": found[0]["amount"]}]  # fmt: skip
    return render(
        request, "allocation.html", caller, "", allocation={"id": id}, items=items,
        alerts=[reader.alert(alert) for alert in found], names=reader.names(found),
    )  # fmt: skip


def _may_read(caller: Caller) -> None:
    if "read" not in caller.scopes:
        raise Problem(403, "scope.missing", "this needs the scope read")
