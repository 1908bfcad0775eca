"""A person's household: spouse or partner, and children under 18 or declared as its own."""

from __future__ import annotations

from typing import NamedTuple

from aiqyn.rules.view import GraphView, Kin, Node
from aiqyn.schemas.days import ALWAYS, Days


class Member(NamedTuple):
    person: Node
    days: Days
    """Days on which it belongs to the household."""
    ways: tuple[Kin, ...]


def household(person: Node, view: GraphView) -> list[Member]:
    """The person first, then the others by node."""
    declared = {
        item.counterparty
        for declaration in view.declarations(person)
        for item in declaration.items
        if item.kind == "relative" and item.holder == "child" and item.counterparty is not None
    }
    members: dict[Node, Member] = {}
    for kin in view.kin(person):
        if not (kin.spouse or kin.child):
            continue
        days = kin.days
        if not kin.spouse and kin.relative not in declared:
            days = days & view.under_18(kin.relative)
        if days:
            known = members.get(kin.relative)
            if known is not None:
                members[kin.relative] = Member(kin.relative, known.days | days, (*known.ways, kin))
            else:
                members[kin.relative] = Member(kin.relative, days, (kin,))
    return [Member(person, ALWAYS, ()), *(members[node] for node in sorted(members))]
