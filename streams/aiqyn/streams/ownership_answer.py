"""Who owns and who controls a company on a day, in the contract's form (design, section 12)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from aiqyn.schemas.days import Days, iso
from aiqyn.schemas.shares import Share
from aiqyn.streams.detection.view import LevelView
from aiqyn.streams.engine import Engine
from aiqyn.streams.identity.naming import is_identifier
from aiqyn.streams.ownership.analysis import Ownership

_LEVEL = 3
"""Identity: joins by identifier, decided and corroborated ones; nothing unconfirmed."""
_LEAST_DIGITS = 12
_MOST_DIGITS = 30


def ownership(engine: Engine, company: str, day: int, everyone: bool = False) -> dict[str, Any]:
    """`{"company","at","holders":[{"holder","kind","ownership","votes","control"}],"issues":[{"code","entities"}]}`.

    `company` is any name of it, `SCHEME:ID` or `REC:...`; `day` an ordinal. Holders are the persons and the
    public bodies upstream, those too who control with nothing; with `everyone` also the companies, walks that
    return to them left out of their figures. Sorted by the greatest share that is possible (capital or votes,
    whichever is more), then by name. Shares are fractions of 1 in decimals, `[min, max]` (`decimal`). Raises
    LookupError where no record names the company. Cost: what is upstream.
    """
    world = engine.world
    atom = world.atoms.find(company)
    if atom is None:
        raise LookupError(f"no record names {company}")
    view = LevelView(world, _LEVEL, engine.profile)
    node = view.node(atom)
    found = view.holding(node, Days.on(day)).on_day()
    return {
        "company": view.name(node),
        "at": iso(day),
        "holders": [holder for _, holder in sorted(_holders(view, found, everyone), key=lambda each: each[0])],
        "issues": _issues(engine, view, found),
    }


def _holders(
    view: LevelView, found: Ownership, everyone: bool
) -> Iterator[tuple[tuple[Fraction, str], dict[str, Any]]]:
    controllers = found.controllers()
    for node in found.nodes:
        name, kind = view.name(node), _kind(view, node)
        if _is_nobody(name) or node == found.company or (kind == "company" and not everyone):
            continue
        held = found.held_by(frozenset({node}))
        control = controllers.get(node, "no")
        greatest = max(held.capital.high, held.votes.high)
        if control == "no" and not greatest:
            continue
        yield (
            (-greatest, name),
            {
                "holder": name,
                "kind": kind,
                "ownership": _bounds(held.capital),
                "votes": _bounds(held.votes),
                "control": control,
            },
        )


def _kind(view: LevelView, node: int) -> str:
    if view.is_person(node):
        return "person"
    # Where sources disagree, a body that may be public is better shown than left out.
    return "body" if view.is_public_body(node).possible else "company"


def _is_nobody(name: str) -> bool:
    """Whether the name stands for an owner that a statement leaves unspecified."""
    return not is_identifier(name) and not name.startswith("REC:")


def _issues(engine: Engine, view: LevelView, found: Ownership) -> list[dict[str, Any]]:
    issues: set[tuple[str, tuple[str, ...]]] = {
        (issue.code, tuple(sorted(map(view.name, issue.entities)))) for issue in found.issues
    }
    unspecified = engine.world.unspecified
    for company, holders in _direct_holders(found).items():
        if any(atom in unspecified for holder in holders for atom in view.atoms(holder)):
            issues.add(("unspecifiedOwner", (view.name(company),)))
    return [{"code": code, "entities": list(entities)} for code, entities in sorted(issues)]


def _direct_holders(found: Ownership) -> Mapping[int, set[int]]:
    """By company upstream, the one asked for included, whoever holds or controls it."""
    holders: dict[int, set[int]] = {}
    for company, shares in found.shareholders.items():
        holders.setdefault(company, set()).update(shares.capital, shares.votes)
    for company, controls in found.interests.items():
        holders.setdefault(company, set()).update(control.holder for control in controls)
    return holders


def _bounds(share: Share) -> list[str]:
    return [decimal(share.low), decimal(share.high)]


def decimal(value: Fraction) -> str:
    """A fraction of 1 with 12 decimals or more: exact where they end within 30, else rounded to 30."""
    scaled = round(value * 10**_MOST_DIGITS)
    whole, rest = divmod(scaled, 10**_MOST_DIGITS)
    digits = f"{rest:0{_MOST_DIGITS}}".rstrip("0")
    return f"{whole}.{digits:0<{_LEAST_DIGITS}}"
