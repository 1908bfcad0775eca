"""NetworkX's own algorithms give on a view what they give on an ordinary graph of the same edges."""

from __future__ import annotations

import os
from typing import Any

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiqyn.streams.graph.networkx_view import KINDS, neighbourhood, world_digraph, world_graph
from aiqyn.streams.graph.store import Kind
from aiqyn.streams.identity.naming import cluster_name
from aiqyn.streams.world.world import World
from tests.properties import small_worlds
from tests.properties.running import Run, run
from tests.streams.graph.crowds import crowds

Json = dict[str, Any]
A_DAY = 738_950
DAYS = st.sampled_from((None, A_DAY, 738_000))
KIND_SETS = st.sampled_from((None, (Kind.OWNS, Kind.CONTROLS), (Kind.HOLDS_POST,)))
brief = settings(
    max_examples=5_000 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
worlds = crowds | small_worlds.worlds()


def copied(world: World, level: int, day: int | None, kinds: tuple[Kind, ...] | None) -> nx.MultiDiGraph:
    """The same graph, built edge by edge from the store."""
    graph = nx.MultiDiGraph()
    names, clusters, edges = world.atoms.names, world.clusters, world.edges

    def name(atom: int) -> str:
        if not level:
            return names[atom]
        return cluster_name(names[each] for each in clusters.members(clusters.root(atom, level), level))

    for atom in range(len(names)):
        graph.add_node(name(atom))
    for edge in range(len(edges)):
        living = edge in edges.into(edges.target[edge])
        wanted = kinds is None or edges.kind[edge] in kinds
        if living and wanted and (day is None or edges.start[edge] <= day < edges.end[edge]):
            kind = KINDS[Kind(edges.kind[edge])]
            graph.add_edge(
                name(edges.source[edge]), name(edges.target[edge]), key=edge, kind=kind, event=edges.seq[edge]
            )
    return graph


def told(graph: Any) -> set[tuple[str, str, int, str, int]]:
    return {(u, v, key, data["kind"], data["event"]) for u, v, key, data in graph.edges(keys=True, data=True)}


def same_answers(view: Any, copy: Any) -> None:
    """Of algorithms that take any directed graph."""
    nodes = sorted(copy)
    assert sorted(view) == nodes
    assert len(view) == view.number_of_nodes() == len(nodes)
    assert {*map(frozenset, nx.weakly_connected_components(view))} == {
        *map(frozenset, nx.weakly_connected_components(copy))
    }
    assert {*map(frozenset, nx.strongly_connected_components(view))} == {
        *map(frozenset, nx.strongly_connected_components(copy))
    }
    assert nx.is_directed_acyclic_graph(view) == nx.is_directed_acyclic_graph(copy)
    for node in nodes:
        assert nx.descendants(view, node) == nx.descendants(copy, node)
        assert nx.ancestors(view, node) == nx.ancestors(copy, node)
        assert set(nx.bfs_tree(view, node)) == set(nx.bfs_tree(copy, node))
        assert dict(nx.single_source_shortest_path_length(view, node)) == dict(
            nx.single_source_shortest_path_length(copy, node)
        )
    some = nodes[:6]
    for source in some:
        for target in some:
            assert nx.has_path(view, source, target) == nx.has_path(copy, source, target)
            if source != target:
                ways = [tuple(way) for way in nx.all_simple_paths(view, source, target, cutoff=3)]
                assert sorted(ways) == sorted(map(tuple, nx.all_simple_paths(copy, source, target, cutoff=3)))
            if nx.has_path(copy, source, target):
                assert len(nx.shortest_path(view, source, target)) == len(nx.shortest_path(copy, source, target))


@brief
@given(worlds, st.integers(0, 3), DAYS, KIND_SETS)
def test_algorithms_run_unchanged(
    events: list[Json], level: int, day: int | None, kinds: tuple[Kind, ...] | None
) -> None:
    world = run(events).engine.world
    view, copy = world_graph(world, level, day, kinds), copied(world, level, day, kinds)
    assert told(view) == told(copy)
    assert dict(view.degree()) == dict(copy.degree())
    assert dict(view.in_degree()) == dict(copy.in_degree())
    assert view.number_of_edges() == copy.number_of_edges()
    same_answers(view, copy)
    simple = world_digraph(world, level, day, kinds)
    same_answers(simple, nx.DiGraph(copy))
    assert {(u, v, edges) for u, v, edges in simple.edges(data="edges")} == {
        (u, v, tuple(sorted(copy[u][v]))) for u, v in set(copy.edges())
    }


@brief
@given(worlds, st.integers(0, 3))
def test_graphs_that_networkx_makes_of_a_view(events: list[Json], level: int) -> None:
    world = run(events).engine.world
    view, copy = world_graph(world, level), copied(world, level, None, None)
    assert told(view.copy()) == told(nx.MultiDiGraph(view)) == told(copy)
    assert told(view.reverse()) == told(view.reverse(copy=False)) == told(copy.reverse())
    for undirected in (view.to_undirected(as_view=True), view.to_undirected()):
        assert dict(nx.all_pairs_shortest_path_length(undirected)) == dict(
            nx.all_pairs_shortest_path_length(copy.to_undirected())
        )
        assert nx.number_connected_components(undirected) == nx.number_weakly_connected_components(copy)
    half = sorted(copy)[::2]
    assert told(view.subgraph(half)) == told(copy.subgraph(half))


A_POST = [
    {
        "specversion": "1.0",
        "id": "a",
        "source": "/s/a",
        "type": "official.occupancy.v1",
        "time": "2024-01-15T08:00:00Z",
        "data": {
            "person": {"identifiers": [{"scheme": "XX-DOC", "id": "100"}]},
            "organization": {"identifiers": [{"scheme": "KZ-BIN", "id": "050840000057"}], "name": "Body"},
            "post": "post",
            "role": "head",
            "level": "district",
            "startDate": "2024-03",
        },
    },
]


def test_attributes_say_what_was_stated() -> None:
    view = world_graph(run(A_POST).engine.world, 1)
    data = view.get_edge_data("XX-DOC:100", "KZ-BIN:050840000057")
    assert {each["certainty"] for each in data.values()} == {"possible", "certain"}
    for each in data.values():
        assert (each["kind"], each["share"], each["valid"]) == ("holdsPost", None, ("2024-03", None))
    assert view.nodes["XX-DOC:100"] == {"type": "person"}
    assert view.nodes["KZ-BIN:050840000057"] == {"type": "body"}
    assert "KZ-BIN:999" not in view


@pytest.mark.parametrize("make", [world_graph, world_digraph])
def test_a_view_cannot_be_written_to(make: Any) -> None:
    view = make(run(A_POST).engine.world)
    known = next(iter(view))
    writes = (
        lambda: view.add_node("x"),
        lambda: view.add_nodes_from(["x"]),
        lambda: view.add_edge("x", "y"),
        lambda: view.add_edges_from([("x", "y")]),
        lambda: view.remove_node(known),
        lambda: view.remove_edges_from([]),
        lambda: view.update(edges=[("x", "y")]),
        lambda: nx.add_path(view, ["x", "y"]),
        view.clear,
        view.clear_edges,
    )
    for write in writes:
        with pytest.raises(nx.NetworkXError):
            write()
    assert "x" not in view


def test_a_level_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="level"):
        world_graph(Run().engine.world, 4)


@brief
@given(worlds)
def test_the_neighbourhood_of_an_alert_has_all_its_links(events: list[Json]) -> None:
    for alert in run(events).alerts():
        graph = neighbourhood(alert)
        stated = {repr(sorted(link.items())) for path in alert["paths"] for link in path}
        edges = [dict(data) for _, _, data in graph.edges(data=True)]
        on = [data.pop("paths") for data in edges]
        assert sorted(repr(sorted(data.items())) for data in edges) == sorted(stated)
        assert sum(map(len, on)) == sum(len({repr(sorted(x.items())) for x in path}) for path in alert["paths"])
        case = alert["ocid"] or alert["allocation"]
        for person in {*alert["persons"]} & {*graph}:
            assert graph.nodes[person]["type"] == "person"
            assert nx.has_path(graph.to_undirected(), person, case)
        assert graph.nodes[case]["type"] == "process"
        assert graph.graph["id"] == alert["id"]
