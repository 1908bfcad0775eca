"""The queue and the page of one alert."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from aiqyn.rules import catalogue, messages
from aiqyn.services import moments
from aiqyn.services.http import paging
from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.pages.site import Visitor, render, spoken, svg
from aiqyn.services.http.problems import not_found
from aiqyn.services.http.reader import Reader
from aiqyn.services.http.routes.alerts import Filters, etag, explained, likes
from aiqyn.services.http.security import Caller
from aiqyn.services.i18n import writing
from aiqyn.services.i18n.catalogue import text
from aiqyn.services.pictures import evidence_path, timeline
from aiqyn.services.privacy.masking import is_person
from aiqyn.services.reading import alerts as reading
from aiqyn.services.review import history

router = APIRouter(include_in_schema=False)
_SHOWN = 50
# Behind a name in a sentence: the headline reads better without; the table of facts has it.
_ID = re.compile(r" \((?:AIQYN|[A-Z]{2}-[A-Z]+):[^()\s]+\)")
_FACETS = (
    ("severity", "severity", ("critical", "high", "medium", "low", "info")),
    ("certainty", "certainty", ("certain", "possible")),
    ("identity", "identity", ("identifier", "corroborated", "decided", "unconfirmed")),
    ("reviewStatus", "reviewStatus", ("open", "inReview", "closed")),
)
_SAVED = (
    ("open", "reviewStatus=open&reviewStatus=inReview"),
    ("grave", "reviewStatus=open&reviewStatus=inReview&severity=critical&severity=high"),
    ("mine", "assignee=me"),
    ("changed", "changed=true"),
    ("suppressed", "suppressed=true"),
)


@router.get("/alerts")
def queue(
    request: Request,
    ctx: Ctx,
    caller: Visitor,
    filters: Annotated[Filters, Depends()],
    sort: Literal["priority", "-raisedAt", "-amount"] = "priority",
    cursor: str | None = None,
    lang: str | None = None,
    notice: str | None = None,
) -> Response:
    """What should I do next?"""
    spoken_lang = spoken(request)
    found = reading.listed(ctx.engine, filters.alert, filters.review, sort, paging.unpack(cursor, 2), _SHOWN)
    sight = Reader(ctx, caller, spoken(request))
    chosen = _chosen(request)
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name not in ("cursor", "notice")]
    following = None
    if found.after is not None:
        following = f"/alerts?{urlencode([*pairs, ('cursor', paging.pack(*found.after))])}"
    exported = [pair for pair in pairs if pair[0] != "lang" and pair[1]]
    return render(
        request,
        "queue.html",
        caller,
        "alerts",
        total=reading.count(ctx.engine, filters.alert, filters.review),
        alerts=[sight.alert(alert) for alert in found.items],
        names=sight.names(found.items),
        saved=_saved(request, spoken_lang),
        facets=[{"name": name, "prefix": prefix, "values": values} for name, prefix, values in _FACETS],
        chosen=chosen,
        rules=rules(spoken_lang),
        next=following,
        export=f"/v1/alerts?{urlencode([*exported, ('format', 'csv-safe')])}",
    )


def rules(lang: str) -> list[dict[str, Any]]:
    """Every rule with its title."""
    known = lang if lang in messages.languages() else messages.DEFAULT
    return [
        {"id": rule.id, "title": messages.title(rule, known), "version": rule.version, "status": rule.status}
        for rule in catalogue.load().values()
    ]


def _chosen(request: Request) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        if value and name not in ("lang", "cursor", "notice"):
            found.setdefault(name, []).append(value)
    return found


def _saved(request: Request, lang: str) -> list[tuple[str, str, bool]]:
    here = {
        (n, v) for n, v in request.query_params.multi_items() if n not in ("lang", "cursor", "sort", "notice") and v
    }
    return [
        (name, f"/alerts?{query}&lang={lang}", here == {tuple(pair.split("=")) for pair in query.split("&")})
        for name, query in _SAVED
    ]


@router.get("/alerts/{id}")
def alert(
    request: Request, id: str, ctx: Ctx, caller: Visitor, lang: str | None = None, notice: str | None = None
) -> Response:
    """What is it, is it sure, did they know?"""
    found = reading.one(ctx.engine, id)
    if found is None:
        raise not_found("there is no alert of this id")
    return page(request, ctx, caller, found)


def page(request: Request, ctx: Context, caller: Caller, found: dict[str, Any], kept: str = "") -> Response:
    """The page of one alert; `kept` is a reason that somebody wrote before."""
    lang = spoken(request)
    known = lang if lang in messages.languages() else messages.DEFAULT
    sight = Reader(ctx, caller, spoken(request))
    shown = sight.alert(found)
    names = sight.names([found])
    explanation = explained(ctx, caller, found, known)
    facts, lanes = _facts(shown, names, lang)
    return render(
        request,
        "alert.html",
        caller,
        "alerts",
        alert=shown,
        names=names,
        explanation=explanation,
        sentence=_ID.sub("", explanation["sentence"]).replace("[…]", text("mask.person", lang)),
        etag=etag(found),
        kept_reason=kept,
        picture=_picture(lanes, lang),
        timeline=_timeline(shown, facts, names, lang),
        facts=facts,
        sections=explanation["sections"][2:],
        similar=likes(ctx, caller, found)[:5],
        history=history.entries(ctx.engine, found["id"], caller.name, "approve" in caller.scopes),
        proposal=history.proposal(ctx.engine, found["review"]["proposal"]),
    )


def _facts(alert: dict[str, Any], names: dict[str, str], lang: str) -> tuple[list[dict[str, Any]], list[Any]]:
    """Every edge of the paths once, numbered as it first comes; and the lanes of the picture."""
    numbers: dict[tuple[Any, ...], int] = {}
    facts: list[dict[str, Any]] = []
    lanes: list[evidence_path.Lane] = []
    for path in alert["paths"]:
        for side in ("duty", "interest"):
            edges = [edge for edge in path if edge["side"] == side]
            for edge in edges:
                key = (side, edge["kind"], edge["from"], edge["to"], edge["event"]["source"], edge["event"]["id"])
                if key not in numbers:
                    numbers[key] = len(numbers) + 1
                    share = edge.get("share")
                    facts.append(
                        {
                            **edge,
                            "number": numbers[key],
                            "valid": writing.span(edge["valid"], lang),
                            "bounds": edge["valid"],
                            "share": writing.percent((share["min"], share["max"]), lang) if share else "",
                        }
                    )
            if edges:
                lanes.append(_lane(alert, side, edges, numbers, names, lang))
    unique = list({lane: None for lane in lanes})
    return facts, unique


def _lane(
    alert: dict[str, Any], side: Any, edges: list[Any], numbers: dict[Any, int], names: dict[str, str], lang: str
) -> evidence_path.Lane:
    nodes = [_node(alert, edges[0]["from"], names, lang)]
    drawn = []
    for edge in edges:
        nodes.append(_node(alert, edge["to"], names, lang))
        key = (side, edge["kind"], edge["from"], edge["to"], edge["event"]["source"], edge["event"]["id"])
        share = edge.get("share")
        what = text(f"edge.{edge['kind']}", lang)
        if share:
            what = f"{what} {writing.percent((share['min'], share['max']), lang)}"
        when = "" if edge["valid"] == [None, None] else writing.span(edge["valid"], lang)
        drawn.append(evidence_path.Edge(numbers[key], what, when, edge["certainty"] == "possible"))
    return evidence_path.Lane(side, tuple(nodes), tuple(drawn))


def _node(alert: dict[str, Any], name: str, names: dict[str, str], lang: str) -> evidence_path.Node:
    if name in (alert.get("ocid"), alert.get("allocation")):
        return evidence_path.Node(name, text("picture.contract", lang), name, "contract")
    label = names.get(name) or text("mask.name", lang)
    person = name in alert["persons"] or is_person(name) or name.startswith("AIQYN:")
    kind = "person" if person else "body" if name == alert.get("buyer") else "company"
    href = f"/entities/{name}?lang={lang}" if name.startswith("AIQYN:") or not person else None
    return evidence_path.Node(name, text(f"picture.{kind}", lang), label, "person" if person else "organisation", href)


def _picture(lanes: list[evidence_path.Lane], lang: str) -> Any:
    if not lanes or len({lane.nodes[-1].id for lane in lanes}) != 1 or len({lane.nodes[0].id for lane in lanes}) != 1:
        return _separately(lanes, lang)
    _, omitted = evidence_path.shown(lanes)
    words = _words(omitted, lang)
    return svg((evidence_path.wide(lanes, words) or "") + evidence_path.tall(lanes, words))


def _separately(lanes: list[evidence_path.Lane], lang: str) -> Any:
    """Ways that do not begin and end together (rules about pairs of companies): a picture each, at most four."""
    words = _words(0, lang)
    drawn = "".join((evidence_path.wide([lane], words) or "") + evidence_path.tall([lane], words) for lane in lanes[:4])
    return svg(drawn or None)


def _words(omitted: int, lang: str) -> evidence_path.Words:
    return evidence_path.Words(
        label=text("picture.label", lang),
        duty=text("picture.duty", lang),
        interest=text("picture.interest", lang),
        possible=text("picture.possible", lang),
        omitted=text("picture.omitted", lang, count=omitted) if omitted else "",
        above=text("picture.above", lang),
    )


def _timeline(alert: dict[str, Any], facts: list[dict[str, Any]], names: dict[str, str], lang: str) -> Any:
    if not alert.get("window") or not all(alert["window"]):
        return None
    window = (date.fromisoformat(alert["window"][0]), date.fromisoformat(alert["window"][1]))
    bars = [_bar(fact, window, names, lang) for fact in facts if fact["bounds"] != [None, None]]
    if not bars:
        return None
    first, last = (writing.day(day, lang) for day in alert["window"])
    words = timeline.Words(
        text("alert.when", lang),
        text("picture.window", lang, first=first, last=last),
        text("picture.award", lang, day=last),
        text("picture.recorded", lang),
    )
    return svg(timeline.draw(bars, window, [text(f"month.{n}", lang) for n in range(1, 13)], words))


def _bar(fact: dict[str, Any], window: tuple[date, date], names: dict[str, str], lang: str) -> timeline.Bar:
    start, end = (_whole_day(bound) for bound in fact["bounds"])
    recorded = date.fromisoformat(fact["recordedAt"][:10])
    what = f"{text('edge.' + fact['kind'], lang)} {fact['share']} {names.get(fact['to'], '')}".strip()
    return timeline.Bar(
        fact["number"], fact["side"], what, fact["valid"], start, end, fact["certainty"] == "certain", recorded,
        writing.day(fact["recordedAt"], lang), recorded > window[1],
    )  # fmt: skip


def _whole_day(bound: str | None) -> date | None:
    """The first day of a bound that may be a month or a year."""
    if bound is None:
        return None
    return date.fromisoformat(moments.parse_day((bound + "-01-01")[:10] if len(bound) < 10 else bound[:10]))
