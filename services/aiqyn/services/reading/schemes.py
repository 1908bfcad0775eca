"""Which schemes of identifiers are those of natural persons."""

from __future__ import annotations

from collections.abc import Callable, Collection
from weakref import WeakKeyDictionary

from aiqyn.services.privacy.masking import is_person
from aiqyn.streams.engine import Engine
from aiqyn.streams.identity.naming import is_identifier

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


def persons_among(names: Collection[str]) -> Callable[[Engine], frozenset[str]]:
    """A question: which of these names are natural persons', by their schemes or by the records."""
    listed = list(names)

    def ask(engine: Engine) -> frozenset[str]:
        schemes, world = person_schemes(engine), engine.world
        found = {name for name in listed if name.partition(":")[0] in schemes or is_person(name)}
        for name in listed:
            atom = world.atoms.find(name)
            if atom is not None and world.persons[atom] == _PERSON:
                found.add(name)
        return frozenset(found)

    return ask
