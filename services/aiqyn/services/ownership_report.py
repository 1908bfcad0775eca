"""Who owns and who controls a company on a day, in the contract's form."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import Any

from aiqyn.rules.profile import Profile
from aiqyn.schemas.days import Days, iso
from aiqyn.schemas.shares import Share
from aiqyn.streams.detection.view import LevelView
from aiqyn.streams.ownership.analysis import Ownership
from aiqyn.streams.world.world import World

_LEVEL = 3  # identity joined by identifier, decision or corroboration; unconfirmed links join nobody
_DIGITS = 12
_MOST_DIGITS = 30
_NOBODY = "UNSPECIFIED:"


def ownership_report(
    world: World, profile: Profile, company: str, day: int, companies: bool = False
) -> dict[str, Any] | None:
    """`{"company","at","holders":[...],"issues":[...]}`; None where no record names `company`.

    Holders are the persons and public bodies upstream, those who control without a share among them; with
    `companies` the companies too, walks that return to them left out of their figures. Greatest first.
    Figures are fractions of 1 as decimal text, exact where they end within 30 digits, else rounded outwards.
    Cost: what is upstream.
    """
    atom = world.atoms.find(company)
    if atom is None:
        return None
    view = LevelView(world, _LEVEL, profile)
    node = view.node(atom)
    ownership = view.holding(node, Days.on(day)).on_day()
    return {
        "company": view.name(node),
        "at": iso(day),
        "holders": _holders(view, ownership, companies),
        "issues": _issues(world, view, ownership),
    }


def _holders(view: LevelView, ownership: Ownership, companies: bool) -> list[dict[str, Any]]:
    controllers = ownership.controllers()
    found: list[tuple[Fraction, str, dict[str, Any]]] = []
    for node in ownership.nodes:
        name = view.name(node)
        kind = _kind(view, node)
        if name.startswith(_NOBODY) or (kind == "company" and not companies):
            continue
        holding = ownership.held_by(frozenset((node,)))
        control = controllers.get(node, "no")
        if control == "no" and not (holding.capital.high or holding.votes.high):
            continue
        holder = {
            "holder": name,
            "kind": kind,
            "ownership": _bounds(holding.capital),
            "votes": _bounds(holding.votes),
            "control": control,
        }
        found.append((-holding.capital.high, name, holder))
    return [holder for *_, holder in sorted(found, key=lambda item: item[:2])]


def _kind(view: LevelView, node: int) -> str:
    if view.is_person(node):
        return "person"
    return "body" if view.is_public_body(node).certain else "company"


def _issues(world: World, view: LevelView, ownership: Ownership) -> list[dict[str, Any]]:
    found = {(issue.code, tuple(sorted(map(view.name, issue.entities)))) for issue in ownership.issues}
    issues: set[tuple[str, tuple[str, ...]]] = {(code, names) for code, names in found}
    for company, holders in _holders_of(ownership).items():
        if any(atom in world.unspecified for holder in holders for atom in view.atoms(holder)):
            issues.add(("unspecifiedOwner", (view.name(company),)))
    return [{"code": code, "entities": list(names)} for code, names in sorted(issues)]


def _holders_of(ownership: Ownership) -> dict[int, set[int]]:
    """Every company upstream, and the one asked for, to whoever holds or controls it."""
    found: dict[int, set[int]] = {}
    for company, stakes in ownership.shareholders.items():
        found.setdefault(company, set()).update((*stakes.capital, *stakes.votes))
    for company, controls in ownership.interests.items():
        found.setdefault(company, set()).update(control.holder for control in controls)
    return found


def _bounds(share: Share) -> list[str]:
    return [decimal_text(share.low, up=False), decimal_text(share.high, up=True)]


def decimal_text(value: Fraction, up: bool) -> str:
    """A fraction of 1 with at least 12 decimals; one that does not end within 30 is rounded up or down."""
    scaled = value * 10**_MOST_DIGITS
    number = ceil(scaled) if up else floor(scaled)
    whole, rest = divmod(number, 10**_MOST_DIGITS)
    digits = f"{rest:0{_MOST_DIGITS}}".rstrip("0")
    return f"{whole}.{digits:0<{_DIGITS}}"
