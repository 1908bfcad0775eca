"""Ties between persons: the edges that they make."""

from __future__ import annotations

from collections.abc import Mapping

from aiqyn.streams.graph.store import Kind

KIN_EDGES: Mapping[str, tuple[Kind, bool]] = {
    # relationship: kind of edge, whether it runs from the relative to the person
    "spouse": (Kind.MARRIED, False), "partner": (Kind.MARRIED, False), "cohabitant": (Kind.MARRIED, False),
    "parent": (Kind.PARENT, False), "adoptiveParent": (Kind.PARENT, False), "guardian": (Kind.PARENT, False),
    "child": (Kind.PARENT, True), "adoptedChild": (Kind.PARENT, True),
    "sibling": (Kind.SIBLING, False), "halfSibling": (Kind.HALF_SIBLING, False),
    "grandparent": (Kind.GRANDPARENT, False), "grandchild": (Kind.GRANDPARENT, True),
    "associate": (Kind.ASSOCIATE, False), "relative": (Kind.RELATIVE, False),
}  # fmt: skip
KIN_KINDS = frozenset(
    {
        Kind.PARENT,
        Kind.SIBLING,
        Kind.HALF_SIBLING,
        Kind.GRANDPARENT,
        Kind.MARRIED,
        Kind.ASSOCIATE,
        Kind.RELATIVE,
    }
)
RELATIVE_KINDS = KIN_KINDS - {Kind.ASSOCIATE}
"""Ties that make relatives: an associate is none."""
