"""The graph around one entity: who it is, its links, its network, paths between two. Questions to the engine."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from aiqyn.schemas.days import BEGINNING, FOREVER, iso
from aiqyn.streams.detection.alerts import share_json
from aiqyn.streams.detection.view import LevelView
from aiqyn.streams.engine import Engine
from aiqyn.streams.graph.details import StakeDetail
from aiqyn.streams.graph.store import Kind
from aiqyn.streams.moments import rfc3339
from aiqyn.streams.ports import FactLog

MOST_NODES = 1000
_LEVEL = 3
_KINDS = {
    Kind.HOLDS_POST: "holdsPost",
    Kind.OWNS: "owns",
    Kind.CONTROLS: "controls",
    Kind.DIRECTS: "directs",
    Kind.PARENT: "relativeOf",
    Kind.SIBLING: "relativeOf",
    Kind.HALF_SIBLING: "relativeOf",
    Kind.GRANDPARENT: "relativeOf",
    Kind.MARRIED: "relativeOf",
    Kind.ASSOCIATE: "associateOf",
    Kind.RELATIVE: "relativeOf",
    Kind.PARENT_BODY: "parentBody",
}
ENTITY_KINDS = ("person", "body", "company")
LINK_KINDS = tuple(dict.fromkeys(_KINDS.values()))
Document = dict[str, Any]


class Around(NamedTuple):
    """A piece of the graph; `omitted` nodes were left out."""

    nodes: list[str]
    edges: list[Document]
    omitted: int


class Links(NamedTuple):
    """Some links of an entity: those from one place on, the place of the rest (None: no more), and how many in all."""

    documents: list[Document]
    after: int | None
    total: int


def links(
    log: FactLog, name: str, day: int | None, kinds: Iterable[str] = (), start: int = 0, limit: int | None = None
) -> Callable[[Engine], Links]:
    """Edges that leave or reach the entity, in force on the day (None: ever), in the order in which they were made;
    at most `limit` from number `start` on. An edge keeps its number while the engine runs."""
    wanted = frozenset(kinds)

    def ask(engine: Engine) -> Links:
        number = engine.world.atoms.find(name)
        if number is None:
            return Links([], None, 0)
        view = LevelView(engine.world, _LEVEL, engine.profile)
        edges = engine.world.edges
        found = {
            edge
            for edge in _edges_at(engine, view, view.node(number), day)
            if not wanted or _KINDS[Kind(edges.kind[edge])] in wanted
        }
        page = sorted(edge for edge in found if edge >= start)
        more = limit is not None and len(page) > limit
        chosen = page[:limit] if more else page
        return Links(edge_documents(engine, view, log, chosen), page[len(chosen)] if more else None, len(found))

    return ask


def network(log: FactLog, name: str, hops: int, day: int | None) -> Callable[[Engine], Around]:
    """What is within `hops` of the entity, at most 1,000 nodes, the nearest first."""

    def ask(engine: Engine) -> Around:
        number = engine.world.atoms.find(name)
        if number is None:
            return Around([], [], 0)
        view = LevelView(engine.world, _LEVEL, engine.profile)
        start = view.node(number)
        distance = {start: 0}
        waiting = deque([start])
        edges: dict[int, None] = {}
        omitted: set[int] = set()
        while waiting:
            node = waiting.popleft()
            if distance[node] == hops:
                continue
            for edge in _edges_at(engine, view, node, day):
                other = _other(engine, view, edge, node)
                if other not in distance and len(distance) >= MOST_NODES:
                    omitted.add(other)
                    continue
                if other not in distance:
                    distance[other] = distance[node] + 1
                    waiting.append(other)
                edges[edge] = None
        names = [view.name(node) for node in distance]
        return Around(names, edge_documents(engine, view, log, edges), len(omitted))

    return ask


def paths(
    log: FactLog, start: str, end: str, most_hops: int, day: int | None
) -> Callable[[Engine], tuple[list[list[Document]], bool]]:
    """The shortest ways between two entities, whatever the direction of their edges, and whether these are all.

    At most 50 ways, and 20,000 nodes looked at: `False` where a limit was hit.
    """

    def ask(engine: Engine) -> tuple[list[list[Document]], bool]:
        ends = [engine.world.atoms.find(name) for name in (start, end)]
        if None in ends:
            return [], True
        view = LevelView(engine.world, _LEVEL, engine.profile)
        first, last = (view.node(number) for number in ends if number is not None)
        before, complete = _before(engine, view, first, last, most_hops, day)
        ways: list[list[Document]] = []
        for way in _ways(before, last, first):
            if len(ways) == 50:
                complete = False
                break
            ways.append(edge_documents(engine, view, log, reversed(way)))
        return ways, complete

    return ask


def _before(
    engine: Engine, view: LevelView, first: int, last: int, most: int, day: int | None
) -> tuple[dict[int, list[tuple[int, int]]], bool]:
    """For each node on a shortest way, the edges that lead to it and from where."""
    before: dict[int, list[tuple[int, int]]] = {}
    distance = {first: 0}
    waiting = deque([first])
    while waiting:
        node = waiting.popleft()
        if distance[node] == most or (last in distance and distance[node] >= distance[last]):
            continue
        for edge in _edges_at(engine, view, node, day):
            other = _other(engine, view, edge, node)
            if other not in distance:
                if len(distance) >= 20_000:
                    return before, False
                distance[other] = distance[node] + 1
                waiting.append(other)
            if distance[other] == distance[node] + 1:
                before.setdefault(other, []).append((edge, node))
    return before, True


def _ways(before: dict[int, list[tuple[int, int]]], node: int, first: int) -> Iterator[list[int]]:
    if node == first:
        yield []
        return
    for edge, other in before.get(node, ()):
        for way in _ways(before, other, first):
            yield [edge, *way]


def _edges_at(engine: Engine, view: LevelView, node: int, day: int | None) -> Iterator[int]:
    edges = engine.world.edges
    for atom in view.atoms(node):
        for walk in (edges.out_of(atom), edges.into(atom)):
            for edge in walk:
                if edges.kind[edge] in _KINDS and (day is None or edges.start[edge] <= day < edges.end[edge]):
                    yield edge


def _other(engine: Engine, view: LevelView, edge: int, node: int) -> int:
    edges = engine.world.edges
    source = view.node(edges.source[edge])
    return view.node(edges.target[edge]) if source == node else source


def edge_documents(engine: Engine, view: LevelView, log: FactLog, found: Iterable[int]) -> list[Document]:
    """Edges as in an alert's path."""
    listed = list(dict.fromkeys(found))
    edges = engine.world.edges
    facts = log.read(sorted({edges.seq[edge] for edge in listed}))
    return [_document(engine, view, edge, facts[edges.seq[edge]][0]) for edge in listed]


def _document(engine: Engine, view: LevelView, edge: int, head: Any) -> Document:
    edges = engine.world.edges
    start, end = edges.start[edge], edges.end[edge]
    written = edges.written(edge)
    bounds = written or (iso(start) if start > BEGINNING else None, iso(end) if end < FOREVER else None)
    detail = edges.detail_of(edge)
    share = share_json(detail.share) if isinstance(detail, StakeDetail) else None
    source, target = view.node(edges.source[edge]), view.node(edges.target[edge])
    if edges.kind[edge] == Kind.PARENT_BODY:  # kept from the body to its parent; duty leads the other way
        source, target = target, source
    return {
        "kind": _KINDS[Kind(edges.kind[edge])],
        "from": view.name(source),
        "to": view.name(target),
        "fromKind": kind_of(view, source),
        "toKind": kind_of(view, target),
        "share": share,
        "valid": list(bounds),
        "recordedAt": rfc3339(head.recorded_at),
        "event": {"source": head.source, "id": head.id},
        "certainty": "certain" if edges.certain(edge) else "possible",
    }


def kind_of(view: LevelView, node: int) -> str:
    """person, body or company."""
    if view.is_person(node):
        return "person"
    return "body" if view.is_public_body(node).possible else "company"


def kinds_of(names: Iterable[str]) -> Callable[[Engine], dict[str, str]]:
    """A question: person, body or company, of those names that records know."""
    listed = list(names)

    def ask(engine: Engine) -> dict[str, str]:
        view = LevelView(engine.world, _LEVEL, engine.profile)
        numbers = {name: engine.world.atoms.find(name) for name in listed}
        return {name: kind_of(view, view.node(number)) for name, number in numbers.items() if number is not None}

    return ask
