"""Everything at once, for exports by commands: entities and links of the whole graph, unmasked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from aiqyn.services.reading.graph import edge_documents, kind_of
from aiqyn.streams.detection.view import LevelView
from aiqyn.streams.engine import Engine
from aiqyn.streams.explanation.labels import mentioned
from aiqyn.streams.ports import Store

Document = dict[str, Any]
_LEVEL = 3
_PART = 2000


def entities(engine: Engine, store: Store, kinds: Iterable[str] = ()) -> Iterator[Document]:
    """Every cluster of records: `{"id","kind","name","names","aliases"}`, in order of first sight."""
    wanted = frozenset(kinds)
    labels: dict[str, dict[str, None]] = {}
    for head, fact in store.facts():
        for named, label in mentioned(head, fact):
            for atom in named:
                labels.setdefault(atom, {})[label] = None
    view = LevelView(engine.world, _LEVEL, engine.profile)
    names = engine.world.atoms.names
    for number in range(len(names)):
        node = view.node(number)
        id = view.name(node)
        if number != node or id.startswith("UNSPECIFIED:"):
            continue
        kind = kind_of(view, node)
        if wanted and kind not in wanted:
            continue
        atoms = sorted(names[atom] for atom in view.atoms(node))
        called = list(dict.fromkeys(label for atom in (id, *atoms) for label in labels.get(atom, ())))
        yield {
            "id": id,
            "kind": kind,
            "name": called[0] if called else None,
            "names": called,
            "aliases": [atom for atom in atoms if atom != id],
        }


def links(engine: Engine, store: Store, day: int | None, kinds: Iterable[str] = ()) -> Iterator[Document]:
    """Every edge that is in force on the day (None: ever), as in an alert's path."""
    wanted = frozenset(kinds)
    edges = engine.world.edges
    view = LevelView(engine.world, _LEVEL, engine.profile)
    alive = [
        edge
        for atom in range(len(engine.world.atoms))
        for edge in edges.out_of(atom)
        if day is None or edges.start[edge] <= day < edges.end[edge]
    ]
    for start in range(0, len(alive), _PART):
        for document in edge_documents(engine, view, store, alive[start : start + _PART]):
            if not wanted or document["kind"] in wanted:
                yield document
