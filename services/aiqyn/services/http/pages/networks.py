"""What is near an entity, and how two are connected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.pages.browser import script
from aiqyn.services.http.pages.entities import may_read
from aiqyn.services.http.pages.site import Visitor, render, spoken
from aiqyn.services.http.parameters import Day, Hops, MaxHops, Name, Start
from aiqyn.services.http.problems import Problem
from aiqyn.services.http.reader import Reader
from aiqyn.services.http.routes.entities import day_of, entity_of, masked_edges, paths
from aiqyn.services.i18n import writing
from aiqyn.services.i18n.catalogue import text
from aiqyn.services.reading import graph
from aiqyn.services.reading.names import names_of

router = APIRouter(include_in_schema=False)
_ROWS = 200
"""Links listed in the table."""
Lang = str | None


@router.get("/network/{name}")
def network(
    request: Request, name: str, ctx: Ctx, caller: Visitor, hops: Hops = 1, validAt: Day = None, lang: Lang = None
) -> Response:
    """Whom is it connected with?"""
    may_read(caller)
    language = spoken(request)
    reader = Reader(ctx, caller, language)
    id = reader.resolve(name)
    found = entity_of(ctx, caller, id)
    around = _around(ctx, reader, id, hops, validAt, language)
    return render(
        request,
        "network.html",
        caller,
        "entities",
        entity=found,
        hops=hops,
        valid_at=validAt or "",
        nodes=around["nodes"],
        edges=around["edges"][:_ROWS],
        more=max(0, len(around["edges"]) - _ROWS),
        omitted=around["omitted"],
        most=graph.MOST_NODES,
        names={node["id"]: node["name"] for node in around["nodes"] if node["name"]},
        library=script("cytoscape.min.js"),
    )


@router.get("/network/{name}/near.json")
def near(
    request: Request, name: str, ctx: Ctx, caller: Visitor, hops: Hops = 1, validAt: Day = None, lang: Lang = None
) -> dict[str, Any]:
    """The same for the graph in the browser: `{"nodes":[{"id","kind","name"}],"edges":[...],"omitted"}`."""
    may_read(caller)
    language = spoken(request)
    reader = Reader(ctx, caller, language)
    return _around(ctx, reader, reader.resolve(name), hops, validAt, language)


@router.get("/paths")
def between(
    request: Request,
    ctx: Ctx,
    caller: Visitor,
    from_: Start = "",
    to: Name = "",
    validAt: Day = None,
    maxHops: MaxHops = 6,
    lang: Lang = None,
) -> Response:
    """How are two entities connected?"""
    may_read(caller)
    ways: list[Any] | None = None
    complete, error = True, ""
    if from_ and to:
        try:
            answer = paths(ctx, caller, from_, to, maxHops, validAt)
            ways, complete = answer["paths"], answer["complete"]
        except Problem as problem:
            error = text("paths.unknown", spoken(request)) if problem.status == 404 else problem.detail
    steps = [edge for way in ways or () for edge in way]
    return render(
        request,
        "paths.html",
        caller,
        "entities",
        start=from_,
        end=to,
        valid_at=validAt or "",
        max_hops=maxHops,
        paths=[_told(way, from_, spoken(request)) for way in ways] if ways is not None else None,
        complete=complete,
        error=error,
        names=_names(ctx, Reader(ctx, caller), steps),
    )


def _around(ctx: Context, reader: Reader, id: str, hops: int, day: str | None, lang: str) -> dict[str, Any]:
    around = ctx.live.ask(graph.network(ctx.database.store, id, hops, day_of(day, "validAt")))
    kinds = ctx.live.ask(graph.kinds_of(around.nodes))
    names = _names(ctx, reader, around.edges)
    return {
        "nodes": [_node(reader, name, kinds.get(name, "company"), names) for name in around.nodes],
        "edges": [_edge(edge, lang) for edge in masked_edges(reader.handles, around.edges)],
        "omitted": around.omitted,
    }


def _node(reader: Reader, name: str, kind: str, names: Mapping[str, str]) -> dict[str, Any]:
    shown = reader.handles.of(name) if kind == "person" or name.startswith("REC:") else name
    return {"id": shown, "kind": kind, "name": names.get(name)}


def _edge(edge: dict[str, Any], lang: str) -> dict[str, Any]:
    share = edge.get("share")
    stated = writing.percent((share["min"], share["max"]), lang) if share else ""
    label = " ".join(filter(None, (text(f"edge_short.{edge['kind']}", lang), stated)))
    return {**edge, "label": label, "valid_text": writing.span(edge["valid"], lang)}


def _told(way: Sequence[dict[str, Any]], start: str, lang: str) -> list[dict[str, Any]]:
    """The way from its beginning: whether each edge is walked along or against its direction."""
    here = None
    told: list[dict[str, Any]] = []
    for edge in way:
        ends = (edge["from"], edge["to"])
        forward = here == ends[0] if here in ends else True
        following = way[len(told) + 1] if len(told) + 1 < len(way) else None
        if here is None and following is not None and ends[0] in (following["from"], following["to"]):
            forward = ends[1] in (following["from"], following["to"])
        here = ends[1] if forward else ends[0]
        told.append({**_edge(edge, lang), "forward": forward})
    return told


def _names(ctx: Context, reader: Reader, edges: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Names of companies, bodies and office holders, by id and by handle; edges may be masked already."""
    holders = {edge["from"] for edge in edges if edge["kind"] == "holdsPost"}
    public = {edge[end] for edge in edges for end in ("from", "to") if edge[f"{end}Kind"] != "person"}
    handles = {name for name in holders if name.startswith("AIQYN:")}
    plain = (
        {name for name in public if reader.is_public(name)}
        | (holders - handles)
        | {reader.resolve(name) for name in handles}
    )
    events = {(edge["event"]["source"], edge["event"]["id"]) for edge in edges if edge["event"]["id"] is not None}
    found = ctx.live.ask(names_of(ctx.database.store, sorted(plain), events))
    return found | {reader.handles.of(name): label for name, label in found.items()}
