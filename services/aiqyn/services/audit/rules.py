"""What the audit log commits to of rules: with what each one judges, whenever that changes."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from aiqyn.rules import catalogue
from aiqyn.rules import profile as profiles
from aiqyn.rules.model import Rule
from aiqyn.rules.profile import Profile
from aiqyn.schemas.canonical import canonical
from aiqyn.schemas.shares import Threshold
from aiqyn.services import moments
from aiqyn.services.audit import leaves
from aiqyn.services.store.database import reading
from aiqyn.services.store.tables import leaf
from aiqyn.services.store.turns import taking_turns

Document = dict[str, Any]


def rule_state(rule: Rule, profile: Profile) -> Document:
    """A rule as the log tells of it: all that decides what it finds, texts and legal basis left out."""
    return {
        "rule": rule.id,
        "version": rule.version,
        "status": rule.status,
        "parameters": {name: _exact(value) for name, value, _ in rule.parameters()},
        "profile": {
            "name": profile.name,
            "zone": profile.zone,
            "blood": profile.blood,
            "affinity": profile.affinity,
            "listedExempt": _exact(profile.listed_exempt),
        },
    }


def tell_rules(engine: Engine, profile: str) -> int:
    """Write a leaf for each rule that is not as its last leaf says; how many. Raises StoreUnavailable.

    For those who are about to judge. Where nothing changed it costs one query; several processes may do it at once.
    """
    chosen = profiles.load(profile)
    return tell(engine, catalogue.configure(chosen), chosen)


def tell(engine: Engine, rules: Mapping[str, Rule], profile: Profile) -> int:
    """As `tell_rules`, of these rules. A rule that is no more gets a leaf without `version` and what follows it."""
    now = {id: rule_state(rule, profile) for id, rule in rules.items()}
    with reading(engine) as connection:
        if not _changed(connection, now):
            return 0
    with taking_turns(engine, "rules") as connection:
        changed = _changed(connection, now)
        at = moments.now()
        for id in changed:
            leaves.record(connection, "rule", id, now.get(id, {"rule": id}), at)
    return len(changed)


def _changed(connection: Connection, now: Mapping[str, Document]) -> list[str]:
    """Ids of the rules whose last leaf says something else, or that have none."""
    last = select(func.max(leaf.c.id)).where(leaf.c.kind == "rule").group_by(leaf.c.ref)
    query = select(leaf.c.ref, leaf.c.document).where(leaf.c.id.in_(last))
    told = {ref: text for ref, text in connection.execute(query)}
    here = {id: canonical(document).decode() for id, document in now.items()}
    gone = {id: canonical({"rule": id}).decode() for id in told.keys() - here.keys()}
    return sorted(id for id, text in (here | gone).items() if told.get(id) != text)


def _exact(value: object) -> object:
    """A parameter in JSON, fractions of 1 in lowest terms."""
    if isinstance(value, Threshold):
        return f"{value.operator} {value.value}"
    if isinstance(value, tuple):
        return [_exact(each) for each in value]
    return str(value) if isinstance(value, Fraction) else value
