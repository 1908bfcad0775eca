"""A person's household: spouse or partner, and children under 18 or declared as its own."""

from __future__ import annotations

from typing import NamedTuple

from aiqyn.rules.view import GraphView, Kin, Link, Node
from aiqyn.schemas.days import ALWAYS, Days


class Member(NamedTuple):
    person: Node
    days: Days
    """Days on which it belongs to the household."""
    ways: tuple[Kin, ...]
    """Family ties, and the declarations that name it as a child."""


def household(person: Node, view: GraphView) -> list[Member]:
    """The person first, then the others by node."""
    declared = declared_children(person, view)
    members: dict[Node, Member] = {}
    for kin in view.kin(person):
        if not (kin.spouse or kin.child):
            continue
        days = kin.days
        ways: tuple[Kin, ...] = (kin,)
        statements = declared.get(kin.relative, ()) if kin.child else ()
        if statements:
            ways = (kin, *(kin._replace(links=(link,)) for link in statements))
        elif not kin.spouse:
            days = days & view.under_18(kin.relative)
        if days:
            known = members.get(kin.relative)
            if known is not None:
                members[kin.relative] = Member(kin.relative, known.days | days, (*known.ways, *ways))
            else:
                members[kin.relative] = Member(kin.relative, days, ways)
    return [Member(person, ALWAYS, ()), *(members[node] for node in sorted(members))]


def declared_children(person: Node, view: GraphView) -> dict[Node, list[Link]]:
    """Whom the person's own declarations name as a child, with a link for each declaration."""
    found: dict[Node, list[Link]] = {}
    for declaration in view.declarations(person):
        for item in declaration.items:
            if item.kind == "relative" and item.holder == "child" and item.counterparty is not None:
                link = Link("declared", person, item.counterparty, declaration.seq)
                if link not in found.setdefault(item.counterparty, []):
                    found[item.counterparty].append(link)
    return found
