"""The catalogue: every rule, found by folder, with a profile's parameters."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from dataclasses import fields, replace
from fractions import Fraction
from functools import cache
from importlib import import_module
from typing import Any

from aiqyn.rules import patterns
from aiqyn.rules.model import Rule
from aiqyn.rules.profile import Profile, threshold
from aiqyn.schemas.shares import Threshold


@cache
def load() -> Mapping[str, Rule]:
    """Every rule by id, in order of id. Raises RuntimeError where two files claim one id, or one holds no rule."""
    found: dict[str, Rule] = {}
    for module in pkgutil.iter_modules(patterns.__path__):
        rule = getattr(import_module(f"{patterns.__name__}.{module.name}"), "RULE", None)
        if not isinstance(rule, Rule):
            raise RuntimeError(f"patterns/{module.name}.py holds no RULE")
        if rule.id in found:
            raise RuntimeError(f"two rules claim {rule.id}")
        found[rule.id] = rule
    return dict(sorted(found.items()))


def configure(profile: Profile) -> Mapping[str, Rule]:
    """The rules with the profile's parameters. Raises ValueError on a rule or parameter that does not exist."""
    rules = dict(load())
    for id, overrides in profile.overrides.items():
        if id not in rules:
            raise ValueError(f"profile {profile.name} sets parameters of {id}, which does not exist")
        rules[id] = replace(rules[id], params=_overridden(rules[id].params, overrides, f"{profile.name}: {id}"))
    return rules


def _overridden(params: Any, overrides: Mapping[str, Any], where: str) -> Any:
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
