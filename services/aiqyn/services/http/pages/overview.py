"""Rules and sources."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from aiqyn.rules import messages
from aiqyn.rules.pages import page as written
from aiqyn.rules.pages import status_of
from aiqyn.services.http.context import Ctx
from aiqyn.services.http.pages.entities import may_read
from aiqyn.services.http.pages.markdown import html
from aiqyn.services.http.pages.queue import rules as titled
from aiqyn.services.http.pages.site import Visitor, render, spoken
from aiqyn.services.http.problems import not_found
from aiqyn.services.http.routes.rules import rules_of
from aiqyn.services.reading import alerts as reading
from aiqyn.services.reading import dashboard, overview
from aiqyn.services.store.alert_filter import AlertFilter

router = APIRouter(include_in_schema=False)
Lang = str | None
_EVERY = reading.Review(suppressed=None)
_FALSE = ("falseMatch", "notMaterial")


@router.get("/rules")
def rules(request: Request, ctx: Ctx, caller: Visitor, lang: Lang = None) -> Response:
    """Every rule with its alerts."""
    may_read(caller)
    every = reading.counts(ctx.engine, AlertFilter(), _EVERY, "rule")
    waiting = reading.counts(ctx.engine, AlertFilter(review_status=("open", "inReview")), _EVERY, "rule")
    language = spoken(request)
    listed = [{**each, "why": messages.text(f"{each['id']}.why", language)} for each in titled(language)]
    return render(request, "rules.html", caller, "rules", rules=listed, counts=every, waiting=waiting)


@router.get("/rules/{id}")
def rule(request: Request, id: str, ctx: Ctx, caller: Visitor, lang: Lang = None) -> Response:
    """When does it fire, by which law, how often is it wrong?"""
    may_read(caller)
    found = rules_of(ctx).get(id)
    if found is None:
        raise not_found(f"there is no rule {id!r}")
    language = spoken(request)
    known = language if language in messages.languages() else messages.DEFAULT
    dispositions = reading.counts(ctx.engine, AlertFilter(rule=(id,), review_status=("closed",)), _EVERY, "disposition")
    states = reading.counts(ctx.engine, AlertFilter(rule=(id,)), _EVERY, "review_status")
    listed = sorted(rules_of(ctx))
    place = listed.index(id)
    return render(
        request,
        "rule.html",
        caller,
        "rules",
        rule={
            "id": id,
            "title": messages.title(found, known),
            "version": found.version,
            "status": status_of(found, known),
        },
        body=html(written(found, known, generated=False)),
        profile=ctx.database.profile,
        open=states.get("open", 0) + states.get("inReview", 0),
        closed=states.get("closed", 0),
        confirmed=dispositions.get("confirmed", 0),
        wrong=sum(dispositions.get(name, 0) for name in _FALSE),
        before=listed[place - 1] if place else None,
        after=listed[place + 1] if place + 1 < len(listed) else None,
    )


@router.get("/sources")
def sources(request: Request, ctx: Ctx, caller: Visitor, lang: Lang = None) -> Response:
    """What came from whom, and how good it is."""
    may_read(caller)
    return render(
        request, "sources.html", caller, "sources", sources=overview.sources(ctx.engine),
        issues=dashboard.quality(ctx.engine), counts=overview.reconciliation(ctx.engine),
    )  # fmt: skip
