"""Persons and entities of our own types as mentions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from aiqyn.schemas.errors import Problem
from aiqyn.schemas.identifiers import atom, identify, iin_birth
from aiqyn.schemas.own.entity import Entity, Party
from aiqyn.schemas.own.identifier import Identifier
from aiqyn.schemas.own.person import Person
from aiqyn.streams.facts import Mention
from aiqyn.streams.intake.contacts import contacts
from aiqyn.streams.intake.doubts import Doubts

_IIN = "KZ-IIN:"
_CENTURY = {"1": "18", "2": "18", "3": "19", "4": "19", "5": "20", "6": "20"}


class Mentions:
    """Makes the mentions of one event, naming those alone that have no name of their own."""

    __slots__ = ("doubts", "event_id", "source")

    def __init__(self, source: str, event_id: str, doubts: Doubts) -> None:
        self.source = source
        self.event_id = event_id
        self.doubts = doubts

    def person(self, person: Person, at: str) -> Mention:
        """A PERSON at the pointer `at`."""
        mention, issues = _person(person, self.source)
        if mention.birth and mention.birth[:10] > self.doubts.today:
            self.doubts.day(mention.birth, f"{at}/birthDate")
        if mention.death and mention.death[:10] > self.doubts.today:
            self.doubts.day(mention.death, f"{at}/deathDate")
        if issues or not mention.atoms:
            return self._doubted(mention, issues, at)
        return mention

    def entity(self, entity: Entity, at: str) -> Mention:
        """An ENTITY at the pointer `at`."""
        mention, issues = _entity(entity, self.source)
        if issues or not mention.atoms:
            return self._doubted(mention, issues, at)
        return mention

    def party(self, party: Party, at: str) -> Mention:
        """An ENTITY or a PERSON at the pointer `at`."""
        return self.person(party, at)

    def _doubted(self, mention: Mention, issues: tuple[Problem, ...], at: str) -> Mention:
        for code, pointer, detail in issues:
            self.doubts.add(code, at + pointer, detail)
        if mention.atoms:
            return mention
        self.doubts.add("quality.unidentified", at, "neither a valid identifier nor a recordId")
        return Mention(
            (f"REC:{self.source}:{self.event_id}{at}",),
            mention.person,
            mention.labels,
            mention.birth,
            mention.death,
            mention.contacts,
        )


@lru_cache(maxsize=32_768)
def _person(person: Person, source: str) -> tuple[Mention, tuple[Problem, ...]]:
    """The mention, its atoms perhaps empty, and the issues with pointers from the person's own root."""
    issues: list[Problem] = []
    atoms = _atoms(person.identifiers or (), person.record_id, source, issues)
    labels = tuple([name.full_name for name in person.names]) if person.names else ()
    birth = person.birth_date or ""
    is_person = True
    if person.__class__ is Party:
        if person.name is not None:
            labels = (person.name, *labels)
        is_person = _is_person(person)
    if birth:
        issues += birth_conflicts(atoms, birth, "/birthDate")
    found: tuple[str, ...] = ()
    if person.phones or person.emails or person.addresses or person.bank_accounts:
        found = contacts(person.phones, person.emails, person.addresses, person.bank_accounts)
    return Mention(atoms, is_person, labels, birth, person.death_date or "", found), tuple(issues)


def _is_person(party: Party) -> bool:
    kinds = {kind for identifier in party.identifiers or () if (kind := _kind(identifier))}
    if kinds:
        return "person" in kinds
    if party.name is not None:
        return False
    return bool(party.names or party.birth_date or party.death_date or party.gender)


def _kind(identifier: Identifier) -> str | None:
    return identify(identifier.scheme, identifier.id).kind


@lru_cache(maxsize=32_768)
def _entity(entity: Entity, source: str) -> tuple[Mention, tuple[Problem, ...]]:
    issues: list[Problem] = []
    identifiers = entity.identifiers or ()
    atoms = _atoms(identifiers, entity.record_id, source, issues)
    person = any([_kind(identifier) == "person" for identifier in identifiers])
    labels = () if entity.name is None else (entity.name,)
    return Mention(atoms, person, labels), tuple(issues)


def _atoms(
    identifiers: Sequence[Identifier], record_id: str | None, source: str, issues: list[Problem]
) -> tuple[str, ...]:
    found: list[str] = []
    for i, identifier in enumerate(identifiers):
        name = atom(identifier.scheme, identifier.id)
        if name is None:
            why = identify(identifier.scheme, identifier.id).why
            scheme = identifier.scheme[:64]
            issues.append(Problem("quality.identifierInvalid", f"/identifiers/{i}/id", f"{scheme}: {why}"))
        else:
            found.append(name)
    if len(found) > 1:
        found = sorted(set(found))
    if record_id is not None:
        found.append(f"REC:{source}:{record_id}")
    return tuple(found)


def birth_conflicts(atoms: Sequence[str], birth: str, pointer: str) -> list[Problem]:
    """Doubts where a date of birth, possibly partial, differs from the one in a KZ-IIN."""
    issues = []
    for name in atoms:
        if name.startswith(_IIN):
            digits = name[len(_IIN) :]
            if digits[:6] == birth[2:4] + birth[5:7] + birth[8:10] and _CENTURY.get(digits[6]) == birth[:2]:
                continue
            stated = iin_birth(digits)
            if stated is not None and not stated.isoformat().startswith(birth[:10]):
                issues.append(Problem("quality.birthDateConflict", pointer, "differs from the date in the KZ-IIN"))
    return issues
