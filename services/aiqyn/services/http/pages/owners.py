"""The ownership picture of a company's page, and the nested list that stands for it on narrow screens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from markupsafe import Markup

from aiqyn.schemas.shares import Share
from aiqyn.services.http.pages.site import svg
from aiqyn.services.i18n import writing
from aiqyn.services.i18n.catalogue import text
from aiqyn.services.pictures import ownership
from aiqyn.services.pictures.canvas import Kind, Node
from aiqyn.services.pictures.layers import Holding, layers
from aiqyn.services.reading.ownership_graph import Held, Owner, OwnershipGraph
from aiqyn.streams.ownership_answer import decimal

_KINDS: dict[str, Kind] = {"person": "person", "body": "body", "company": "company", "unknown": "unknown"}
_MOST_COLUMNS = 5
_MOST_LINES = 60
"""Lines of the nested list."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One line of the nested list."""

    share: str
    name: str
    note: str
    above: list[Branch]


@dataclass(frozen=True, slots=True)
class Owners:
    """What the page shows."""

    picture: Markup
    tree: list[Branch]
    cycles: bool
    omitted: int


def owners(found: OwnershipGraph, names: Mapping[str, str], ids: Mapping[str, str], lang: str) -> Owners | None:
    """Drawn from what is upstream; `names` by id, `ids`: what each id is called in addresses (a handle for people).
    None: nobody is on record."""
    if not found.held:
        return None
    nodes = {owner.id: _node(owner, names, ids, lang) for owner in found.owners}
    nodes[found.company] = Node(
        found.company, "company", text("owners.this", lang), names.get(found.company, found.company)
    )
    holdings = [_holding(held, lang) for held in found.held]
    omitted = sum(number for number, _ in found.omitted.values())
    for company, (number, share) in found.omitted.items():
        name = f"more:{company}"
        nodes[name] = Node(name, "unknown", text("owners.more", lang), text("owners.and_more", lang, count=number))
        holdings.append(_holding(Held(name, company, share, False), lang))
    holdings, cut = _near(found.company, holdings)
    drawn = ownership.draw(found.company, nodes, holdings, text("owners.cycle", lang))
    _, back = layers(found.company, holdings)
    label = text("owners.label", lang, name=names.get(found.company, found.company))
    lines = [_MOST_LINES]
    tree = _above(found.company, holdings, back, nodes, frozenset({found.company}), lines, lang)
    return Owners(svg(drawn.svg("wide", label)) or Markup(), tree, bool(back), omitted + cut)


def _node(owner: Owner, names: Mapping[str, str], ids: Mapping[str, str], lang: str) -> Node:
    if owner.kind == "unknown":
        return Node(owner.id, "unknown", text("owners.unknown", lang), text("owners.not_stated", lang))
    notes = (
        text("owners.owns", lang, share=share_text(owner.capital, lang)),
        text("owners.control", lang, answer=text(f"answer.{owner.control}", lang).lower()),
    )
    label = names.get(owner.id) or text("mask.name", lang)
    shown = ids.get(owner.id, owner.id)
    kind = _KINDS[owner.kind]
    return Node(owner.id, kind, text(f"picture.{kind}", lang), label, notes, f"/entities/{shown}?lang={lang}")


def _holding(held: Held, lang: str) -> Holding:
    if held.share is None:
        return Holding(held.owner, held.owned, text("owners.controls", lang), Fraction(1, 2), "control", held.certain)
    middle = (held.share.low + held.share.high) / 2
    return Holding(held.owner, held.owned, share_text(held.share, lang), middle, "share", held.certain)


def share_text(share: Share, lang: str) -> str:
    """A share as it is stated: `40 %`, or a band."""
    return writing.percent((decimal(share.low), decimal(share.high)), lang)


def _near(focus: str, holdings: list[Holding]) -> tuple[list[Holding], int]:
    """The holdings that a picture of five columns has room for, and how many owners it has not."""
    depth, _ = layers(focus, holdings)
    far = {name for name, column in depth.items() if column >= _MOST_COLUMNS}
    return [each for each in holdings if not {each.owner, each.owned} & far], len(far)


def _above(
    company: str,
    holdings: list[Holding],
    back: set[Holding],
    nodes: Mapping[str, Node],
    walk: frozenset[str],
    left: list[int],
    lang: str,
) -> list[Branch]:
    """The holders of a company with theirs; a cycle is named and not walked again."""
    branches: list[Branch] = []
    for holding in sorted((each for each in holdings if each.owned == company), key=lambda each: -each.weight):
        if left[0] <= 0:
            break
        left[0] -= 1
        node = nodes[holding.owner]
        if holding in back or holding.owner in walk:
            branches.append(Branch(holding.text, node.name, text("owners.again", lang), []))
            continue
        above = _above(holding.owner, holdings, back, nodes, walk | {holding.owner}, left, lang)
        branches.append(Branch(holding.text, node.name, ", ".join(node.notes), above))
    return branches


def bars(low: str, high: str) -> dict[str, Any]:
    """A share from least to most as parts of a bar of 100."""
    least, most = float(low) * 100, float(high) * 100
    return {"low": round(least, 2), "rest": round(most - least, 2)}
