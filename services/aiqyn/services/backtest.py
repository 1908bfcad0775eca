"""What a database's ledger would give under other parameters or another profile. Reads alone; nothing is written."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from aiqyn.rules import catalogue
from aiqyn.rules.profile import Profile
from aiqyn.services.store.opening import Database
from aiqyn.streams.detection.alerts import Draft
from aiqyn.streams.detection.judge import Judge
from aiqyn.streams.engine import Engine
from aiqyn.streams.world.cases import allocation_key

_COMPARED = (
    "severity", "certainty", "identity", "managed", "stage", "window", "amount", "parameters", "paths",
)  # fmt: skip


class Difference(NamedTuple):
    """One alert that would be raised, withdrawn or other than it is."""

    change: str
    """`added`, `removed` or `changed`."""
    alert: dict[str, Any]
    """As the other configuration gives it; of a removed one as it is now."""
    members: tuple[str, ...]
    """Of a changed one: which members differ."""


def with_parameters(profile: Profile, settings: Sequence[str]) -> Profile:
    """The profile with `RULE.parameter=value` set; a value is written as in a profile's file, bare text without quotes.

    Raises ValueError on a rule, parameter or value that does not exist.
    """
    overrides: dict[str, dict[str, Any]] = {id: dict(values) for id, values in profile.overrides.items()}
    for text in settings:
        name, equals, value = text.partition("=")
        rule, dot, parameter = name.strip().partition(".")
        if not (equals and dot and parameter):
            raise ValueError(f"RULE.parameter=value is wanted, not {text!r}")
        (known,) = catalogue.known([rule])
        overrides.setdefault(known, {})[parameter] = _value(value.strip())
    changed = replace(profile, overrides=overrides)
    catalogue.configure(changed)
    return changed


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def backtest(
    database: Database, engine: Engine, before: Profile, after: Profile, rules: frozenset[str]
) -> Iterator[Difference]:
    """The differences, case by case in order of key; `rules`: of these alone (empty: all). Cost: judging every case
    twice."""
    namespace = database.alert_namespace()
    ours, theirs = (
        Judge(engine.world, catalogue.configure(each), each, namespace, database.store) for each in (before, after)
    )
    world = engine.world
    for key in sorted([*world.processes, *map(allocation_key, world.allocations)]):
        was, would_be = (_wanted(judge.drafts(key), rules) for judge in (ours, theirs))
        for id in sorted(was.keys() | would_be.keys()):
            found = _difference(was.get(id), would_be.get(id))
            if found is not None:
                yield found


def _wanted(drafts: Any, rules: frozenset[str]) -> Mapping[str, dict[str, Any]]:
    found: list[Draft] = list(drafts)
    return {draft.id: draft.document for draft in found if not rules or draft.document["rule"] in rules}


def _difference(was: dict[str, Any] | None, would_be: dict[str, Any] | None) -> Difference | None:
    if was is None or would_be is None:
        if would_be is not None:
            return Difference("added", would_be, ())
        return Difference("removed", was, ()) if was is not None else None
    members = tuple(name for name in _COMPARED if was[name] != would_be[name])
    return Difference("changed", would_be, members) if members else None
