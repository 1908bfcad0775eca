"""Rules, sources, the log, allocations."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from aiqyn.rules import messages
from aiqyn.rules.pages import page as written
from aiqyn.services.http.context import Ctx
from aiqyn.services.http.pages.entities import may_read
from aiqyn.services.http.pages.markdown import html
from aiqyn.services.http.pages.queue import rules as titled
from aiqyn.services.http.pages.site import Visitor, render, spoken
from aiqyn.services.http.problems import not_found
from aiqyn.services.http.reader import Reader
from aiqyn.services.http.routes.allocations import masked
from aiqyn.services.http.routes.rules import rules_of
from aiqyn.services.i18n import writing
from aiqyn.services.reading import alerts as reading
from aiqyn.services.reading import dashboard, overview
from aiqyn.services.reading.allocations import AllocationFilter, allocations
from aiqyn.services.reading.names import names_of
from aiqyn.services.reading.schemes import persons_among
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
    return render(request, "rules.html", caller, "rules", rules=titled(spoken(request)), counts=every, waiting=waiting)


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
        rule={"id": id, "title": messages.title(found, known), "version": found.version, "status": found.status},
        body=html(written(found, known)),
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


@router.get("/log")
def log(request: Request, ctx: Ctx, caller: Visitor, lang: Lang = None) -> Response:
    """The audit log."""
    leaves, size, note = overview.last_leaves(ctx.engine, 100)
    return render(request, "log.html", caller, "log", leaves=leaves, size=size, checkpoint=note)


@router.get("/allocations/{id:path}")
def allocation(request: Request, id: str, ctx: Ctx, caller: Visitor, lang: Lang = None) -> Response:
    """One process or allocation: who took part, who won, what the alerts are."""
    may_read(caller)
    language = spoken(request)
    reader = Reader(ctx, caller, language)
    documents = ctx.live.ask(allocations(AllocationFilter(ocid=(id,)), None, 1))
    about = reading.listed(ctx.engine, AlertFilter(ocid=(id,), withdrawn=True), _EVERY, "priority", None, 200).items
    if not documents and not about:
        raise not_found("no record names this allocation")
    people = ctx.live.ask(persons_among({each["company"] for one in documents for each in one["companies"]}))
    document = masked(documents[0], reader.handles, people) if documents else None
    parties = [_party(party, language) for party in document["companies"]] if document else []
    named = {party["company"] for party in parties} | ({document["buyer"]} if document and document["buyer"] else set())
    public = sorted(name for name in named if reader.is_public(name))
    return render(
        request,
        "allocation.html",
        caller,
        "",
        id=id,
        allocation=document,
        parties=parties,
        alerts=[reader.alert(alert) for alert in about],
        names=ctx.live.ask(names_of(ctx.database.store, public)) | reader.names(about),
    )


def _party(party: dict[str, Any], lang: str) -> dict[str, Any]:
    first, last = party["window"] or (None, None)
    return {**party, "when": f"{writing.day(first, lang)} – {writing.day(last, lang)}"}
