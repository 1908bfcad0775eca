"""Two records of persons side by side: what each states, and whether they agree, without the values themselves."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Literal, NamedTuple

from aiqyn.schemas.days import parse_optional_day
from aiqyn.services.reading.candidates import Pair, explained
from aiqyn.streams.engine import Engine
from aiqyn.streams.identity.evidence import Traits, births_conflict, schemes_conflict
from aiqyn.streams.moments import rfc3339
from aiqyn.streams.ports import FactLog
from aiqyn.streams.world.world import World

Verdict = Literal["agree", "partly", "differ", "none"]
_LEVEL = 3
_SOURCES = 20


class Field(NamedTuple):
    """One thing compared; how many values each side states."""

    name: str
    """names, births, identifiers, contacts, relatives or roles."""
    left: int
    right: int
    verdict: Verdict


class Source(NamedTuple):
    """A record behind one side."""

    source: str
    id: str
    recorded_at: str


class Side(NamedTuple):
    """What the records of one person are."""

    records: int
    sources: list[Source]
    places: list[str]
    """Bodies and companies in which it has a post or a role."""


class Comparison(NamedTuple):
    """Two persons side by side. `excluded`: birth dates or identifiers of one scheme contradict each other."""

    pair: Pair
    fields: list[Field]
    left: Side
    right: Side
    excluded: bool


def comparison(log: FactLog, left: str, right: str) -> Callable[[Engine], Comparison | None]:
    """A question: the two side by side; None: a record names not both, or they are one already."""
    judge = explained(left, right)

    def ask(engine: Engine) -> Comparison | None:
        pair = judge(engine)
        if pair is None:
            return None
        members = [_members(engine.world, name) for name in (left, right)]
        a, b = (engine.world.traits(atoms) for atoms in members)
        excluded = births_conflict(a.births | b.births) or schemes_conflict(a.identifiers | b.identifiers)
        sides = [_side(engine.world, log, atoms) for atoms in members]
        return Comparison(pair, list(_fields(a, b)), sides[0], sides[1], excluded)

    return ask


def _members(world: World, name: str) -> tuple[int, ...]:
    number = world.atoms.find(name)
    assert number is not None
    return world.clusters.members(world.clusters.root(number, _LEVEL), _LEVEL)


def _fields(a: Traits, b: Traits) -> list[Field]:
    return [
        Field("names", len(a.names), len(b.names), _shared(a.names, b.names)),
        Field("births", len(a.births), len(b.births), _births(a.births, b.births)),
        Field("identifiers", len(a.identifiers), len(b.identifiers), _ids(a.identifiers, b.identifiers)),
        Field("contacts", len(a.contacts), len(b.contacts), _shared(a.contacts, b.contacts)),
        Field("relatives", len(a.relatives), len(b.relatives), _shared(a.relatives, b.relatives)),
        Field("roles", len(a.roles), len(b.roles), _shared(a.roles, b.roles)),
    ]


def _shared(ours: Collection[str], theirs: Collection[str]) -> Verdict:
    if not ours or not theirs:
        return "none"
    return "differ" if set(ours).isdisjoint(theirs) else "agree"


def _births(ours: frozenset[str], theirs: frozenset[str]) -> Verdict:
    if not ours or not theirs:
        return "none"
    if births_conflict(ours | theirs):
        return "differ"
    whole = any((span := parse_optional_day(birth)) is not None and span.exact for birth in ours & theirs)
    return "agree" if whole else "partly"


def _ids(ours: frozenset[str], theirs: frozenset[str]) -> Verdict:
    if ours & theirs:
        return "agree"
    if schemes_conflict(ours | theirs):
        return "differ"
    return "none"


def _side(world: World, log: FactLog, atoms: tuple[int, ...]) -> Side:
    edges = world.edges
    out = sorted({edge for atom in atoms for edge in edges.out_of(atom)})
    seqs = sorted({edges.seq[edge] for edge in out} | world.describing(atoms))
    heads = [head for head, _ in log.read(seqs[:_SOURCES]).values()]
    places = {world.atoms.names[edges.target[edge]] for edge in out if not world.persons[edges.target[edge]]}
    return Side(
        len(atoms), [Source(head.source, head.id, rfc3339(head.recorded_at)) for head in heads], sorted(places)[:10]
    )
