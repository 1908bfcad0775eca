"""Entities, their links and networks, paths, ownership (interfaces, section 6; scope read)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, get_args

import msgspec
from fastapi import APIRouter, Depends, Query, Request

from aiqyn.services.formats.bods import statements
from aiqyn.services.formats.graphs import GRAPH_MEDIA, GraphFormat
from aiqyn.services.formats.graphs import graph as written
from aiqyn.services.http import paging
from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.exporting import pieces
from aiqyn.services.http.problems import Problem, not_found
from aiqyn.services.http.reader import Reader
from aiqyn.services.http.security import Caller, needs
from aiqyn.services.privacy.handles import Handles
from aiqyn.services.privacy.masking import is_person
from aiqyn.services.reading import graph, search
from aiqyn.services.reading.names import names_of
from aiqyn.streams.ownership_answer import ownership as owned

router = APIRouter(prefix="/v1", tags=["reading"])
Read = Annotated[Caller, Depends(needs("read"))]
LinkKind = Literal["holdsPost", "owns", "controls", "directs", "relativeOf", "associateOf", "parentBody"]
_indexes: dict[int, search.Index] = {}


@router.get("/entities")
def found(
    ctx: Ctx,
    caller: Read,
    q: Annotated[str | None, Query(max_length=200)] = None,
    id: Annotated[str | None, Query(max_length=300)] = None,
    kind: Annotated[list[Literal["person", "body", "company"]], Query(max_length=5)] = [],
    limit: Annotated[int, Query(ge=1, le=paging.MOST)] = paging.DEFAULT_LIMIT,
) -> dict[str, Any]:
    """Entities by name or id."""
    items = [entity_of(ctx, caller, Reader(ctx, caller).resolve(id))] if id else matching(ctx, caller, q or "", limit)
    return {"items": [item for item in items if not kind or item["kind"] in kind], "next": None, "total": None}


def matching(ctx: Context, caller: Caller, query: str, limit: int) -> list[dict[str, Any]]:
    """Entities whose public name has the words of the query."""
    if not search.folded(query):
        return []
    index = _indexes.setdefault(id(ctx), search.Index())
    names = ctx.live.ask(index.find(ctx.database.store, query, limit * 4))
    unique = list(dict.fromkeys(name.id for name in names))
    written = {name.id: name.name for name in names}
    kept: dict[str, dict[str, Any]] = {}
    for name in unique:
        document = _shown(ctx, caller, name)
        if document is not None and document["kind"] != "person" and document["name"] is None:
            document = {**document, "name": written[name]}  # a name that only others' records give it
        if document is not None and document["name"] is not None:
            kept.setdefault(document["id"], document)
    return list(kept.values())[:limit]


def entity_of(ctx: Context, caller: Caller, name: str) -> dict[str, Any]:
    """The entity as the caller may see it. Raises Problem 404."""
    document = _shown(ctx, caller, name)
    if document is None:
        raise not_found("no record names this entity")
    return document


def _shown(ctx: Context, caller: Caller, name: str) -> dict[str, Any] | None:
    document = ctx.live.ask(graph.entity(ctx.database.store, name))
    if document is None:
        return None
    handles = Reader(ctx, caller).handles
    document = {**document, "handle": handles.of(document["id"]), "masked": []}
    if document["kind"] != "person":
        return document
    hidden = {"id": document["handle"], "aliases": [], "records": []}
    if not _in_office(ctx, name):
        hidden |= {"name": None, "names": []}
    return {**document, **hidden, "masked": [f"/{member}" for member in hidden]}


def _in_office(ctx: Context, name: str) -> bool:
    """Whether the person holds or held a post: then the name is public."""
    return bool(ctx.live.ask(graph.links(ctx.database.store, name, None, ("holdsPost",))))


@router.get("/entities/{name}")
def one(name: str, ctx: Ctx, caller: Read) -> dict[str, Any]:
    """One entity by `SCHEME:ID` or handle."""
    return entity_of(ctx, caller, Reader(ctx, caller).resolve(name))


@router.get("/entities/{name}/links")
def links(
    name: str,
    ctx: Ctx,
    caller: Read,
    kind: Annotated[list[LinkKind], Query(max_length=20)] = [],
    validAt: Annotated[str | None, Query(max_length=10)] = None,
) -> dict[str, Any]:
    """Every link of the entity that is in force on the day."""
    found = ctx.live.ask(
        graph.links(ctx.database.store, Reader(ctx, caller).resolve(name), day_of(validAt, "validAt"), kind)
    )
    items = masked_edges(Reader(ctx, caller).handles, found)
    return {"items": items, "next": None, "total": len(items)}


@router.get("/entities/{name}/network")
def network(
    request: Request,
    name: str,
    ctx: Ctx,
    caller: Read,
    hops: Annotated[int, Query(ge=1, le=4)] = 2,
    validAt: Annotated[str | None, Query(max_length=10)] = None,
    format: Literal["json", "graphml", "gexf", "ftm"] | None = None,
) -> Any:
    """What is near the entity, at most 1,000 nodes."""
    reader = Reader(ctx, caller)
    around = ctx.live.ask(graph.network(ctx.database.store, reader.resolve(name), hops, day_of(validAt, "validAt")))
    kind = graph_asked_for(request, format)
    handles = reader.handles if kind is None else Handles.fresh()
    kinds = ctx.live.ask(graph.kinds_of(around.nodes))
    shown = {node: handles.of(node) if kinds.get(node) == "person" else node for node in around.nodes}
    edges = masked_edges(handles, around.edges)
    if kind is None:
        return {"nodes": list(shown.values()), "edges": edges, "omitted": around.omitted}
    holders = {edge["from"] for edge in around.edges if edge["kind"] == "holdsPost"}
    open_names = [node for node in around.nodes if kinds.get(node) != "person" or node in holders]
    named = ctx.live.ask(names_of(ctx.database.store, open_names))
    nodes = [{"id": shown[node], "kind": kinds.get(node, "company"), "name": named.get(node)} for node in around.nodes]
    return pieces(ctx, caller, "network", written(nodes, edges, kind), len(nodes), kind, GRAPH_MEDIA[kind])


def graph_asked_for(request: Request, format: str | None) -> GraphFormat | None:
    """The graph format that is wanted, by parameter or Accept; None: JSON."""
    if format is not None:
        return next((kind for kind in get_args(GraphFormat) if kind == format), None)
    accepted = request.headers.get("accept", "")
    return next((kind for kind in get_args(GraphFormat) if kind != "ftm" and GRAPH_MEDIA[kind] in accepted), None)


@router.get("/paths")
def paths(
    ctx: Ctx,
    caller: Read,
    from_: Annotated[str, Query(alias="from", max_length=300)],
    to: Annotated[str, Query(max_length=300)],
    maxHops: Annotated[int, Query(ge=1, le=8)] = 6,
    validAt: Annotated[str | None, Query(max_length=10)] = None,
) -> dict[str, Any]:
    """The shortest ways between two entities."""
    reader = Reader(ctx, caller)
    ways, complete = ctx.live.ask(
        graph.paths(ctx.database.store, reader.resolve(from_), reader.resolve(to), maxHops, day_of(validAt, "validAt"))
    )
    return {"paths": [masked_edges(reader.handles, way) for way in ways], "complete": complete}


@router.get("/ownership")
def ownership(
    ctx: Ctx,
    caller: Read,
    company: Annotated[str, Query(max_length=300)],
    validAt: Annotated[str | None, Query(max_length=10)] = None,
    all: bool = False,
    format: Literal["json", "bods"] | None = None,
) -> Any:
    """Who owns and controls a company on a day."""
    reader = Reader(ctx, caller)
    if format != "bods":
        return ownership_of(ctx, reader, reader.resolve(company), validAt, all)
    found = ownership_of(ctx, reader, reader.resolve(company), validAt, all, Handles.fresh())
    plain = [found["company"], *(each["holder"] for each in found["holders"] if each["kind"] != "person")]
    documents = list(statements(found, ctx.live.ask(names_of(ctx.database.store, plain))))
    body = iter([msgspec.json.encode(documents)])
    return pieces(ctx, caller, "ownership", body, len(documents), "bods", "application/json")


def ownership_of(
    ctx: Context, reader: Reader, company: str, day: str | None, everyone: bool, pseudonyms: Handles | None = None
) -> dict[str, Any]:
    """As `aiqyn ownership`, people by their handles. Raises Problem 404."""
    ordinal = day_of(day, "validAt")
    try:
        found = ctx.live.ask(lambda engine: owned(engine, company, ordinal, everyone))
    except LookupError as error:
        raise not_found(str(error)) from None
    handles = pseudonyms or reader.handles
    holders = [
        {**each, "holder": handles.of(each["holder"])} if each["kind"] == "person" else each
        for each in found["holders"]
    ]
    return {**found, "holders": holders}


def day_of(text: str | None, name: str) -> int:
    """An ordinal; today where nothing is said. Raises Problem 400."""
    if not text:
        return date.today().toordinal()
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError:
        raise Problem(400, "parameter.invalid", f"{name}: a day (YYYY-MM-DD) is wanted, not {text!r}") from None


def masked_edges(handles: Handles, edges: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Edges with the handles of people."""
    return [_masked_edge(handles, edge) for edge in edges]


def _masked_edge(handles: Handles, edge: dict[str, Any]) -> dict[str, Any]:
    shown = dict(edge)
    for end in ("from", "to"):
        name = edge[end]
        if edge[f"{end}Kind"] != "person" and not is_person(name):
            continue
        shown[end] = handles.of(name)
        number = name.partition(":")[2]
        if not name.startswith("REC:") and number in edge["event"]["id"]:
            shown["event"] = {**edge["event"], "id": None}
    return shown
