"""The fast way through a BODS 0.4 statement that has nothing to repair.

Decodes in one pass and refuses, by ValidationError, everything that the lenient reader (`bods.py`) would have
an issue about or would look at more closely: earlier versions, mixed objects, unknown codes. What it takes
means the same to both.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType, ValidationError
from msgspec.json import Decoder

from aiqyn.schemas.bods import NO_SHARE, Share, read_share
from aiqyn.schemas.bods_codes import InterestType, UnspecifiedReason
from aiqyn.schemas.json_text import decode

Text = Annotated[str, Meta(min_length=1)]
Reference = Annotated[str, Meta(min_length=1, max_length=1024)]
OptionalText = Text | UnsetType | None
Never = Literal["\x00"] | UnsetType
"""A member that must not be there: its presence is for the lenient reader."""
NULL: Final = Raw(b"null")
_RecordStatus = Literal["new", "updated", "closed"]


class Unspecified(
    Struct,
    frozen=True,
    rename={"by_entity": "describedByEntityStatement", "by_person": "describedByPersonStatement"},
):
    """A party that is not named, and why."""

    reason: UnspecifiedReason
    unspecified: Never = UNSET
    by_entity: Never = UNSET
    by_person: Never = UNSET


class Interest(Struct, frozen=True, rename="camel"):
    type: InterestType
    direct_or_indirect: Literal["direct", "indirect", "unknown"] | UnsetType | None = UNSET
    interest_level: Never = UNSET
    share: Raw = NULL
    start_date: Text | UnsetType | None = UNSET
    end_date: Text | UnsetType | None = UNSET


class RelationshipDetails(Struct, frozen=True, rename="camel"):
    subject: Reference
    interested_party: Reference | Unspecified
    interests: Annotated[tuple[Interest, ...], Meta(min_length=1)]
    is_component: bool | UnsetType | None = UNSET
    component_records: tuple[Text, ...] | UnsetType | None = UNSET
    component_statement_ids: Never = UNSET


class Identifier(Struct, frozen=True):
    scheme: Text
    id: Text


class Address(Struct, frozen=True, rename="camel"):
    type: str | UnsetType | None = UNSET
    address: str | UnsetType | None = UNSET
    post_code: str | UnsetType | None = UNSET


class Name(Struct, frozen=True, rename="camel"):
    full_name: Text


class PersonDetails(Struct, frozen=True, rename="camel"):
    person_type: Literal["knownPerson", "anonymousPerson", "unknownPerson"] | UnsetType | None = UNSET
    names: tuple[Name, ...] | UnsetType | None = UNSET
    identifiers: tuple[Identifier, ...] | UnsetType | None = UNSET
    birth_date: Text | UnsetType | None = UNSET
    death_date: Text | UnsetType | None = UNSET
    addresses: tuple[Address, ...] | UnsetType | None = UNSET
    place_of_residence: Never = UNSET
    unspecified_person_details: Never = UNSET
    entity_subtype: Never = UNSET
    public_listing: Never = UNSET


class EntityType(Struct, frozen=True):
    type: Literal[
        "registeredEntity",
        "legalEntity",
        "arrangement",
        "anonymousEntity",
        "unknownEntity",
        "state",
        "stateBody",
    ]
    subtype: OptionalText = UNSET


class Jurisdiction(Struct, frozen=True):
    code: OptionalText = UNSET


class Listing(Struct, frozen=True, rename="camel"):
    has_public_listing: bool | UnsetType | None = UNSET


class EntityDetails(Struct, frozen=True, rename="camel"):
    entity_type: EntityType
    name: OptionalText = UNSET
    alternate_names: tuple[Text, ...] | UnsetType | None = UNSET
    identifiers: tuple[Identifier, ...] | UnsetType | None = UNSET
    jurisdiction: Jurisdiction | UnsetType = UNSET
    incorporated_in_jurisdiction: Jurisdiction | UnsetType = UNSET
    dissolution_date: Text | UnsetType | None = UNSET
    addresses: tuple[Address, ...] | UnsetType | None = UNSET
    public_listing: Listing | UnsetType | None = UNSET
    place_of_residence: Never = UNSET
    unspecified_entity_details: Never = UNSET
    entity_subtype: Never = UNSET


class _Statement(Struct, frozen=True, rename="camel", tag_field="recordType"):
    statement_id: Reference
    record_id: Reference
    statement_date: Text
    record_status: _RecordStatus | UnsetType | None = UNSET
    statement_type: Never = UNSET
    replaces_statements: Never = UNSET


class Relationship(_Statement, frozen=True, kw_only=True, rename="camel", tag="relationship"):
    record_details: RelationshipDetails


class Person(_Statement, frozen=True, kw_only=True, rename="camel", tag="person"):
    record_details: PersonDetails


class Entity(_Statement, frozen=True, kw_only=True, rename="camel", tag="entity"):
    record_details: EntityDetails


Statement = Relationship | Person | Entity


class _Content(Struct, frozen=True):
    data: Statement


_decode: Final = Decoder(_Content).decode


def read_clean(content: bytes) -> Statement | None:
    """The statement in JSON that holds it as the member `data`; None: the lenient reader must look at it."""
    try:
        return _decode(content).data
    except ValidationError:
        return None


@lru_cache(maxsize=16_384)
def clean_share(raw: bytes) -> Share | None:
    """The share in the JSON of `interests[].share` (0.4); None: the lenient reader must look at it."""
    if raw == b"null":
        return NO_SHARE
    share, issues = read_share(decode(raw), current=True)
    return None if issues else share
