"""The graph as NetworkX sees it: read-only views over the typed arrays, and the small graph of one alert.

A view is a real `nx.MultiDiGraph` (or `nx.DiGraph`) whose adjacency is made while it is read, so that
NetworkX's own algorithms run on it unchanged and nothing is stored twice. It shows the world as it is at every
moment: do not let the world change while an algorithm runs. Writing to a view raises `nx.NetworkXError`; what
NetworkX copies of it (`copy`, `to_undirected`, `reverse`) are ordinary graphs of their own.

This is the only module that imports networkx.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import networkx as nx

from aiqyn.schemas.days import BEGINNING, FOREVER, iso
from aiqyn.streams.graph.details import StakeDetail
from aiqyn.streams.graph.store import Kind
from aiqyn.streams.identity.naming import cluster_name

if TYPE_CHECKING:
    from aiqyn.streams.world.world import World

Attributes = dict[str, Any]
_PERSON, _ENTITY = 1, 2
KINDS: Mapping[Kind, str] = {
    Kind.HOLDS_POST: "holdsPost",
    Kind.OWNS: "owns",
    Kind.CONTROLS: "controls",
    Kind.DIRECTS: "directs",
    Kind.PARENT: "parent",
    Kind.SIBLING: "sibling",
    Kind.HALF_SIBLING: "halfSibling",
    Kind.GRANDPARENT: "grandparent",
    Kind.MARRIED: "married",
    Kind.ASSOCIATE: "associate",
    Kind.RELATIVE: "relative",
    Kind.PARENT_BODY: "parentBody",
}
"""What an edge's `kind` says; edges run as `Kind` tells."""


def world_graph(
    world: World, level: int = 0, day: int | None = None, kinds: Collection[Kind] | None = None
) -> WorldGraph:
    """The living edges of the world as a view.

    `level` 0: nodes are atoms; 1 to 3: the clusters of that level of identity, under their smallest names.
    Node attribute `type`: person, company, body, or unknown. `day` (a proleptic Gregorian ordinal): only edges
    that are certainly or possibly in force then. `kinds`: only edges of these; nodes without edges stay.
    Keys of edges are their numbers in the store, so nothing that was stated twice is lost. Attributes of edges:
    `kind`, `share` (`Share` or None), `valid` (first day and first day after, as stated; None: open),
    `certainty` (certain or possible), `event` (ledger number), `detail` (all that is stated beside).
    Raises ValueError for another level.
    """
    graph = WorldGraph()
    rows = _Edges(world, level, day, kinds)
    graph._adj = _Adjacency(rows, rows.out_of, lambda edges: _Parallel(rows, edges))
    graph._pred = _Adjacency(rows, rows.into, lambda edges: _Parallel(rows, edges))
    graph._node = _Nodes(rows)
    nx.freeze(graph)
    return graph


def world_digraph(
    world: World, level: int = 0, day: int | None = None, kinds: Collection[Kind] | None = None
) -> WorldDiGraph:
    """As `world_graph`, for algorithms that want no parallel edges: all from one node to another are one.

    Attributes of an edge: `edges` (numbers in the store, rising), `kinds` (sorted), `certainty` (certain where
    one of them is).
    """
    graph = WorldDiGraph()
    rows = _Edges(world, level, day, kinds)
    graph._adj = _Adjacency(rows, rows.out_of, rows.together)
    graph._pred = _Adjacency(rows, rows.into, rows.together)
    graph._node = _Nodes(rows)
    nx.freeze(graph)
    return graph


class WorldGraph(nx.MultiDiGraph):  # type: ignore[misc]  # networkx has no types
    """See `world_graph`. Called by NetworkX for a copy, it makes an ordinary empty graph."""


class WorldDiGraph(nx.DiGraph):  # type: ignore[misc]  # networkx has no types
    """See `world_digraph`. Called by NetworkX for a copy, it makes an ordinary empty graph."""


class _Edges:
    """The living edges that a view shows, by the names of their ends."""

    def __init__(self, world: World, level: int, day: int | None, kinds: Collection[Kind] | None) -> None:
        if level not in (0, 1, 2, 3):
            raise ValueError(f"a level of identity is 1 to 3, or 0 for records as they are; not {level}")
        self._world = world
        self._level = level
        self._day = day
        self._kinds = frozenset(map(int, kinds)) if kinds is not None else None

    # --- nodes -------------------------------------------------------------------------------------------------

    def names(self) -> Iterator[str]:
        names, clusters = self._world.atoms.names, self._world.clusters
        if not self._level:
            yield from names
            return
        for atom in range(len(names)):
            if clusters.root(atom, self._level) == atom:
                yield self._name(atom)

    def count(self) -> int:
        if not self._level:
            return len(self._world.atoms)
        clusters = self._world.clusters
        return sum(clusters.root(atom, self._level) == atom for atom in range(len(self._world.atoms)))

    def atoms(self, name: object) -> tuple[int, ...]:
        """The atoms of a node; none where there is no such node."""
        number = self._world.atoms.find(name) if isinstance(name, str) else None
        if number is None or not self._level:
            return () if number is None else (number,)
        clusters = self._world.clusters
        members = clusters.members(clusters.root(number, self._level), self._level)
        return members if self._smallest(members) == name else ()

    def _name(self, atom: int) -> str:
        if not self._level:
            return self._world.atoms.names[atom]
        clusters = self._world.clusters
        return self._smallest(clusters.members(clusters.root(atom, self._level), self._level))

    def _smallest(self, atoms: Iterable[int]) -> str:
        names = self._world.atoms.names
        return cluster_name(names[atom] for atom in atoms)

    def type(self, atoms: Iterable[int]) -> str:
        persons = [self._world.persons[atom] for atom in atoms]
        if _PERSON in persons:
            return "person"
        if any(self._is_body(atom) for atom in atoms):
            return "body"
        return "company" if _ENTITY in persons else "unknown"

    def _is_body(self, atom: int) -> bool:
        world = self._world
        edges = world.edges
        if world.cases_at.get(atom) or any(reading.public_body for _, reading in world.readings.of((atom,))):
            return True
        posts = (Kind.HOLDS_POST, Kind.PARENT_BODY)
        if any(edges.kind[edge] in posts for edge in edges.into(atom)):
            return True
        return any(edges.kind[edge] == Kind.PARENT_BODY for edge in edges.out_of(atom))

    # --- edges -------------------------------------------------------------------------------------------------

    def out_of(self, atoms: Iterable[int]) -> dict[str, list[int]]:
        """By neighbour the edges to it."""
        edges = self._world.edges
        return self._grouped((edge for atom in atoms for edge in edges.out_of(atom)), edges.target)

    def into(self, atoms: Iterable[int]) -> dict[str, list[int]]:
        """By neighbour the edges from it."""
        edges = self._world.edges
        return self._grouped((edge for atom in atoms for edge in edges.into(atom)), edges.source)

    def _grouped(self, numbers: Iterable[int], ends: Any) -> dict[str, list[int]]:
        edges, day, kinds = self._world.edges, self._day, self._kinds
        found: dict[str, list[int]] = {}
        for edge in numbers:
            if kinds is not None and edges.kind[edge] not in kinds:
                continue
            if day is None or edges.start[edge] <= day < edges.end[edge]:
                found.setdefault(self._name(ends[edge]), []).append(edge)
        return found

    def attributes(self, edge: int) -> Attributes:
        edges = self._world.edges
        detail = edges.detail_of(edge)
        return {
            "kind": KINDS[Kind(edges.kind[edge])],
            "share": detail.share if isinstance(detail, StakeDetail) else None,
            "valid": self._valid(edge),
            "certainty": "certain" if edges.certain(edge) else "possible",
            "event": edges.seq[edge],
            "detail": detail,
        }

    def _valid(self, edge: int) -> tuple[str | None, str | None]:
        edges = self._world.edges
        start, end = edges.start[edge], edges.end[edge]
        stated = (iso(start) if start > BEGINNING else None, iso(end) if end < FOREVER else None)
        return edges.written(edge) or stated

    def together(self, numbers: list[int]) -> Attributes:
        """The attributes of parallel edges as one."""
        edges = self._world.edges
        return {
            "edges": tuple(sorted(numbers)),
            "kinds": tuple(sorted({KINDS[Kind(edges.kind[edge])] for edge in numbers})),
            "certainty": "certain" if any(map(edges.certain, numbers)) else "possible",
        }


class _Nodes(Mapping[str, Attributes]):
    """Node > its attributes."""

    def __init__(self, edges: _Edges) -> None:
        self._edges = edges

    def __getitem__(self, name: str) -> Attributes:
        atoms = self._edges.atoms(name)
        if not atoms:
            raise KeyError(name)
        return {"type": self._edges.type(atoms)}

    def __contains__(self, name: object) -> bool:
        return bool(self._edges.atoms(name))

    def __iter__(self) -> Iterator[str]:
        return self._edges.names()

    def __len__(self) -> int:
        return self._edges.count()


class _Row(Mapping[str, Any]):
    """Neighbour > what joins a node with it; the neighbours at the moment of asking."""

    def __init__(self, found: dict[str, list[int]], shown: Callable[[list[int]], Any]) -> None:
        self._found = found
        self._shown = shown

    def __getitem__(self, name: str) -> Any:
        return self._shown(self._found[name])

    def __contains__(self, name: object) -> bool:
        return name in self._found

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


class _Adjacency(Mapping[str, _Row]):
    """Node > its row."""

    def __init__(
        self,
        edges: _Edges,
        neighbours: Callable[[Iterable[int]], dict[str, list[int]]],
        shown: Callable[[list[int]], Any],
    ) -> None:
        self._edges = edges
        self._neighbours = neighbours
        self._shown = shown

    def __getitem__(self, name: str) -> _Row:
        atoms = self._edges.atoms(name)
        if not atoms:
            raise KeyError(name)
        return _Row(self._neighbours(atoms), self._shown)

    def __contains__(self, name: object) -> bool:
        return bool(self._edges.atoms(name))

    def __iter__(self) -> Iterator[str]:
        return self._edges.names()

    def __len__(self) -> int:
        return self._edges.count()


class _Parallel(Mapping[int, Attributes]):
    """Edge number > attributes, of all edges from one node to another."""

    def __init__(self, edges: _Edges, numbers: list[int]) -> None:
        self._edges = edges
        self._numbers = numbers

    def __getitem__(self, edge: int) -> Attributes:
        if edge not in self._numbers:
            raise KeyError(edge)
        return self._edges.attributes(edge)

    def __contains__(self, edge: object) -> bool:
        return edge in self._numbers

    def __iter__(self) -> Iterator[int]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


# --- one alert ---------------------------------------------------------------------------------------------------

_ENDS: Mapping[str, tuple[str, str]] = {
    # kind of link: type of its `from` and of its `to`; empty: it does not tell
    "holdsPost": ("person", "body"),
    "namedIn": ("person", "process"),
    "parentBody": ("body", "body"),
    "buys": ("body", "process"),
    "grants": ("body", "process"),
    "relativeOf": ("person", "person"),
    "associateOf": ("person", "person"),
    "directs": ("person", "company"),
    "declared": ("person", ""),
    "bids": ("company", "process"),
    "wins": ("company", "process"),
    "receives": ("company", "process"),
    "owns": ("", "company"),
    "controls": ("", "company"),
}


def neighbourhood(alert: Mapping[str, Any]) -> nx.MultiDiGraph:
    """The graph of an alert's paths, from its document (design, section 9) alone.

    Each distinct link is one edge, from its `from` to its `to`, with all its members as attributes and `paths`:
    the places of the paths on which it lies. Keys are whole numbers in order of first sight. Node attribute
    `type`: person, company, body, process (an allocation too), or unknown. The graph's attributes: `id`, `rule`,
    `revision`, where given.
    """
    about = {name: alert[name] for name in ("id", "rule", "revision") if name in alert}
    graph = nx.MultiDiGraph(**about)
    links = _distinct(alert["paths"])
    types = _types(alert, [link for link, _ in links])
    for key, (link, paths) in enumerate(links):
        for end in (link["from"], link["to"]):
            graph.add_node(end, type=types.get(end, "unknown"))
        graph.add_edge(link["from"], link["to"], key=key, **link, paths=paths)
    return graph


def _distinct(paths: Iterable[Iterable[Mapping[str, Any]]]) -> list[tuple[Mapping[str, Any], list[int]]]:
    """Each link once, with the places of the paths on which it lies."""
    found: dict[str, tuple[Mapping[str, Any], list[int]]] = {}
    for place, path in enumerate(paths):
        for link in path:
            on = found.setdefault(repr(sorted(link.items())), (link, []))[1]
            if place not in on:
                on.append(place)
    return list(found.values())


def _types(alert: Mapping[str, Any], links: Iterable[Mapping[str, Any]]) -> Mapping[str, str]:
    types: dict[str, str] = dict.fromkeys(alert.get("persons", ()), "person")
    for link in links:
        for end, type in zip((link["from"], link["to"]), _ENDS.get(link["kind"], ("", "")), strict=True):
            if type and types.get(end) in (None, "company"):  # a natural person may bid
                types[end] = type
    return types
