"""The evidence of an alert for its page: facts in words with their numbers, the picture of the ways, the timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from markupsafe import Markup

from aiqyn.schemas.days import DaySpan, parse_optional_day
from aiqyn.services.http.pages.site import svg
from aiqyn.services.i18n import writing
from aiqyn.services.i18n.catalogue import text
from aiqyn.services.pictures import evidence_tall, evidence_wide, timeline
from aiqyn.services.pictures.canvas import Kind, Node
from aiqyn.services.pictures.lanes import Edge, Lane, Words, shown
from aiqyn.services.privacy.handles import PREFIX
from aiqyn.services.privacy.masking import is_person

Document = Mapping[str, Any]
Key = tuple[str, str, str, str, str | None]
_APART_MOST = 4
"""Pictures of ways that do not begin and end together."""
_PUBLISHED = frozenset({"buys", "grants", "bids", "wins", "receives"})
"""Edges of the allocation itself: published after the award, which says nothing about who knew."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the page shows as proof."""

    facts: list[dict[str, Any]]
    """Edges of the paths, each once, with `number`, `text`, `apart`, `short`, `in_force`, `late`, `decisive`."""
    picture: Markup | None
    ways_omitted: int
    timeline: Markup | None
    together: str
    known: list[dict[str, Any]]
    """Facts about people and companies: which were on record on the award day."""
    spare: list[dict[str, str]]
    """Decisive events that no path cites."""


def evidence(alert: Document, explanation: Document, names: Mapping[str, str], lang: str) -> Evidence:
    """Put together from the alert and its explanation, both as the reader may see them."""
    facts = _facts(alert, explanation, lang)
    lanes = _lanes(alert, {key(fact): fact for fact in facts}, names, lang)
    picture, omitted = _picture(lanes, lang)
    drawn, together = _timeline(alert, facts, names, lang)
    cited = {(fact["event"]["source"], fact["event"]["id"]) for fact in facts}
    return Evidence(
        facts, picture, omitted, drawn, together,
        [fact for fact in facts if fact["kind"] not in _PUBLISHED],
        [event for event in explanation["decisive"] if (event["source"], event["id"]) not in cited],
    )  # fmt: skip


def key(edge: Document) -> Key:
    """What makes two edges one fact."""
    return edge["kind"], edge["from"], edge["to"], edge["event"]["source"], edge["event"]["id"]


def _facts(alert: Document, explanation: Document, lang: str) -> list[dict[str, Any]]:
    decisive = {(event["source"], event["id"]) for event in explanation["decisive"]}
    last = _last_day(alert)
    found: dict[Key, dict[str, Any]] = {}
    for path in alert["paths"]:
        for edge in path:
            number = len(found) + 1
            if key(edge) in found or number > len(explanation["facts"]):
                continue
            told = explanation["facts"][number - 1]
            recorded = date.fromisoformat(edge["recordedAt"][:10])
            found[key(edge)] = {
                **edge,
                "number": number,
                "text": told["text"],
                "apart": told["apart"],
                "short": _short(edge, told["brief"], lang),
                "in_force": "" if edge["valid"] == [None, None] else writing.span(edge["valid"], lang),
                "late": last is not None and recorded > last,
                "decisive": (edge["event"]["source"], edge["event"]["id"]) in decisive,
            }
    return list(found.values())


def share(edge: Document, lang: str) -> str:
    """The stated share of an edge; empty where it has none."""
    stated = edge.get("share")
    return writing.percent((stated["min"], stated["max"]), lang) if stated else ""


def _last_day(alert: Document) -> date | None:
    span = parse_optional_day((alert.get("window") or [None, None])[1] or "")
    return date.fromordinal(span.last) if span is not None else None


def _lanes(alert: Document, facts: Mapping[Key, Document], names: Mapping[str, str], lang: str) -> list[Lane]:
    found: dict[Lane, None] = {}
    for path in alert["paths"]:
        sides: tuple[Literal["duty", "interest"], ...] = ("duty", "interest")
        for side in sides:
            edges = [edge for edge in path if edge["side"] == side and key(edge) in facts]
            if edges:
                nodes = [node(alert, edges[0]["from"], names, lang)]
                nodes += [node(alert, edge["to"], names, lang) for edge in edges]
                drawn = tuple(_edge(facts[key(edge)], lang) for edge in edges)
                found[Lane(side, tuple(nodes), drawn)] = None
    return list(found)


def _edge(fact: Document, lang: str) -> Edge:
    when = "" if fact["valid"] == [None, None] else writing.short_span(fact["valid"], lang)
    return Edge(fact["number"], fact["short"], when, fact["certainty"] == "certain")


def _short(edge: Document, brief: str, lang: str) -> str:
    """What the edge is in a few words: the role or tie where the record states one, else its kind; with the share."""
    return " ".join(filter(None, (brief or text(f"edge_short.{edge['kind']}", lang), share(edge, lang))))


def node(alert: Document, name: str, names: Mapping[str, str], lang: str) -> Node:
    """The box of somebody or something on a path, under what it is in this alert."""
    if name in (alert.get("ocid"), alert.get("allocation")):
        amount = writing.money(alert.get("amount"), lang) if alert.get("amount") else ""
        stage = text(f"stage_short.{alert['stage']}", lang) if alert.get("stage") else text("picture.contract", lang)
        return Node(name, "contract", stage, name, (amount,) if amount else (), f"/allocations/{name}?lang={lang}")
    kind, caption = _role(alert, name, lang)
    label = names.get(name) or text("mask.name", lang)
    known = name.startswith(PREFIX) or kind != "person"
    return Node(name, kind, caption, label, (), f"/entities/{name}?lang={lang}" if known else None)


def _role(alert: Document, name: str, lang: str) -> tuple[Kind, str]:
    persons = alert["persons"]
    if name == alert.get("buyer"):
        return "body", text("picture.buyer", lang)
    if name in alert["companies"]:
        return "company", text("picture.supplier", lang)
    if name in persons or is_person(name) or name.startswith((PREFIX, "REC:")):
        in_office = any(
            edge["side"] == "duty" and edge["from"] == name and edge["kind"] in ("holdsPost", "namedIn")
            for path in alert["paths"]
            for edge in path
        )
        return "person", text("picture.official" if in_office else "picture.person", lang)
    bodies = {edge["to"] for path in alert["paths"] for edge in path if edge["kind"] == "holdsPost"}
    bodies |= {
        edge[end] for path in alert["paths"] for edge in path if edge["kind"] == "parentBody" for end in ("from", "to")
    }
    return ("body", text("picture.body", lang)) if name in bodies else ("company", text("picture.company", lang))


def _picture(lanes: Sequence[Lane], lang: str) -> tuple[Markup | None, int]:
    words = Words(
        text("picture.label", lang), text("picture.duty", lang), text("picture.interest", lang),
        text("picture.possible", lang), text("picture.above", lang),
    )  # fmt: skip
    if not lanes:
        return None, 0
    ends = {(lane.nodes[0].id, lane.nodes[-1].id) for lane in lanes}
    groups = [list(lanes)] if len(ends) == 1 else [[lane] for lane in lanes[:_APART_MOST]]
    omitted = 0 if len(ends) == 1 else len(lanes) - len(groups)
    parts = []
    for group in groups:
        drawn, left = shown(group)
        omitted += left
        parts.append(evidence_wide.draw(drawn, words).svg("wide", words.label))
        parts.append(evidence_tall.draw(drawn, words).svg("tall", words.label))
    return svg("".join(parts)), omitted


def _timeline(
    alert: Document, facts: Sequence[dict[str, Any]], names: Mapping[str, str], lang: str
) -> tuple[Markup | None, str]:
    spans = [parse_optional_day(bound or "") for bound in alert.get("window") or (None, None)]
    bars = [_bar(fact, names, lang) for fact in facts if fact["valid"] != [None, None]]
    if not bars or spans[0] is None or spans[1] is None:
        return None, ""
    window = (date.fromordinal(spans[0].first), date.fromordinal(spans[1].last) + timedelta(days=1))
    said = together(bars, window, lang)
    first, last = (writing.day(day, lang) for day in alert["window"])
    words = timeline.Words(
        text("alert.when", lang),
        text("picture.window", lang, first=first, last=last),
        said,
        text("picture.award", lang, day=last),
        text("picture.recorded", lang),
    )
    months = writing.months(lang)
    drawn = (
        timeline.wide(bars, window, months, words).svg("wide", f"{words.label}: {words.window}. {said}"),
        timeline.tall(bars, window, months, words).svg("tall", f"{words.label}: {words.window}. {said}"),
    )
    return svg("".join(drawn)), said


def together(bars: Sequence[timeline.Bar], window: tuple[date, date], lang: str) -> str:
    """On how many days of the window everything shown was in force."""
    total = (window[1] - window[0]).days
    least, most = timeline.sure(bars, window), timeline.perhaps(bars, window)
    low, high = ((days[1] - days[0]).days if days else 0 for days in (least, most))
    if low == high:
        return text("picture.together", lang, days=low, total=total)
    return text("picture.together_between", lang, low=low, high=high, total=total)


def _bar(fact: Document, names: Mapping[str, str], lang: str) -> timeline.Bar:
    start, end = fact["valid"]
    first, last = parse_optional_day(start or ""), parse_optional_day(end or "")
    label = ": ".join(filter(None, (fact["short"], names.get(fact["to"]))))
    apart = f": {fact['apart']}" if fact["late"] and fact["apart"] else ""
    return timeline.Bar(
        fact["number"], fact["side"], label, fact["in_force"], _days(first), _days(last),
        date.fromisoformat(fact["recordedAt"][:10]), writing.day(fact["recordedAt"], lang) + apart, fact["late"],
    )  # fmt: skip


def _days(span: DaySpan | None) -> tuple[date, date] | None:
    return None if span is None else (date.fromordinal(span.first), date.fromordinal(span.last))
