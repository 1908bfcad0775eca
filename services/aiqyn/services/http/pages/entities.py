"""Finding entities, and the page of one: who stands behind it, and what has it won?"""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.pages.money import Won, won
from aiqyn.services.http.pages.owners import bars, owners
from aiqyn.services.http.pages.queue import sums
from aiqyn.services.http.pages.site import Visitor, render, spoken
from aiqyn.services.http.parameters import Day, Search
from aiqyn.services.http.problems import Problem
from aiqyn.services.http.reader import Reader
from aiqyn.services.http.routes.entities import day_of, entity_of, masked_edges, matching, ownership_of
from aiqyn.services.http.security import Caller
from aiqyn.services.i18n import writing
from aiqyn.services.privacy.masking import office_holders
from aiqyn.services.reading import alerts as reading
from aiqyn.services.reading import graph
from aiqyn.services.reading.names import names_of
from aiqyn.services.reading.ownership_graph import OwnershipGraph, ownership_graph
from aiqyn.services.store.alert_filter import AlertFilter

router = APIRouter(include_in_schema=False)
_SHOWN = 200
_ALERTS = 100
Lang = str | None


@router.get("/entities")
def search(request: Request, ctx: Ctx, caller: Visitor, q: Search = None, lang: Lang = None) -> Response:
    """Find somebody by a public name."""
    may_read(caller)
    return render(request, "entities.html", caller, "entities", q=q or "", items=matching(ctx, caller, q or "", 50))


@router.get("/entities/{name}")
def entity(
    request: Request,
    name: str,
    ctx: Ctx,
    caller: Visitor,
    validAt: Day = None,
    lang: Lang = None,
) -> Response:
    """Who stands behind it, and what has it won?"""
    may_read(caller)
    language = spoken(request)
    reader = Reader(ctx, caller, language)
    id = reader.resolve(name)
    found = entity_of(ctx, caller, id)
    day = day_of(validAt, "validAt")
    listed = ctx.live.ask(graph.links(ctx.database.store, id, day if validAt else None, (), 0, _SHOWN))
    edges = listed.documents
    alerts = reading.listed(
        ctx.engine, AlertFilter(entity=(id,)), reading.Review(suppressed=None), "priority", None, _ALERTS
    ).items
    upstream = ctx.live.ask(ownership_graph(id, day)) if found["kind"] == "company" else None
    spent = won(ctx, id, found["kind"], language) if found["kind"] != "person" else None
    names = _names(ctx, reader, edges, alerts, upstream, spent)
    if found["name"] is None and found["kind"] != "person":
        found = {**found, "name": names.get(found["id"])}  # a name that only others' records give it
    return render(
        request,
        "entity.html",
        caller,
        "entities",
        entity=found,
        valid_at=validAt or "",
        today=date.fromordinal(day).isoformat(),
        links=_links(reader, edges, language),
        more_links=listed.total - len(edges),
        names=names,
        alerts=[reader.alert(alert) for alert in alerts],
        money_under_alert=sums(alert["amount"] for alert in alerts if alert["reviewStatus"] != "closed"),
        ownership=_ownership(ctx, reader, id, validAt) if upstream is not None else None,
        owners=None if upstream is None else owners(upstream, names, _ids(reader, upstream), language),
        won=spent,
        bars=bars,
    )


def may_read(caller: Caller) -> None:
    """Raises Problem 403 for those who may not."""
    if "read" not in caller.scopes:
        raise Problem(403, "scope.missing", "this needs the scope read")


def _ownership(ctx: Context, reader: Reader, id: str, day: str | None) -> dict[str, Any]:
    return ownership_of(ctx, reader, id, day, everyone=True)


def _ids(reader: Reader, upstream: OwnershipGraph) -> dict[str, str]:
    return {each.id: reader.of(each.id) for each in upstream.owners if each.kind == "person"}


def _links(reader: Reader, edges: list[dict[str, Any]], lang: str) -> list[dict[str, Any]]:
    return [
        {
            **edge,
            "valid_text": writing.span(edge["valid"], lang),
            "share_text": "" if not edge["share"] else writing.percent(
                (edge["share"]["min"], edge["share"]["max"]), lang
            ),
        }
        for edge in masked_edges(reader, edges)
    ]  # fmt: skip


def _names(
    ctx: Context,
    reader: Reader,
    edges: list[dict[str, Any]],
    alerts: list[dict[str, Any]],
    upstream: OwnershipGraph | None,
    spent: Won | None,
) -> dict[str, str]:
    """Names of companies and bodies, of office holders, and what the alerts open, by id and by handle."""
    holders = {edge["from"] for edge in edges if edge["kind"] == "holdsPost"}
    for alert in alerts:
        holders |= office_holders(alert)
    public = {edge[end] for edge in edges for end in ("from", "to") if edge[f"{end}Kind"] != "person"}
    if upstream is not None:
        public |= {upstream.company, *(each.id for each in upstream.owners if each.kind in ("company", "body"))}
    if spent is not None:
        public |= {party for row in spent.rows for party in row.parties}
    wanted = {name for name in public if reader.is_public(name)} | holders
    events = {(edge["event"]["source"], edge["event"]["id"]) for edge in edges}
    found = ctx.live.ask(names_of(ctx.database.store, sorted(wanted), events))
    return found | {reader.handles.of(name): label for name, label in found.items()} | reader.names(alerts)
