"""Which schemes of identifiers are those of natural persons."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from aiqyn.streams.engine import Engine
from aiqyn.streams.identity.clusters import is_identifier

_PERSON, _ENTITY = 1, 2
_known: WeakKeyDictionary[Engine, tuple[int, dict[str, set[int]]]] = WeakKeyDictionary()


def person_schemes(engine: Engine) -> frozenset[str]:
    """A question: schemes under which records name persons and no entity. Cost: the names new since the last call."""
    seen, kinds = _known.get(engine, (0, {}))
    names, persons = engine.world.atoms.names, engine.world.persons
    for atom in range(seen, len(names)):
        if persons[atom] and is_identifier(names[atom]):
            kinds.setdefault(names[atom].partition(":")[0], set()).add(persons[atom])
    _known[engine] = (len(names), kinds)
    return frozenset(scheme for scheme, found in kinds.items() if found == {_PERSON})
