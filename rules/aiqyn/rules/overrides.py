"""Parameters of a rule as a profile sets them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any, TypeVar

from aiqyn.rules.model import Rule
from aiqyn.rules.profile import Profile, threshold
from aiqyn.schemas.shares import Threshold

P = TypeVar("P")


def params_of(rule: Rule, profile: Profile) -> Any:
    """The rule's parameters under the profile: for a rule that asks another one. Raises ValueError as `overridden`."""
    overrides = profile.overrides.get(rule.id)
    return overridden(rule.params, overrides, f"{profile.name}: {rule.id}") if overrides else rule.params


def overridden(params: Any, overrides: Mapping[str, Any], where: str) -> Any:
    """Parameters with some of them replaced. Raises ValueError on one that does not exist or cannot be read."""
    known = {item.name for item in fields(params)}
    for name in overrides:
        if name not in known:
            raise ValueError(f"{where} has no parameter {name!r}; it has {', '.join(sorted(known)) or 'none'}")
    return replace(params, **{name: _typed(getattr(params, name), value) for name, value in overrides.items()})


def _typed(default: Any, value: Any) -> Any:
    if isinstance(default, Threshold):
        return threshold(value)
    if isinstance(default, Fraction):
        return Fraction(str(value))
    return tuple(value) if isinstance(default, tuple) else type(default)(value)
