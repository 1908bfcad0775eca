"""A piece of the graph as GraphML, GEXF 1.3 or FollowTheMoney entities."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal
from xml.sax.saxutils import escape, quoteattr

import msgspec

GraphFormat = Literal["graphml", "gexf", "ftm"]
GRAPH_MEDIA: Mapping[str, str] = {
    "graphml": "application/graphml+xml",
    "gexf": "application/gexf+xml",
    "ftm": "application/x-ndjson",
}
_NODE = ("kind", "name")
_EDGE = ("kind", "share", "validFrom", "validTo", "recordedAt", "source", "event", "certainty")
_SCHEMAS = {"person": "Person", "company": "Company", "body": "PublicBody"}
_LINKS = {
    # kind of link: schema, its member for `from`, its member for `to`
    "owns": ("Ownership", "owner", "asset"),
    "controls": ("Ownership", "owner", "asset"),
    "directs": ("Directorship", "director", "organization"),
    "holdsPost": ("Employment", "employee", "employer"),
    "relativeOf": ("Family", "person", "relative"),
    "associateOf": ("Associate", "person", "associate"),
}
"""Every other kind is an UnknownLink whose `role` is the kind."""
_FITS = {
    # what may stand at both ends; elsewhere FollowTheMoney's model has no member for it
    "Ownership": ({"Person", "Company", "PublicBody", "LegalEntity"}, {"Company"}),
    "Directorship": ({"Person", "Company", "PublicBody", "LegalEntity"}, {"Company", "PublicBody"}),
    "Employment": ({"Person"}, {"Company", "PublicBody"}),
    "Family": ({"Person"}, {"Person"}),
    "Associate": ({"Person"}, {"Person"}),
}
_NO_XML = re.compile("[^\t\n\r\\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Node = Mapping[str, Any]
Edge = Mapping[str, Any]


def graph(nodes: Sequence[Node], edges: Sequence[Edge], format: GraphFormat, omitted: int = 0) -> Iterator[bytes]:
    """The file in pieces. Nodes are `{"id","kind","name"}` (name None: not told), edges as in an alert's path.

    Nodes that were left out are said in the file itself, but for FollowTheMoney, which has no place for it.
    """
    lines = (
        _ftm(nodes, edges) if format == "ftm" else {"graphml": _graphml, "gexf": _gexf}[format](nodes, edges, omitted)
    )
    return (line.encode() + b"\n" for line in lines)


def _left_out(omitted: int) -> str:
    return f"{omitted} more nodes were left out" if omitted else ""


def _told(edge: Edge) -> dict[str, str]:
    """What an edge says beside its ends, as texts; what is not known is left out."""
    start, end = edge["valid"]
    share = edge.get("share")
    values = {
        "kind": edge["kind"],
        "share": msgspec.json.encode(share).decode() if share else None,
        "validFrom": start,
        "validTo": end,
        "recordedAt": edge["recordedAt"],
        "source": edge["event"]["source"],
        "event": edge["event"]["id"],
        "certainty": edge["certainty"],
    }
    return {name: _clean(str(value)) for name, value in values.items() if value is not None}


def _node_told(node: Node) -> dict[str, str]:
    return {name: _clean(str(node[name])) for name in _NODE if node.get(name) is not None}


def _graphml(nodes: Sequence[Node], edges: Sequence[Edge], omitted: int) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    for place, names in (("node", _NODE), ("edge", _EDGE)):
        for name in names:
            yield f'<key id="{place}.{name}" for="{place}" attr.name="{name}" attr.type="string"/>'
    yield '<graph edgedefault="directed">'
    if omitted:
        yield f"<desc>{_left_out(omitted)}</desc>"
    for node in nodes:
        yield f"<node id={_quoted(node['id'])}>{_data('node', _node_told(node))}</node>"
    for number, edge in enumerate(edges):
        ends = f"source={_quoted(edge['from'])} target={_quoted(edge['to'])}"
        yield f'<edge id="{number}" {ends}>{_data("edge", _told(edge))}</edge>'
    yield "</graph>"
    yield "</graphml>"


def _data(place: str, values: Mapping[str, str]) -> str:
    return "".join(f'<data key="{place}.{name}">{escape(value)}</data>' for name, value in values.items())


def _gexf(nodes: Sequence[Node], edges: Sequence[Edge], omitted: int) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<gexf xmlns="http://gexf.net/1.3" version="1.3">'
    if omitted:
        yield f"<meta><description>{_left_out(omitted)}</description></meta>"
    yield '<graph mode="static" defaultedgetype="directed">'
    for place, names in (("node", _NODE), ("edge", _EDGE)):
        declared = "".join(f'<attribute id="{name}" title="{name}" type="string"/>' for name in names)
        yield f'<attributes class="{place}">{declared}</attributes>'
    yield "<nodes>"
    for node in nodes:
        label = _quoted(str(node.get("name") or node["id"]))
        yield f"<node id={_quoted(node['id'])} label={label}>{_values(_node_told(node))}</node>"
    yield "</nodes>"
    yield "<edges>"
    for number, edge in enumerate(edges):
        ends = f"source={_quoted(edge['from'])} target={_quoted(edge['to'])} label={_quoted(edge['kind'])}"
        yield f'<edge id="{number}" {ends}>{_values(_told(edge))}</edge>'
    yield "</edges>"
    yield "</graph>"
    yield "</gexf>"


def _values(values: Mapping[str, str]) -> str:
    listed = "".join(f'<attvalue for="{name}" value={_quoted(value)}/>' for name, value in values.items())
    return f"<attvalues>{listed}</attvalues>"


def _ftm(nodes: Sequence[Node], edges: Sequence[Edge]) -> Iterator[str]:
    schemas = {node["id"]: _SCHEMAS.get(node["kind"], "LegalEntity") for node in nodes}
    for node in nodes:
        properties = {"name": [node["name"]]} if node.get("name") else {}
        yield _entity(node["id"], schemas[node["id"]], properties)
    for edge in edges:
        yield _interest(edge, schemas)


def _interest(edge: Edge, schemas: Mapping[str, str]) -> str:
    schema, start, end = _link(edge, schemas)
    told = _told(edge)
    properties: dict[str, list[str]] = {start: [edge["from"]], end: [edge["to"]]}
    for member, name in (("startDate", "validFrom"), ("endDate", "validTo"), ("recordId", "event")):
        if name in told:
            properties[member] = [told[name]]
    share = edge.get("share")
    if share:
        low, high = share["min"], share["max"]
        figure = _percent(low) if low == high else f"{_percent(low)}-{_percent(high)}"
        properties["percentage" if schema == "Ownership" else "summary"] = [figure]
    if edge["kind"] == "controls" or schema == "UnknownLink":
        properties["role"] = [edge["kind"]]
    key = msgspec.json.encode([edge["kind"], edge["from"], edge["to"], told])
    return _entity("link-" + hashlib.sha256(key).hexdigest()[:40], schema, properties)


def _link(edge: Edge, schemas: Mapping[str, str]) -> tuple[str, str, str]:
    """The schema of a link and its members for both ends."""
    found = _LINKS.get(edge["kind"])
    if found is not None:
        sources, targets = _FITS[found[0]]
        if schemas.get(edge["from"]) in sources and schemas.get(edge["to"]) in targets:
            return found
    return "UnknownLink", "subject", "object"


def _percent(share: str) -> str:
    return format((Decimal(share) * 100).normalize(), "f")


def _entity(id: str, schema: str, properties: Mapping[str, Iterable[str]]) -> str:
    return msgspec.json.encode({"id": id, "schema": schema, "properties": properties}).decode()


def _clean(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _quoted(text: str) -> str:
    return quoteattr(_clean(text))
