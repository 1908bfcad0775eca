"""The queue: what to do next, why, and several at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from aiqyn.rules import catalogue, messages
from aiqyn.rules.pages import status_of
from aiqyn.services.http import paging
from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.pages.site import Visitor, render, spoken
from aiqyn.services.http.reader import Reader
from aiqyn.services.http.routes.alerts import Filters, place
from aiqyn.services.http.security import Caller
from aiqyn.services.reading import alerts as reading
from aiqyn.services.reading import counting, facets
from aiqyn.services.reading.repeats import repeats
from aiqyn.services.review import history, inbox
from aiqyn.services.store.alert_filter import AlertFilter

router = APIRouter(include_in_schema=False)
_SHOWN = 50
_COUNTED = 1000
"""Alerts up to which the money of a search is summed up."""
_AWAY = frozenset({"lang", "cursor", "notice", "action"})
"""Parameters that are no filter."""
_FACETS = (
    ("severity", "severity", ("critical", "high", "medium", "low", "info")),
    ("certainty", "certainty", ("certain", "possible")),
    ("identity", "identity", ("identifier", "corroborated", "decided", "unconfirmed")),
    ("reviewStatus", "review_status", ("open", "inReview", "closed")),
)
_FLAGS = ("changed", "retroactive", "managed", "suppressed")
_OPEN = (("reviewStatus", "open"), ("reviewStatus", "inReview"))
_SAVED: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("open", _OPEN),
    ("grave", (*_OPEN, ("severity", "critical"), ("severity", "high"))),
    ("mine", (("assignee", "me"), *_OPEN)),
    ("changed", (("changed", "true"),)),
    ("unsure", (*_OPEN, ("identity", "unconfirmed"))),
    ("suppressed", (("suppressed", "true"),)),
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
    action: str | None = None,
) -> Response:
    """What should I do next?"""
    spoken_lang = spoken(request)
    found = reading.listed(ctx.engine, filters.alert, filters.review, sort, place(cursor, sort), _SHOWN)
    sight = Reader(ctx, caller, spoken_lang)
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name not in _AWAY and value]
    more = repeats(ctx.engine, found.items) if not filters.review.suppressed else {}
    folded = {other["id"] for others in more.values() for other in others}
    rows = [each for each in found.items if each["id"] not in folded]
    figures = facets.figures(ctx.engine, filters.alert)
    total = figures.count(filters.alert, filters.review)
    following = None
    if found.after is not None:
        kept = [*pairs, ("lang", spoken_lang), ("cursor", paging.pack(*found.after))]
        following = f"/alerts?{urlencode(kept)}"
    return render(
        request,
        "queue.html",
        caller,
        "alerts",
        total=total,
        under_alert=_money(ctx, filters, total),
        rows=[_row(sight, each, more.get(each["id"], [])) for each in rows],
        shown=len(found.items),
        names=sight.names(found.items),
        saved=_saved(ctx, caller, pairs, spoken_lang),
        waiting=inbox.waiting(ctx.engine),
        facets=_facets(figures, filters),
        flags=_flags(figures, filters),
        chosen=_chosen(pairs),
        search=urlencode([pair for pair in pairs if pair[0] != "sort"]),
        rules=rules(spoken_lang),
        rule_counts=figures.counts(replace(filters.alert, rule=()), filters.review, "rule"),
        next=following,
        export=f"/v1/alerts?{urlencode([*pairs, ('format', 'csv-safe')])}",
        done=_undoable(ctx, caller, action),
    )


def rules(lang: str) -> list[dict[str, Any]]:
    """Every rule with its title."""
    known = lang if lang in messages.languages() else messages.DEFAULT
    return [
        {"id": rule.id, "title": messages.title(rule, known), "version": rule.version, "status": status_of(rule, known)}
        for rule in catalogue.load().values()
    ]


def age(instant: str) -> int:
    """Whole days since an instant of recording."""
    return (datetime.now(UTC).date() - date.fromisoformat(instant[:10])).days


def chain(alert: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The first way of an alert from the person through the interest to the company, a step an edge."""
    path = alert["paths"][0] if alert["paths"] else []
    edges = [edge for edge in path if edge["side"] == "interest"] or path
    return [{"from": edge["from"], "kind": edge["kind"], "to": edge["to"]} for edge in edges]


def _row(sight: Reader, alert: dict[str, Any], others: list[dict[str, Any]]) -> dict[str, Any]:
    shown = sight.alert(alert)
    return {
        "alert": shown,
        "chain": chain(shown),
        "age": age(alert["raisedAt"]),
        "repeats": [sight.alert(other) for other in others],
        "repeated": sums(other["amount"] for other in others),
    }


def sums(amounts: Iterable[Mapping[str, str] | None]) -> list[dict[str, str]]:
    """Amounts by currency."""
    totals: dict[str, Decimal] = {}
    for amount in amounts:
        if amount:
            totals[amount["currency"]] = totals.get(amount["currency"], Decimal()) + Decimal(amount["amount"])
    return [{"amount": format(total, "f"), "currency": currency} for currency, total in sorted(totals.items())]


def _money(ctx: Context, filters: Filters, total: int) -> list[dict[str, str]]:
    """The money under the alerts of a search, each company's in a process once; nothing where they are too many."""
    if not 0 < total <= _COUNTED:
        return []
    return counting.summed(ctx.engine, filters.alert, filters.review)


def _chosen(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _saved(ctx: Context, caller: Caller, pairs: list[tuple[str, str]], lang: str) -> list[dict[str, Any]]:
    here = {pair for pair in pairs if pair[0] != "sort"}
    figures = facets.figures(ctx.engine, AlertFilter())
    return [
        {
            "name": name,
            "href": f"/alerts?{urlencode([*query, ('lang', lang)])}",
            "here": here == set(query),
            "count": figures.count(*_wanted(query, caller)),
        }
        for name, query in _SAVED
    ]


def _wanted(query: Iterable[tuple[str, str]], caller: Caller) -> tuple[AlertFilter, reading.Review]:
    """A saved search as filters."""
    values = _chosen(list(query))
    alert = AlertFilter(
        review_status=tuple(values.get("reviewStatus", ())),
        severity=tuple(values.get("severity", ())),
        identity=tuple(values.get("identity", ())),
    )
    mine = (caller.name,) if "assignee" in values else ()
    return alert, reading.Review(mine, "suppressed" in values, True if "changed" in values else None)


def _facets(figures: facets.Facets, filters: Filters) -> list[dict[str, Any]]:
    """Each facet with how many alerts every value has under the other filters."""
    found = []
    for name, column, values in _FACETS:
        none: dict[str, Any] = {column: ()}
        others = replace(filters.alert, **none)
        found.append({"name": name, "values": values, "counts": figures.counts(others, filters.review, column)})
    return found


def _flags(figures: facets.Facets, filters: Filters) -> dict[str, int]:
    found = {}
    for name in _FLAGS:
        alert, review = filters.alert, filters.review
        if name == "changed":
            review = review._replace(changed=True)
        elif name == "suppressed":
            review = review._replace(suppressed=True)
        elif name == "managed":
            alert = replace(alert, managed=True)
        else:
            alert = replace(alert, retroactive=True)
        found[name] = figures.count(alert, review)
    return found


def _undoable(ctx: Context, caller: Caller, id: str | None) -> dict[str, Any] | None:
    """The action just taken, if the caller may still take it back."""
    found = history.proposal(ctx.engine, id)
    if found is None or found["by"] != caller.name or found["state"] not in ("done", "proposed"):
        return None
    return found if found["kind"] in ("assign", "decide", "suppress", "take") else None
