"""Names of persons, companies and bodies as records write them, beside their ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from aiqyn.streams.explanation.wording import Wording
from aiqyn.streams.facts import Fact, Head, Mention, Organization, Release
from aiqyn.streams.ports import FactLog
from aiqyn.streams.world.world import World

_LEVEL = 3


class Labels:
    """What the cited facts, and the records behind their ids, call somebody."""

    def __init__(self, world: World, log: FactLog, words: Wording) -> None:
        self._world = world
        self._log = log
        self._words = words
        self._known: dict[str, str] = {}

    def learn(self, facts: Mapping[int, tuple[Head, Fact]]) -> None:
        """Take the names in these facts, by ledger number; what is known already stays."""
        for seq in sorted(facts):
            head, fact = facts[seq]
            for atoms, label in mentioned(head, fact):
                for atom in atoms:
                    self._known.setdefault(atom, label)

    def named(self, name: str) -> str:
        """The first name on record with the id behind it; the id alone where no record gives a name."""
        label = self.label(name)
        return self._words.say("label.named", name=label, id=name) if label else name

    def label(self, name: str) -> str:
        """The first name on record, empty where there is none."""
        atoms = self.atoms(name)
        if not any(atom in self._known for atom in atoms):
            numbers = [number for atom in atoms if (number := self._world.atoms.find(atom)) is not None]
            self.learn(self._log.read(sorted(self._world.describing(numbers))))
        return next((self._known[atom] for atom in atoms if atom in self._known), "")

    def atoms(self, name: str) -> tuple[str, ...]:
        """The name itself, then every other name of the same person or entity, sorted."""
        number = self._world.atoms.find(name)
        if number is None:
            return (name,)
        clusters, names = self._world.clusters, self._world.atoms.names
        members = clusters.members(clusters.root(number, _LEVEL), _LEVEL)
        return (name, *sorted(names[each] for each in members if names[each] != name))

    def same(self, name: str, atoms: Iterable[str]) -> bool:
        """Whether the name and one of the atoms are one person or entity."""
        return not set(self.atoms(name)).isdisjoint(atoms)


def mentioned(head: Head, fact: Fact) -> Iterator[tuple[tuple[str, ...], str]]:
    """Everybody whom a fact names: their atoms and their first name."""
    prefix = f"REC:{head.source}:{fact.ocid}/" if isinstance(fact, Release) else ""
    return _named(fact, prefix)


def _named(value: object, prefix: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every mention in a fact: its atoms and its first name."""
    if isinstance(value, Mention):
        if value.labels:
            yield value.atoms, value.labels[0]
    elif isinstance(value, Organization):
        if isinstance(value.name, str) and value.name:
            identifiers = value.identifiers if isinstance(value.identifiers, tuple) else ()
            own = (prefix + (value.id if isinstance(value.id, str) else value.name),)
            yield identifiers or own, value.name
    elif isinstance(value, Struct):
        for field in value.__struct_fields__:
            yield from _named(getattr(value, field), prefix)
    elif isinstance(value, tuple):
        for item in value:
            yield from _named(item, prefix)
