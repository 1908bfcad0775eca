"""The page of one alert."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from aiqyn.rules import messages
from aiqyn.schemas.days import iso, parse_optional_day
from aiqyn.services import moments
from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.pages.evidence import evidence
from aiqyn.services.http.pages.site import CaseReader, render, spoken
from aiqyn.services.http.problems import Problem, not_found
from aiqyn.services.http.reader import Reader
from aiqyn.services.http.routes.actions import linked
from aiqyn.services.http.routes.alerts import etag, explained, likes, revised
from aiqyn.services.http.security import Caller
from aiqyn.services.i18n.catalogue import text
from aiqyn.services.reading import alerts as reading
from aiqyn.services.review import attachments, history, inbox
from aiqyn.services.review.linked import INVOLVED, PLACED, RELATED
from aiqyn.services.store import reads

router = APIRouter(include_in_schema=False)
_SIMILAR = 6
_TOLD = ("severity", "certainty", "identity", "stage")
"""Members whose change between revisions is told with both values."""

_LINKS = {INVOLVED: "involved", RELATED: "related", PLACED: "placed"}


@router.get("/alerts/{id}")
def alert(
    request: Request,
    id: str,
    ctx: Ctx,
    caller: CaseReader,
    knownAt: Annotated[str | None, Query(max_length=40)] = None,
    lang: str | None = None,
    notice: str | None = None,
) -> Response:
    """What is it, is it sure, did they know?"""
    found = reading.one(ctx.engine, id)
    if found is None:
        raise not_found("there is no alert of this id")
    if knownAt is None:
        return page(request, ctx, caller, found)
    return _past(request, ctx, caller, found, knownAt)


def _past(request: Request, ctx: Context, caller: Caller, found: dict[str, Any], instant: str) -> Response:
    """The alert as the records showed it then; where they did not yet, that is said."""
    try:
        known = moments.parse_known_at(instant)
    except (ValueError, OverflowError):
        raise Problem(400, "parameter.invalid", f"knownAt: an instant or a day is wanted, not {instant!r}") from None
    past = reads.one(ctx.engine, found["id"], known)
    if past is None:
        return render(request, "unknown_then.html", caller, "alerts", id=found["id"], known_at=instant)
    return page(request, ctx, caller, {**past, "review": found["review"], "masked": []}, known_at=instant)


def page(
    request: Request, ctx: Context, caller: Caller, found: dict[str, Any], kept: str = "", known_at: str = ""
) -> Response:
    """The page of one alert; `kept` is a reason that somebody wrote before."""
    lang = spoken(request)
    known = lang if lang in messages.languages() else messages.DEFAULT
    sight = Reader(ctx, caller, lang)
    shown = sight.alert(found)
    names = sight.names([found])
    explanation = explained(ctx, caller, found, known)
    links = linked(ctx)(caller.person, [found]) if caller.person is not None else {}
    return render(
        request,
        "alert.html",
        caller,
        "alerts",
        alert=shown,
        names=names,
        explanation=explanation,
        proof=evidence(shown, explanation, names, lang),
        etag=etag(found),
        kept_reason=kept,
        known_at=known_at,
        award_day=_award_day(found),
        linked=_LINKS.get(links.get(found["id"], "")),
        checked=caller.person is not None,
        similar=likes(ctx, caller, found, lang)[:_SIMILAR],
        revisions=_revisions(ctx, caller, found["id"], lang),
        files=_files(ctx, caller, sight, found) if "review" in caller.scopes else [],
        history=history.entries(ctx.engine, found["id"], caller.name, "approve" in caller.scopes),
        proposal=history.proposal(ctx.engine, found["review"]["proposal"]),
        suppression=inbox.suppression_of(ctx.engine, found["review"]["suppressedBy"]),
    )


def _files(ctx: Context, caller: Caller, sight: Reader, found: dict[str, Any]) -> list[dict[str, Any]]:
    """The files of an alert, and whether the caller may open each here."""
    whole, listed = sight.opens(found), attachments.listed(ctx.engine, found["id"])
    return [{**each, "open": whole or each["by"] == caller.name} for each in listed]


def _award_day(alert: Mapping[str, Any]) -> str | None:
    span = parse_optional_day((alert.get("window") or [None, None])[1])
    return None if span is None else iso(span.last)


def _revisions(ctx: Context, caller: Caller, id: str, lang: str) -> list[dict[str, Any]]:
    """Every revision, newest first: the event that caused it and what it changed."""
    found = revised(ctx, caller, id, lang)
    before: Mapping[str, Any] | None = None
    rows = []
    for made in found:
        event = made["events"][0]
        changes = [] if before is None else list(_changes(before, made["alert"], lang))
        rows.append(
            {**made, "source": event["source"], "event": event["id"], "type": event["type"], "changes": changes}
        )
        before = made["alert"]
    return rows[::-1]


def _changes(before: Mapping[str, Any], after: Mapping[str, Any], lang: str) -> list[str]:
    told = [
        text("revisions.from_to", lang, what=text(f"field.{name}", lang), before=_value(name, before[name], lang),
             after=_value(name, after[name], lang))
        for name in _TOLD
        if before[name] != after[name]
    ]  # fmt: skip
    told += [
        text("revisions.other", lang, what=text(f"field.{name}", lang))
        for name in ("amount", "window", "paths", "companies", "dataState", "managed", "ruleVersion")
        if before[name] != after[name]
    ]
    return told


def _value(name: str, value: str | None, lang: str) -> str:
    if value is None:
        return "–"
    return text(f"stage_short.{value}" if name == "stage" else f"{name}.{value}", lang)
