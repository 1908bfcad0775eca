"""PERSON: a natural person as one event states it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from aiqyn.schemas.own.fields import FEW, Fault, Id, Name, PartialDate, Text, bad_date, is_date, note
from aiqyn.schemas.own.identifier import Identifier

IDENTIFIED = {
    "anyOf": [
        {"required": ["identifiers"], "properties": {"identifiers": {"type": "array", "minItems": 1}}},
        {"required": ["recordId"], "properties": {"recordId": {"type": "string"}}},
    ]
}
"""JSON Schema: `identifiers` or `recordId` must be there."""


class PersonName(Struct, frozen=True, rename="camel"):
    """A name of a person, in one language or script."""

    full_name: Annotated[Name, note("The whole name as written.", "restricted")]
    lang: Annotated[Text | None, note("BCP 47 language of the spelling.", "restricted")] = None


class PublicPersonName(PersonName, frozen=True, rename="camel"):
    """As PersonName, of an office holder or a decider."""

    full_name: Annotated[Name, note("The whole name as written.")]
    lang: Annotated[Text | None, note("BCP 47 language of the spelling.")] = None


class Person(Struct, frozen=True, rename="camel"):
    """A natural person as one event states it: with `identifiers`, a `recordId`, or both."""

    identifiers: Annotated[
        Annotated[tuple[Identifier, ...], Meta(max_length=FEW)] | None,
        note("National or other personal identifiers.", "restricted"),
    ] = None
    record_id: Annotated[Id | None, note("The source's own name of this person's record.", "restricted")] = None
    names: Annotated[
        Annotated[tuple[PersonName, ...], Meta(max_length=FEW)] | None,
        note("Names, in any language.", "restricted"),
    ] = None
    birth_date: Annotated[PartialDate | None, note("Full or partial date of birth.", "restricted")] = None
    death_date: Annotated[PartialDate | None, note("Full or partial date of death.", "restricted")] = None
    gender: Annotated[Text | None, note("Gender as stated.", "restricted")] = None
    phones: Annotated[
        Annotated[tuple[Text, ...], Meta(max_length=FEW)] | None, note("Telephone numbers.", "restricted")
    ] = None
    emails: Annotated[
        Annotated[tuple[Text, ...], Meta(max_length=FEW)] | None, note("E-mail addresses.", "restricted")
    ] = None
    addresses: Annotated[
        Annotated[tuple[Text, ...], Meta(max_length=FEW)] | None, note("Postal addresses.", "restricted")
    ] = None
    bank_accounts: Annotated[
        Annotated[tuple[Text, ...], Meta(max_length=FEW)] | None, note("Bank accounts.", "restricted")
    ] = None

    def __post_init__(self) -> None:
        if not self.identifiers and self.record_id is None:
            raise Fault("identifiers", "neither identifiers nor recordId", missing=True)
        if self.birth_date is not None and not is_date(self.birth_date):
            raise bad_date("birthDate")
        if self.death_date is not None and not is_date(self.death_date):
            raise bad_date("deathDate")


class PublicPerson(Person, frozen=True, rename="camel"):
    """As Person, of an office holder or a decider, whose names are public."""

    names: Annotated[
        Annotated[tuple[PublicPersonName, ...], Meta(max_length=FEW)] | None,
        note("Names, in any language."),
    ] = None
