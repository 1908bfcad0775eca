"""Records as events state them: their atoms, whether they are persons, and what is known by name. `sign` -1 takes a
statement back.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from aiqyn.schemas.identifiers import parse_atom
from aiqyn.streams.facts import (
    Head,
    Mention,
)
from aiqyn.streams.graph.store import Kind
from aiqyn.streams.identity.naming import is_identifier
from aiqyn.streams.intake.names import name_key
from aiqyn.streams.world.kin import RELATIVE_KINDS
from aiqyn.streams.world.touched import Touched

if TYPE_CHECKING:
    from aiqyn.streams.world.world import World


InfoKey = tuple[tuple[str, ...], str, tuple[str, ...]]
"""Name keys, birth date as written, contacts."""


@lru_cache(maxsize=65536)
def _name_keys(labels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({name_key(label) for label in labels}))


@lru_cache(maxsize=65536)
def _person_scheme(atom: str) -> bool:
    return is_identifier(atom) and parse_atom(atom).kind == "person"


def atom_of(world: World, name: str) -> int:
    number = world.atoms.find(name)
    if number is not None:
        return number
    number = world.atoms.number(name)
    if number >= len(world.persons):
        more = max(256, len(world.persons) // 2)
        world.persons.extend(bytes(more))
        for counts in world.stated:
            counts.frombytes(bytes(more * counts.itemsize))
        world.marks.extend(bytes(more))
    if number >= len(world.clusters.roots):
        world.clusters.grow()
    return number


def enter_mention(world: World, mention: Mention, touched: Touched, sign: int) -> int:
    """Enter (or take back) a record as stated; the atom at which its edges hang."""
    numbers = [atom_of(world, name) for name in mention.atoms]
    counts = world.stated[mention.person]
    for number in numbers:
        count = counts[number] = counts[number] + sign
        if count < 2:  # else the same was stated before, and still is
            settle_kind(world, number, touched)
    last = numbers[-1]
    if len(numbers) > 1:
        own_name = not is_identifier(mention.atoms[-1])
        for place, number in enumerate(numbers[:-1]):
            if own_name:
                touched.identity |= world.clusters.bond(last, number, False, sign)
            if place:
                touched.identity |= world.clusters.bond(numbers[0], number, True, sign)
        if not own_name:
            touched.identity |= world.clusters.bond(numbers[0], last, True, sign)
    if mention.person:
        _learn(world, last, mention, touched, sign)
    stated_again(world, last, touched)
    return last


def settle_kind(world: World, atom: int, touched: Touched) -> None:
    """Whether the atom is a person: as some mention states, else as its scheme tells."""
    entity, person = world.stated
    is_person = person[atom] or (not entity[atom] and _person_scheme(world.atoms.names[atom]))
    kind = 1 if is_person else 2
    if world.persons[atom] != kind:
        world.persons[atom] = kind
        world.hubs.review_cluster(atom)
        touched.persons.add(atom)
        touched.companies.add(atom)


def _learn(world: World, atom: int, mention: Mention, touched: Touched, sign: int) -> None:
    key: InfoKey = (_name_keys(mention.labels), mention.birth, mention.contacts)
    known = world.info.setdefault(atom, {})
    count = known.get(key, 0) + sign
    if count:
        known[key] = count
    else:
        del known[key]
    if count > 1 or (count == 1 and sign < 0):
        return
    if len(known) == 1:
        (names, _, _) = next(iter(known))
        world.clusters.named(atom, frozenset(names))
    else:
        world.clusters.named(atom, frozenset(name for names, _, _ in known for name in names))
    if not known:
        del world.info[atom]
    touched.identity |= world.clusters.rematch([atom])
    if mention.birth:
        touched.persons.add(atom)


def tie_changed(world: World, atom: int, touched: Touched) -> None:
    """A person's tie or role changed: it may agree with a namesake now, or no longer."""
    if world.clusters.has_namesake(atom):
        touched.identity |= world.clusters.rematch([atom])


def joins_changed(world: World, touched: Touched) -> None:
    """Whoever is tied to these persons or companies by kinship or a role may agree with a namesake now."""
    edges = world.edges
    for atom in tuple(touched.identity):
        for edge in edges.out_of(atom):
            if edges.kind[edge] in RELATIVE_KINDS:
                tie_changed(world, edges.target[edge], touched)
        for edge in edges.into(atom):
            if edges.kind[edge] in RELATIVE_KINDS or edges.kind[edge] == Kind.DIRECTS:
                tie_changed(world, edges.source[edge], touched)


def enter_death(world: World, atom: int, mention: Mention | None, seq: int, touched: Touched, sign: int) -> None:
    if mention is None or not mention.death:
        return
    if sign > 0:
        world.deaths.add(atom, seq, mention.death)
    else:
        world.deaths.remove(atom, seq)
    touched.persons.add(atom)
    touched.declarants.add(atom)


def enter_person(world: World, mention: Mention, head: Head, touched: Touched, sign: int, mark: int = 0) -> int:
    atom = enter_mention(world, mention, touched, sign)
    enter_death(world, atom, mention, head.seq, touched, sign)
    if mark and not world.marks[atom] & mark:
        world.marks[atom] |= mark
        world.hubs.review_cluster(atom)
    return atom


def enter_named(world: World, mention: Mention, head: Head, touched: Touched, sign: int) -> int:
    """As `_mention`, where the event states nothing of the record but its name."""
    note_name(world, mention, head, sign)
    return enter_mention(world, mention, touched, sign)


def note_name(world: World, mention: Mention, head: Head, sign: int) -> None:
    if mention.person:
        atom = atom_of(world, mention.atoms[-1])
        if sign > 0:
            world.names.add(atom, head.seq, "")
        else:
            world.names.remove(atom, head.seq)


def stated_again(world: World, atom: int, touched: Touched) -> None:
    """Something more is stated of a record: a join of it with others may cite this event."""
    if world.clusters.any_higher and world.clusters.joined_higher(world.clusters.roots[atom]):
        touched.persons.add(atom)
        touched.declarants.add(atom)
