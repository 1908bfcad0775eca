"""The catalogue: every rule, found by folder, with a profile's parameters."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module

from aiqyn.rules import patterns
from aiqyn.rules.model import Rule
from aiqyn.rules.overrides import params_of
from aiqyn.rules.profile import Profile


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


def known(ids: Iterable[str]) -> tuple[str, ...]:
    """The ids as the catalogue writes them. Raises ValueError for one that it lacks, naming those that it has."""
    found = tuple(id.upper() for id in ids)
    for id in found:
        if id not in load():
            raise ValueError(f"there is no rule {id!r}; there are {', '.join(load())}")
    return found


def configure(profile: Profile) -> Mapping[str, Rule]:
    """The rules with the profile's parameters. Raises ValueError on a rule or parameter that does not exist."""
    rules = dict(load())
    for id in profile.overrides:
        if id not in rules:
            raise ValueError(f"profile {profile.name} sets parameters of {id}, which does not exist")
        rules[id] = replace(rules[id], params=params_of(rules[id], profile))
    return rules
