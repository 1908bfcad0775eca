"""The index of companies with many holders changes no answer, whatever comes in whatever order."""

from __future__ import annotations

import os
from itertools import combinations
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiqyn.schemas.days import BEGINNING, FOREVER
from aiqyn.streams.detection.gate import topics
from aiqyn.streams.graph.hubs import Hub
from aiqyn.streams.graph.store import Kind
from aiqyn.streams.graph.upstream import Upstream, upstream
from aiqyn.streams.world.world import World
from tests.properties import small_worlds
from tests.properties.running import Run
from tests.streams.graph.crowds import crowds

Json = dict[str, Any]
WALKED = (Kind.OWNS, Kind.CONTROLS, Kind.DIRECTS)
NO_INDEX = 10**9
WINDOWS = ((738_900, 738_960), (BEGINNING, FOREVER))
"""Days that the small worlds' dates fall into, and all."""
brief = settings(
    max_examples=40 if os.environ.get("HYPOTHESIS_PROFILE") != "thorough" else 5_000,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def started(limit: int) -> Run:
    run = Run()
    run.engine.world.hubs.limit = limit
    return run


def above(world: World, tier: int, node: int, window: tuple[int, int]) -> tuple[Upstream, Upstream]:
    """With the index, and without."""
    return upstream(world, tier, node, *window), upstream(world, tier, node, *window, whole=True)


def crowd_edges(hubs: tuple[Hub, ...]) -> set[int]:
    return {edge for hub in hubs for held in hub.crowd.values() for edge in held}


def check_walks(world: World) -> None:
    for tier in (1, 2, 3):
        nodes = {world.clusters.root(atom, tier) for atom in range(len(world.atoms)) if world.persons[atom] != 1}
        for window in WINDOWS:
            walks = [above(world, tier, node, window) for node in sorted(nodes)]
            for indexed, whole in walks:
                assert set(indexed.everybody()) == whole.nodes
                assert indexed.managers == whole.managers
                assert indexed.unspecified == whole.unspecified
                assert indexed.doubtful == whole.doubtful
                left_out = crowd_edges(indexed.crowds)
                assert indexed.edges == tuple(tie for tie in whole.edges if tie[0] not in left_out)
            for (left, whole_left), (right, whole_right) in combinations(walks, 2):
                assert left.meets(right) == right.meets(left) == whole_left.meets(whole_right)


def check_index(world: World) -> None:
    """Every living edge into an indexed record stands in its index once, the crowd's under the right person."""
    edges = world.edges
    for record, hub in world.hubs.by_record.items():
        walked = [edge for edge in edges.into(record) if edges.kind[edge] in (Kind.OWNS, Kind.CONTROLS, Kind.DIRECTS)]
        assert sorted([*hub.passing, *(edge for held in hub.crowd.values() for edge in held)]) == sorted(walked)
        for person, held in hub.crowd.items():
            assert not world.clusters.joined_higher(person)
            assert {world.clusters.roots[edges.source[edge]] for edge in held} == {person}
            for atom in world.clusters.members(person, 1):
                assert world.persons[atom] == 1
                assert not world.marks[atom]
                assert not world.listings.has(atom)
                assert atom not in world.unspecified


@brief
@given(crowds | small_worlds.worlds(), st.integers(0, 2))
def test_the_index_answers_as_the_walk_does(events: list[Json], limit: int) -> None:
    run = started(limit)
    for number, event in enumerate(events):
        run.take(event)
        check_index(run.engine.world)
        if number % 4 == 3 or number == len(events) - 1:
            check_walks(run.engine.world)


@brief
@given(crowds | small_worlds.worlds(), st.integers(0, 2))
def test_gate_and_alerts_are_the_same_without_an_index(events: list[Json], limit: int) -> None:
    indexed, plain = started(limit), started(NO_INDEX)
    for event in events:
        indexed.take(event)
        plain.take(event)
        ours, theirs = indexed.engine.world, plain.engine.world
        assert not theirs.hubs.by_record
        for ocid, process in ours.processes.items():
            assert topics(ours, process) == topics(theirs, theirs.processes[ocid])
    assert indexed.alerts() == plain.alerts()
