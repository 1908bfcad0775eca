"""Entities of the whole graph: by name or kind, page by page in a fixed order. Questions to the engine."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from aiqyn.services.privacy.telling import telling
from aiqyn.services.reading.graph import kind_of
from aiqyn.services.reading.search import Index, folded
from aiqyn.streams.detection.view import LevelView
from aiqyn.streams.engine import Engine
from aiqyn.streams.explanation.labels import Labels
from aiqyn.streams.explanation.wording import Wording
from aiqyn.streams.graph.store import Kind
from aiqyn.streams.moments import rfc3339
from aiqyn.streams.ports import Store
from aiqyn.streams.world.cases import allocation_key
from aiqyn.streams.world.world import World

_LEVEL = 3
_MOST_RECORDS = 200
_MOST_CASES = 5
_UNSPECIFIED = "UNSPECIFIED:"
_ALLOCATION = allocation_key("")
Document = dict[str, Any]
Place = tuple[int, str]
"""How well the name fits, then the id."""


class Names:
    """All names that the engine knows, in order; grows as it meets more."""

    def __init__(self) -> None:
        self._met: object = None
        self._sorted: list[str] = []

    def after(self, engine: Engine, name: str) -> Iterator[str]:
        """Names beyond this one."""
        names = engine.world.atoms.names
        if names is not self._met or len(self._sorted) > len(names) or len(names) - len(self._sorted) > 1000:
            self._met, self._sorted = names, sorted(names)
        for each in names[len(self._sorted) :]:
            insort(self._sorted, each)
        return iter(self._sorted[bisect_right(self._sorted, name) :])


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entities; of several values any will do."""

    words: str = ""
    ids: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


class Listed(NamedTuple):
    """An entity, whether its names are public, and its place in the list."""

    document: Document
    public: bool
    place: Place


class Listing:
    """What the questions of one server share."""

    def __init__(self) -> None:
        self._names = Names()
        self._index = Index()

    def page(
        self, store: Store, wanted: Wanted, after: Place | None, limit: int, opened: frozenset[str]
    ) -> Callable[[Engine], list[Listed]]:
        """At most `limit` entities beyond a place. By words only those are found whose names are public, or that are
        `opened`."""

        def ask(engine: Engine) -> list[Listed]:
            view = LevelView(engine.world, _LEVEL, engine.profile)
            labels = Labels(engine.world, store, Wording("en"))
            found: list[Listed] = []
            for place, name in self._walk(engine, view, store, wanted, after, opened):
                document = described(engine, view, store, labels, name)
                found.append(Listed(document, is_public(engine, view, name), place))
                if len(found) == limit:
                    break
            return found

        return ask

    def count(self, store: Store, wanted: Wanted, opened: frozenset[str]) -> Callable[[Engine], int]:
        """How many there are."""

        def ask(engine: Engine) -> int:
            view = LevelView(engine.world, _LEVEL, engine.profile)
            return sum(1 for _ in self._walk(engine, view, store, wanted, None, opened))

        return ask

    def _walk(
        self,
        engine: Engine,
        view: LevelView,
        store: Store,
        wanted: Wanted,
        after: Place | None,
        opened: frozenset[str],
    ) -> Iterator[tuple[Place, str]]:
        for place, name in self._candidates(engine, view, store, wanted, after or (0, "")):
            if after is not None and place <= after:
                continue
            if wanted.kinds and kind_of(view, _node(engine, view, name)) not in wanted.kinds:
                continue
            if wanted.words and not (is_public(engine, view, name) or name in opened):
                continue
            yield place, name

    def _candidates(
        self, engine: Engine, view: LevelView, store: Store, wanted: Wanted, after: Place
    ) -> Iterator[tuple[Place, str]]:
        if wanted.ids:
            known = {_canonical(engine, view, each) for each in wanted.ids}
            yield from (((0, name), name) for name in sorted(each for each in known if each is not None))
        elif wanted.words:
            yield from self._by_words(engine, view, store, wanted.words)
        else:
            for name in self._names.after(engine, after[1]):
                if not name.startswith(_UNSPECIFIED) and _canonical(engine, view, name) == name:
                    yield (0, name), name

    def _by_words(self, engine: Engine, view: LevelView, store: Store, words: str) -> Iterator[tuple[Place, str]]:
        whole = folded(words)
        if not whole:
            return
        ranks: dict[str, int] = {}
        for atom, key in self._index.matching(engine, store, whole.split()):
            name = _canonical(engine, view, atom)
            if name is not None:
                rank = 0 if key == whole else 1 if key.startswith(whole) else 2
                ranks[name] = min(rank, ranks.get(name, rank))
        yield from ((place, place[1]) for place in sorted((rank, name) for name, rank in ranks.items()))


def described(engine: Engine, view: LevelView, store: Store, labels: Labels, name: str) -> Document:
    """Who an entity is: its names, the ids of its records, and events that tell of them; an id that a source made of a
    person's number is left out."""
    node = _node(engine, view, name)
    numbers = view.atoms(node)
    atoms = sorted(engine.world.atoms.names[atom] for atom in numbers)
    facts = store.read(_telling(engine, numbers))
    labels.learn(facts)
    heads = [head for head, _ in facts.values()]
    secret = telling([head.id for head in heads])(engine)
    named = {atom: label for atom in atoms if (label := labels.label(atom))}
    id = view.name(node)
    return {
        "id": id,
        "kind": kind_of(view, node),
        "name": named.get(id) or next(iter(named.values()), None),
        "names": sorted(set(named.values())),
        "aliases": [atom for atom in atoms if atom != id],
        "cluster": atoms,
        "records": [
            {
                "source": head.source,
                "id": None if head.id in secret else head.id,
                "type": head.type,
                "recordedAt": rfc3339(head.recorded_at),
            }
            for head in heads
        ],
    }


def _telling(engine: Engine, atoms: Iterable[int]) -> list[int]:
    """Ledger numbers of events that tell who these records are: of register and statements, of links, of processes."""
    world, edges = engine.world, engine.world.edges
    found = set(world.describing(atoms))
    for atom in atoms:
        found.update(seq for seq, _ in world.readings.of([atom]))
        for walk in (edges.out_of(atom), edges.into(atom)):
            found.update(edges.seq[edge] for edge in islice(walk, _MOST_RECORDS))
        for index in (world.cases_of, world.cases_at):
            cases = islice(index.get(atom, ()), _MOST_CASES)
            found.update(seq for case in cases for seq in islice(world.releases(case), 1))
    return sorted(found)[:_MOST_RECORDS]


def one(store: Store, name: str) -> Callable[[Engine], tuple[Document, bool] | None]:
    """A question: an entity, and whether its names are public; None: no record names it."""

    def ask(engine: Engine) -> tuple[Document, bool] | None:
        view = LevelView(engine.world, _LEVEL, engine.profile)
        id = _canonical(engine, view, name)
        if id is None:
            return None
        labels = Labels(engine.world, store, Wording("en"))
        return described(engine, view, store, labels, id), is_public(engine, view, id)

    return ask


def is_public(engine: Engine, view: LevelView, name: str) -> bool:
    """Whether the names are public: of companies and bodies, and of people who hold or held a post, or decided."""
    node = _node(engine, view, name)
    return not view.is_person(node) or in_office(engine, view.atoms(node))


def public_ones(names: Iterable[str]) -> Callable[[Engine], set[str]]:
    """A question: those of the names behind which public names stand."""
    listed = list(names)

    def ask(engine: Engine) -> set[str]:
        view = LevelView(engine.world, _LEVEL, engine.profile)
        known = [name for name in listed if engine.world.atoms.find(name) is not None]
        return {name for name in known if is_public(engine, view, name)}

    return ask


def in_office(engine: Engine, atoms: Iterable[int]) -> bool:
    """Whether one of these records holds or held a post, or is named as a decider."""
    edges, world = engine.world.edges, engine.world
    return any(
        any(edges.kind[edge] == Kind.HOLDS_POST for edge in edges.out_of(atom))
        or any(_decides(world, key) for key in world.seats_of.get(atom, ()))
        for atom in atoms
    )


def _decides(world: World, key: str) -> bool:
    return bool(world.seats.get(key)) or key.removeprefix(_ALLOCATION) in world.allocations


def _node(engine: Engine, view: LevelView, name: str) -> int:
    number = engine.world.atoms.find(name)
    assert number is not None
    return view.node(number)


def _canonical(engine: Engine, view: LevelView, name: str) -> str | None:
    number = engine.world.atoms.find(name)
    return None if number is None else view.name(view.node(number))
