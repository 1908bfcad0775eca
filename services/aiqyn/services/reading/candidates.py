"""Pairs of person records that may be one person, for review: namesakes that nobody has decided on yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Engine as SqlEngine
from sqlalchemy import func, select

from aiqyn.services.reading.facets import version
from aiqyn.services.reading.kept import Kept
from aiqyn.services.store.alert_rows import indexed_entity
from aiqyn.services.store.database import reading
from aiqyn.services.store.tables import alert, alert_entity, event
from aiqyn.streams.engine import Engine
from aiqyn.streams.identity.evidence import Traits, agreement, births_conflict, schemes_conflict
from aiqyn.streams.identity.naming import cluster_name
from aiqyn.streams.world.world import World

Document = dict[str, Any]
_LEVEL = 3
_NAMES = 500
"""Names of one query."""
_MOST_NAMESAKES = 60
"""A name that more persons bear tells nothing; only their unconfirmed links are listed."""
_SCORES = {"corroborated": "0.80", "unconfirmed": "0.70", "birthDate": "0.60", "name": "0.50"}


_kept: WeakKeyDictionary[SqlEngine, Kept[list[Document]]] = WeakKeyDictionary()


class Pair(NamedTuple):
    """Two clusters of records; the names are in their order."""

    left: str
    right: str
    score: str
    agreeing: tuple[str, ...]
    """What agrees: `name`, `birthDate` (whole), `birthDatePart`, `contact`, `relative`, `role`."""


def candidates() -> Callable[[Engine], list[Pair]]:
    """A question: every pair, by score, then by names. Cost: the persons who have namesakes."""

    def ask(engine: Engine) -> list[Pair]:
        found = {pair.left + "\n" + pair.right: pair for pair in _pairs(engine.world)}
        return sorted(found.values(), key=lambda pair: (-float(pair.score), pair.left, pair.right))

    return ask


def listed(engine: SqlEngine, ask: Callable[[Callable[[Engine], list[Pair]]], list[Pair]]) -> list[Document]:
    """Every pair as a document, those first that touch most current alerts; `ask` puts a question to the engine.

    Kept while no event and no alert comes; where they come without end and there are very many, it may be some minutes
    old (`Kept`).
    """

    def last() -> tuple[object, ...]:
        with reading(engine) as connection:
            return connection.execute(select(func.max(event.c.seq))).scalar(), *version(engine)

    kept = _kept.setdefault(engine, Kept())
    return kept.get(lambda: by_effect(engine, ask(candidates())), last)


def explained(left: str, right: str) -> Callable[[Engine], Pair | None]:
    """A question: how two persons agree; None: a record names not both, or they are one already."""

    def ask(engine: Engine) -> Pair | None:
        numbers = [engine.world.atoms.find(name) for name in (left, right)]
        roots = [engine.world.clusters.root(number, _LEVEL) for number in numbers if number is not None]
        if len(set(roots)) != 2:
            return None
        return _judged(engine.world, roots[0], roots[1], always=True)

    return ask


def by_effect(engine: SqlEngine, pairs: Sequence[Pair]) -> list[Document]:
    """The pairs as documents, those first that touch most current alerts."""
    called = {indexed_entity(name): name for pair in pairs for name in (pair.left, pair.right)}
    names = sorted(called)
    found: dict[str, set[str]] = {}
    with reading(engine) as connection:
        for start in range(0, len(names), _NAMES):
            rows = connection.execute(
                select(alert_entity.c.entity, alert_entity.c.alert)
                .join(alert, alert.c.id == alert_entity.c.alert)
                .where(
                    alert_entity.c.entity.in_(names[start : start + _NAMES]),
                    alert_entity.c.role.in_(("person", "path")),
                    alert.c.data_state == "current",
                )
            )
            for entity, id in rows:
                found.setdefault(called[entity], set()).add(id)
    documents: list[Document] = [
        {
            "left": pair.left,
            "right": pair.right,
            "score": pair.score,
            "explanation": list(pair.agreeing),
            "alerts": sorted(found.get(pair.left, set()) | found.get(pair.right, set())),
        }
        for pair in pairs
    ]
    return sorted(documents, key=lambda document: -len(document["alerts"]))


def _pairs(world: World) -> Iterator[Pair]:
    clusters = world.clusters
    for bearers in clusters.bearers():
        roots = sorted({clusters.root(atom, _LEVEL) for atom in bearers})
        if len(roots) < 2:
            continue
        if len(roots) > _MOST_NAMESAKES:
            pairs = {(min(a, b), max(a, b)) for a in roots for b in clusters.unconfirmed(a)}
        else:
            pairs = set(combinations(roots, 2))
        for left, right in sorted(pairs):
            pair = _judged(world, left, right)
            if pair is not None:
                yield pair


def _judged(world: World, left: int, right: int, always: bool = False) -> Pair | None:
    """The pair as a candidate; None: decided already, or its records rule it out (unless `always`)."""
    clusters = world.clusters
    ours, theirs = clusters.members(left, _LEVEL), clusters.members(right, _LEVEL)
    rulings = [ruling for a in ours for b in theirs if (ruling := clusters.ruling(a, b)) is not None]
    if not always and any(ruling[4] != "unsure" for ruling in rulings):
        return None
    a, b = world.traits(ours), world.traits(theirs)
    ruled_out = births_conflict(a.births | b.births) or schemes_conflict(a.identifiers | b.identifiers)
    if ruled_out and not always:
        return None
    names = sorted(cluster_name(world.atoms.names[atom] for atom in atoms) for atoms in (ours, theirs))
    agreeing = tuple(_agreeing(a, b))
    if ruled_out or "name" not in agreeing:
        return Pair(names[0], names[1], "0.00", agreeing)
    strength = agreement(a, b) or ("birthDate" if len(agreeing) > 1 else "name")
    return Pair(names[0], names[1], _SCORES[strength], agreeing)


def _agreeing(a: Traits, b: Traits) -> Iterator[str]:
    for name, ours, theirs in (
        ("name", a.names, b.names),
        ("birthDate", a.births, b.births),
        ("contact", a.contacts, b.contacts),
        ("relative", a.relatives, b.relatives),
        ("role", a.roles, b.roles),
    ):
        if not ours.isdisjoint(theirs):
            yield name
        elif name == "birthDate" and a.births and b.births and not births_conflict(a.births | b.births):
            yield "birthDatePart"
    schemes = Counter(id.partition(":")[0] for id in a.identifiers & b.identifiers)
    if schemes:
        yield "identifier"
