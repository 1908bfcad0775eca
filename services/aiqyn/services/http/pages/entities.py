"""Entities and paths between them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.pages.site import Visitor, render, spoken
from aiqyn.services.http.problems import Problem
from aiqyn.services.http.reader import Reader
from aiqyn.services.http.routes.entities import entity_of, masked_edges, matching, ownership_of, paths
from aiqyn.services.http.security import Caller
from aiqyn.services.i18n import writing
from aiqyn.services.reading import alerts as reading
from aiqyn.services.reading import graph
from aiqyn.services.reading.names import names_of
from aiqyn.services.store.alert_filter import AlertFilter

router = APIRouter(include_in_schema=False)
_SHOWN = 200
Lang = str | None


@router.get("/entities")
def search(
    request: Request, ctx: Ctx, caller: Visitor, q: Annotated[str, Query(max_length=200)] = "", lang: Lang = None
) -> Response:
    """Find somebody by a public name."""
    _may_read(caller)
    return render(request, "entities.html", caller, "entities", q=q, items=matching(ctx, caller, q, 50))


@router.get("/entities/{name}")
def entity(
    request: Request,
    name: str,
    ctx: Ctx,
    caller: Visitor,
    validAt: Annotated[str | None, Query(max_length=10)] = None,
    lang: Lang = None,
) -> Response:
    """Who stands behind it, and what has it won?"""
    _may_read(caller)
    language = spoken(request)
    reader = Reader(ctx, caller, spoken(request))
    id = reader.resolve(name)
    found = entity_of(ctx, caller, id)
    edges = ctx.live.ask(graph.links(ctx.database.store, id, None))
    shown = masked_edges(reader.handles, edges[:_SHOWN])
    links = [
        {
            **edge,
            "valid_text": writing.span(edge["valid"], language),
            "share_text": _share(edge["share"], language),
        }
        for edge in shown
    ]
    alerts = reading.listed(
        ctx.engine, AlertFilter(entity=(id,)), reading.Review(suppressed=None), "priority", None, 100
    ).items
    ownership = None
    if found["kind"] == "company":
        ownership = ownership_of(ctx, reader, id, validAt, False)
    names = _names(ctx, caller, edges[:_SHOWN], alerts, reader)
    if ownership is not None:
        held = [holder["holder"] for holder in ownership["holders"] if not holder["holder"].startswith("AIQYN:")]
        names |= ctx.live.ask(names_of(ctx.database.store, held))
    allocations = {
        alert["ocid"] or alert["allocation"]: {"id": alert["ocid"] or alert["allocation"], "amount": alert["amount"]}
        for alert in alerts
        if alert["ocid"] or alert["allocation"]
    }
    return render(
        request, "entity.html", caller, "entities", entity=found, links=links, names=names, ownership=ownership,
        alerts=[reader.alert(alert) for alert in alerts], allocations=list(allocations.values()),
        more_links=max(0, len(edges) - _SHOWN),
    )  # fmt: skip


@router.get("/paths")
def between(
    request: Request,
    ctx: Ctx,
    caller: Visitor,
    from_: Annotated[str, Query(alias="from", max_length=300)] = "",
    to: Annotated[str, Query(max_length=300)] = "",
    lang: Lang = None,
) -> Response:
    """How two entities are connected."""
    _may_read(caller)
    ways: list[Any] | None = None
    complete, error = True, ""
    if from_ and to:
        try:
            answer = paths(ctx, caller, from_, to, 6, None)
            ways, complete = answer["paths"], answer["complete"]
        except Problem as problem:
            error = problem.detail
    ends = {edge[end] for way in ways or () for edge in way for end in ("from", "to")}
    names = ctx.live.ask(names_of(ctx.database.store, sorted(name for name in ends if not name.startswith("AIQYN:"))))
    return render(
        request, "paths.html", caller, "", start=from_, end=to, paths=ways, complete=complete, error=error, names=names
    )


def _names(
    ctx: Context, caller: Caller, edges: list[dict[str, Any]], alerts: list[dict[str, Any]], reader: Reader
) -> dict[str, str]:
    """Names of companies and bodies at the other ends, of office holders, and what the alerts open."""
    holders = {edge["from"] for edge in edges if edge["kind"] == "holdsPost"}
    public = {name for edge in edges for name in (edge["from"], edge["to"]) if reader.is_public(name)} | holders
    events = {(edge["event"]["source"], edge["event"]["id"]) for edge in edges}
    found = ctx.live.ask(names_of(ctx.database.store, sorted(public), events))
    return found | {reader.handles.of(name): label for name, label in found.items()} | reader.names(alerts)


def _share(share: dict[str, Any] | None, lang: str) -> str:
    return "" if not share else writing.percent((share["min"], share["max"]), lang)


def _may_read(caller: Caller) -> None:
    if "read" not in caller.scopes:
        raise Problem(403, "scope.missing", "this needs the scope read")
