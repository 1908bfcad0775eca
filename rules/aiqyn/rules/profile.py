"""Profiles: what differs by jurisdiction, as data (one TOML file each in `profiles/`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Any

from aiqyn.schemas.shares import Operator, Threshold


@dataclass(frozen=True, slots=True)
class LegalReference:
    """A provision that a rule rests on, with the days on which it is in force and who read it."""

    rule: str
    act: str
    article: str
    valid_from: str
    valid_to: str | None
    reviewed_by: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Thresholds, degrees of kinship and legal references of one jurisdiction."""

    name: str
    title: str
    zone: str
    """UTC offset in which an instant without a zone is read, `+00:00`."""
    blood: int
    """Widest degree of blood relationship that counts."""
    affinity: int
    """Widest degree of affinity that counts."""
    listed_exempt: Threshold
    """A stake in a listed company counts only where it exceeds this."""
    overrides: Mapping[str, Mapping[str, Any]]
    """Parameters by rule id that replace a rule's defaults."""
    law: tuple[LegalReference, ...]


def threshold(text: str) -> Threshold:
    """`>= 5 %` as an exact threshold. Raises ValueError."""
    operator, _, figure = text.partition(" ")
    if operator not in (">", ">="):
        raise ValueError(f"a threshold starts with > or >=: {text!r}")
    figure = figure.strip()
    if not figure.endswith("%"):
        raise ValueError(f"a threshold is a percentage: {text!r}")
    checked: Operator = ">" if operator == ">" else ">="
    return Threshold(Fraction(figure[:-1].strip()) / 100, checked)


def names() -> list[str]:
    """The names of all profiles."""
    folder = resources.files("aiqyn.rules") / "profiles"
    return sorted(item.name[:-5] for item in folder.iterdir() if item.name.endswith(".toml"))


@cache
def load(name: str) -> Profile:
    """The profile of that name. Raises ValueError naming those that exist."""
    if name not in names():
        raise ValueError(f"no profile {name!r}; there are {', '.join(names())}")
    text = (resources.files("aiqyn.rules") / "profiles" / f"{name}.toml").read_text("utf-8")
    data = tomllib.loads(text)
    return Profile(
        name=name,
        title=data["title"],
        zone=data["zone"],
        blood=data["kinship"]["blood"],
        affinity=data["kinship"]["affinity"],
        listed_exempt=threshold(data["listed"]["counts"]),
        overrides=data.get("rules", {}),
        law=tuple(
            LegalReference(
                rule=item["rule"],
                act=item["act"],
                article=item["article"],
                valid_from=item["valid_from"],
                valid_to=item.get("valid_to"),
                reviewed_by=item["reviewed_by"],
            )
            for item in data.get("law", [])
        ),
    )
