"""Graph files are read by NetworkX as they were meant, hostile names included."""

import io
import json
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import pytest

from aiqyn.services.formats.graphs import GraphFormat, graph
from tests.services.formats.followthemoney import faults

NODES: list[dict[str, Any]] = [
    {"id": "XX:1", "kind": "person", "name": 'A "quoted" <name> & \x00\x1b more'},
    {"id": "XX:2", "kind": "company", "name": None},
]
SHARE = {"min": "0.25", "max": "0.5", "minExclusive": False, "maxExclusive": False}
EDGE: dict[str, Any] = {
    "kind": "owns", "from": "XX:1", "to": "XX:2", "share": SHARE, "valid": ["2024-01-01", None],
    "recordedAt": "2024-05-01T00:00:00.000000Z", "event": {"source": "/a", "id": "1"}, "certainty": "certain",
}  # fmt: skip
EDGES: list[dict[str, Any]] = [EDGE, {**EDGE, "event": {"source": "/a", "id": "2"}}]


def written(format: GraphFormat) -> bytes:
    return b"".join(graph(NODES, EDGES, format))


@pytest.mark.parametrize("format", ["graphml", "gexf"])
def test_networkx_reads_every_edge(format: GraphFormat) -> None:
    if format == "graphml":
        found = nx.read_graphml(io.BytesIO(written(format)), force_multigraph=True)
    else:
        found = nx.read_gexf(io.BytesIO(written(format).replace(b"gexf.net/1.3", b"www.gexf.net/1.2draft")
                                        .replace(b'version="1.3"', b'version="1.2"')))  # fmt: skip
    assert set(found.nodes) == {"XX:1", "XX:2"}
    assert sorted(data["event"] for _, _, data in found.edges(data=True)) == ["1", "2"]
    assert found.nodes["XX:1"]["name"] == 'A "quoted" <name> & \ufffd\ufffd more'


def test_ftm_has_an_entity_a_line() -> None:
    lines = [json.loads(line) for line in written("ftm").splitlines()]
    assert [line["schema"] for line in lines] == ["Person", "Company", "Ownership", "Ownership"]
    assert lines[2]["properties"]["percentage"] == ["25-50"]
    assert len({line["id"] for line in lines}) == 4


KINDS = (
    "holdsPost", "namedIn", "parentBody", "buys", "grants", "relativeOf", "associateOf", "owns", "controls", "directs",
    "declared", "sharesContact", "bids", "wins", "receives", "sameAs",
)  # fmt: skip
"""Every kind of edge of the contract."""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("start", ["person", "company", "body"])
@pytest.mark.parametrize("end", ["person", "company", "body"])
def test_ftm_takes_every_kind_of_link_between_any_two(kind: str, start: str, end: str) -> None:
    nodes: list[dict[str, Any]] = [{"id": "A", "kind": start, "name": "A"}, {"id": "B", "kind": end, "name": None}]
    edge = {**EDGE, "kind": kind, "from": "A", "to": "B", "valid": ["2021", "2022-03"]}
    lines = [json.loads(line) for line in b"".join(graph(nodes, [edge], "ftm")).splitlines()]
    assert list(faults(lines)) == []
    link = lines[2]["properties"]
    assert {value for values in link.values() for value in values} >= {"A", "B", "2021", "2022-03", "1", "25-50"}


@pytest.mark.parametrize("format", ["graphml", "gexf"])
def test_what_was_left_out_is_said_in_the_file(format: GraphFormat) -> None:
    whole, part = (b"".join(graph(NODES, EDGES, format, omitted)) for omitted in (0, 17))
    assert b"17 more nodes were left out" in part
    assert b"left out" not in whole
    assert len(ElementTree.fromstring(part).findall(".//{*}node")) == 2
