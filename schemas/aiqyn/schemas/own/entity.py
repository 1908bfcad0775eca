"""ENTITY: a company or a public body as one event states it; PARTY: an entity or a person."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from aiqyn.schemas.own.fields import FEW, Fault, Id, Name, note
from aiqyn.schemas.own.identifier import PublicIdentifier
from aiqyn.schemas.own.person import Person


class Entity(Struct, frozen=True, rename="camel"):
    """A company or a public body: with `identifiers`, a `recordId`, or both."""

    identifiers: Annotated[
        Annotated[tuple[PublicIdentifier, ...], Meta(max_length=FEW)] | None,
        note("Registration numbers of the company or body."),
    ] = None
    record_id: Annotated[Id | None, note("The source's own name of this entity's record.")] = None
    name: Annotated[Name | None, note("Name as written.")] = None

    def __post_init__(self) -> None:
        if not self.identifiers and self.record_id is None:
            raise Fault("identifiers", "neither identifiers nor recordId", missing=True)


class Party(Person, frozen=True, rename="camel"):
    """An entity (it has a `name`) or a person (it has `names`, a date of birth or a person's number)."""

    name: Annotated[Name | None, note("Name as written, of an entity.")] = None
