"""Entities, their links and networks, paths, ownership (interfaces, section 6; scope read)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated, Any, Literal, get_args

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from aiqyn.services.formats.bods import statements
from aiqyn.services.formats.graphs import GRAPH_MEDIA, GraphFormat
from aiqyn.services.formats.graphs import graph as written
from aiqyn.services.http import paging
from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.exporting import Asked, asked_for, export, pieces, preferred
from aiqyn.services.http.parameters import Day, Hops, Instant, MaxHops, Name, Search, Start, Words
from aiqyn.services.http.past import Sight, at
from aiqyn.services.http.problems import Problem, not_found
from aiqyn.services.http.reader import Reader
from aiqyn.services.http.security import Caller, needs
from aiqyn.services.privacy.handles import Handles, Naming
from aiqyn.services.privacy.masking import FAMILY, is_person, tells_of
from aiqyn.services.reading import entities, graph
from aiqyn.services.reading.entities import Place, Wanted
from aiqyn.services.reading.names import names_of
from aiqyn.services.reading.search import folded
from aiqyn.streams.ownership_answer import ownership as owned

router = APIRouter(prefix="/v1", tags=["reading"])
Read = Annotated[Caller, Depends(needs("read"))]
LinkKind = Literal["holdsPost", "owns", "controls", "directs", "relativeOf", "associateOf", "parentBody"]
ENTITY = ("id", "handle", "kind", "name", "names", "aliases", "cluster", "records", "masked")
LINK = ("kind", "from", "to", "fromKind", "toKind", "share", "valid", "recordedAt", "event", "certainty")
_PART = 500
Kind = Literal["person", "company", "body"]


@router.get("/entities")
def found(
    request: Request,
    response: Response,
    ctx: Ctx,
    caller: Read,
    q: Search = None,
    id: Words = [],
    kind: Annotated[list[Kind], Query()] = [],
    knownAt: Instant = None,
    format: Asked | None = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
    count: bool = False,
) -> Any:
    """Entities by name (those first whose name fits best) or id, or all of them by id."""
    reader = Reader(ctx, caller)
    past = at(ctx, knownAt)
    wanted = Wanted((q or "").strip(), tuple(reader.resolve(each) for each in id if each), tuple(kind))
    asked = asked_for(request, format)
    total = past.ask(past.listing.count(past.store, wanted, reader.open_entities())) if count or asked else None
    if asked is not None:
        rows = _every(past, wanted, Handles.fresh())
        return export(ctx, caller, "entities", rows, ENTITY, total or 0, asked)
    place = paging.unpack(cursor, 2)
    after: Place | None = None
    if place is not None:
        rank, last = place
        if not (isinstance(rank, int) and isinstance(last, str)):
            raise Problem(400, "parameter.invalid", "cursor: not one that we gave")
        after = rank, last
    listed = past.ask(past.listing.page(past.store, wanted, after, limit + 1, reader.open_entities()))
    following = paging.pack(*listed[limit - 1].place) if len(listed) > limit else None
    items = [masked_entity(each.document, each.public, reader) for each in listed[:limit]]
    return paging.page(request, response, items, following, total)


def _every(past: Sight, wanted: Wanted, handles: Handles) -> Iterator[dict[str, Any]]:
    """Every entity of a list, people under the pseudonyms of this answer."""
    after = None
    while True:
        part = past.ask(past.listing.page(past.store, wanted, after, _PART, frozenset()))
        yield from (masked_entity(each.document, each.public, handles) for each in part)
        if len(part) < _PART:
            return
        after = part[-1].place


def matching(ctx: Context, caller: Caller, query: str, limit: int) -> list[dict[str, Any]]:
    """Entities whose public name has the words of the query, the best first."""
    if not folded(query):
        return []
    reader, now = Reader(ctx, caller), at(ctx, None)
    listed = now.ask(now.listing.page(now.store, Wanted(query), None, limit, reader.open_entities()))
    return [masked_entity(each.document, each.public, reader) for each in listed]


def entity_of(ctx: Context, caller: Caller, name: str, past: Sight | None = None) -> dict[str, Any]:
    """The entity as the caller may see it. Raises Problem 404."""
    sight = past or at(ctx, None)
    found = sight.ask(entities.one(sight.store, name))
    if found is None:
        raise not_found("no record names this entity")
    return masked_entity(*found, Reader(ctx, caller))


def masked_entity(document: dict[str, Any], public: bool, naming: Naming) -> dict[str, Any]:
    """An entity with nothing restricted, unless `naming` shows its id; `public`: its names may be read."""
    reader = naming if isinstance(naming, Reader) else None
    handle = reader.handles.of(document["id"]) if reader is not None else naming.of(document["id"])
    unsaid = [f"/records/{place}/id" for place, record in enumerate(document["records"]) if record["id"] is None]
    whole = {"id": document["id"], "handle": handle, **document, "masked": unsaid}
    if document["kind"] != "person" or naming.of(document["id"]) == document["id"]:
        return whole
    hidden: dict[str, Any] = {"id": handle, "aliases": [], "cluster": [], "records": []}
    if not public:
        hidden |= {"name": None, "names": []}
    return {**whole, **hidden, "masked": [f"/{member}" for member in hidden]}


@router.get("/entities/{name}")
def one(name: str, ctx: Ctx, caller: Read, knownAt: Instant = None) -> dict[str, Any]:
    """One entity by `SCHEME:ID` or handle."""
    return entity_of(ctx, caller, Reader(ctx, caller).resolve(name), at(ctx, knownAt))


@router.get("/entities/{name}/links")
def links(
    request: Request,
    response: Response,
    name: str,
    ctx: Ctx,
    caller: Read,
    kind: Annotated[list[LinkKind], Query(max_length=20)] = [],
    validAt: Day = None,
    knownAt: Instant = None,
    format: Asked | None = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
    count: bool = False,
) -> Any:
    """Links of the entity that are in force on the day, in a fixed order."""
    reader, past = Reader(ctx, caller), at(ctx, knownAt)
    id, day = reader.resolve(name), day_of(validAt, "validAt")
    asked = asked_for(request, format)
    if asked is not None:
        whole = past.ask(graph.links(past.store, id, day, kind)).documents
        return export(ctx, caller, "links", masked_edges(Handles.fresh(), whole), LINK, len(whole), asked)
    listed = past.ask(graph.links(past.store, id, day, kind, paging.number(cursor) or 0, limit))
    following = None if listed.after is None else paging.pack(listed.after)
    items = masked_edges(reader, listed.documents)
    return paging.page(request, response, items, following, listed.total if count else None)


@router.get("/entities/{name}/network")
def network(
    request: Request,
    name: str,
    ctx: Ctx,
    caller: Read,
    hops: Hops = 2,
    validAt: Day = None,
    knownAt: Instant = None,
    format: Literal["json", "graphml", "gexf", "ftm"] | None = None,
) -> Any:
    """What is near the entity, at most 1,000 nodes."""
    reader, past = Reader(ctx, caller), at(ctx, knownAt)
    around = past.ask(graph.network(past.store, reader.resolve(name), hops, day_of(validAt, "validAt")))
    kind = graph_asked_for(request, format)
    naming: Naming = reader if kind is None else Handles.fresh()
    kinds = past.ask(graph.kinds_of(around.nodes))
    shown = {node: naming.of(node) if kinds.get(node) == "person" else node for node in around.nodes}
    edges = masked_edges(naming, around.edges)
    if kind is None:
        return {"nodes": list(shown.values()), "edges": edges, "omitted": around.omitted}
    public = past.ask(entities.public_ones(around.nodes))
    named = past.ask(names_of(past.store, [node for node in around.nodes if node in public]))
    nodes = [{"id": shown[node], "kind": kinds.get(node, "company"), "name": named.get(node)} for node in around.nodes]
    body = written(nodes, edges, kind, around.omitted)
    answer = pieces(ctx, caller, "network", body, len(nodes), kind, GRAPH_MEDIA[kind])
    answer.headers["X-Omitted-Count"] = str(around.omitted)
    return answer


def graph_asked_for(request: Request, format: str | None) -> GraphFormat | None:
    """The graph format that is wanted, by parameter or Accept; None: JSON."""
    if format is not None:
        return next((kind for kind in get_args(GraphFormat) if kind == format), None)
    by_media = {GRAPH_MEDIA[kind]: kind for kind in get_args(GraphFormat) if kind != "ftm"}
    return preferred(request.headers.get("accept", ""), by_media)


@router.get("/paths")
def paths(
    ctx: Ctx,
    caller: Read,
    from_: Start,
    to: Name,
    maxHops: MaxHops = 6,
    validAt: Day = None,
    knownAt: Instant = None,
) -> dict[str, Any]:
    """The shortest ways between two entities."""
    reader, past = Reader(ctx, caller), at(ctx, knownAt)
    ways, complete = past.ask(
        graph.paths(past.store, reader.resolve(from_), reader.resolve(to), maxHops, day_of(validAt, "validAt"))
    )
    return {"paths": [masked_edges(reader, way) for way in ways], "complete": complete}


@router.get("/ownership")
def ownership(
    ctx: Ctx,
    caller: Read,
    company: Name,
    validAt: Day = None,
    knownAt: Instant = None,
    all: bool = False,
    format: Literal["json", "bods"] | None = None,
) -> Any:
    """Who owns and controls a company on a day."""
    reader, past = Reader(ctx, caller), at(ctx, knownAt)
    if format != "bods":
        return ownership_of(ctx, reader, reader.resolve(company), validAt, all, None, past)
    found = ownership_of(ctx, reader, reader.resolve(company), validAt, all, Handles.fresh(), past)
    plain = [found["company"], *(each["holder"] for each in found["holders"] if each["kind"] != "person")]
    documents = list(statements(found, past.ask(names_of(past.store, plain))))
    body = iter([msgspec.json.encode(documents)])
    return pieces(ctx, caller, "ownership", body, len(documents), "bods", "application/json")


def ownership_of(
    ctx: Context,
    reader: Reader,
    company: str,
    day: str | None,
    everyone: bool,
    pseudonyms: Handles | None = None,
    past: Sight | None = None,
) -> dict[str, Any]:
    """As `aiqyn ownership`, people by their handles. Raises Problem 404."""
    ordinal = day_of(day, "validAt")
    try:
        found = (past or at(ctx, None)).ask(lambda engine: owned(engine, company, ordinal, everyone))
    except LookupError as error:
        raise not_found(str(error)) from None
    naming: Naming = pseudonyms or reader
    holders = [
        {**each, "holder": naming.of(each["holder"])} if each["kind"] == "person" else each for each in found["holders"]
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


def masked_edges(naming: Naming, edges: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Edges with people called as `naming` says."""
    return [_masked_edge(naming, edge) for edge in edges]


def _masked_edge(naming: Naming, edge: dict[str, Any]) -> dict[str, Any]:
    shown = dict(edge)
    for end in ("from", "to"):
        name = edge[end]
        if edge[f"{end}Kind"] != "person" and not is_person(name):
            continue
        shown[end] = naming.of(name)
        if shown[end] != name and tells_of(edge["event"]["id"], name):
            shown["event"] = {**edge["event"], "id": None}
    if edge["kind"] in FAMILY and (shown["from"], shown["to"]) != (edge["from"], edge["to"]):
        shown["valid"] = [None, None]
    return shown
