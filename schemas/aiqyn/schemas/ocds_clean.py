"""The fast way through a release that has nothing to repair.

Decodes the detection profile in one pass and refuses, by ValidationError, everything that the lenient reader
(`ocds.py`) would have an issue about or would look at more closely. What it takes means the same to both.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType, ValidationError
from msgspec.json import Decoder

from aiqyn.schemas.ocds import Tag

Text = Annotated[str, Meta(min_length=1)]
OptionalText = Text | UnsetType
Bounded = Annotated[str, Meta(min_length=1, max_length=1024)]
Never = Literal["\x00"] | UnsetType
"""A member that must not be there: its presence is for the lenient reader."""
TenderStatus = Literal["planning", "planned", "active", "cancelled", "unsuccessful", "complete", "withdrawn"]
AwardStatus = Literal["pending", "active", "cancelled", "unsuccessful"]
ContractStatus = Literal["pending", "active", "cancelled", "terminated"]


class Reference(Struct, frozen=True, forbid_unknown_fields=True):
    """An organization with an id and a name alone."""

    id: OptionalText = UNSET
    name: OptionalText = UNSET


class Identifier(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    scheme: Text
    id: Text
    legal_name: OptionalText = UNSET
    uri: Any = None


class ContactPoint(Struct, frozen=True):
    telephone: str | UnsetType | None = UNSET
    email: str | UnsetType | None = UNSET


class Address(Struct, frozen=True, rename="camel"):
    street_address: str | UnsetType | None = UNSET
    locality: str | UnsetType | None = UNSET
    region: str | UnsetType | None = UNSET
    postal_code: str | UnsetType | None = UNSET
    country_name: str | UnsetType | None = UNSET

    @property
    def line(self) -> str:
        """As the lenient reader puts an address into one line."""
        parts = (self.street_address, self.locality, self.region, self.postal_code, self.country_name)
        return " ".join([part for part in parts if part.__class__ is str])


class Party(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A party whose names are those that the standard knows."""

    id: OptionalText = UNSET
    name: OptionalText = UNSET
    identifier: Identifier | UnsetType = UNSET
    additional_identifiers: tuple[Identifier, ...] | UnsetType = UNSET
    roles: tuple[Text, ...] | UnsetType = UNSET
    contact_point: ContactPoint | UnsetType = UNSET
    address: Address | UnsetType = UNSET
    details: Any = None


class Money(Struct, frozen=True):
    amount: Raw
    currency: Annotated[str, Meta(min_length=3, max_length=3)]


class Item(Struct, frozen=True, rename="camel"):
    related_lot: OptionalText = UNSET
    related_lots: Never = UNSET


class Award(Struct, frozen=True, rename="camel"):
    status: AwardStatus
    id: OptionalText = UNSET
    date: str | UnsetType = UNSET
    value: Money | UnsetType = UNSET
    suppliers: tuple[Reference, ...] | UnsetType = UNSET
    related_lots: tuple[Text, ...] | UnsetType = UNSET
    related_lot: Never = UNSET
    items: tuple[Item, ...] | UnsetType = UNSET
    amendment: Never = UNSET


class Bid(Struct, frozen=True, rename="camel"):
    id: OptionalText = UNSET
    status: OptionalText = UNSET
    date: str | UnsetType = UNSET
    value: Money | UnsetType = UNSET
    tenderers: tuple[Reference, ...] | UnsetType = UNSET
    related_lots: tuple[Text, ...] | UnsetType = UNSET
    related_lot: Never = UNSET
    items: tuple[Item, ...] | UnsetType = UNSET


class Bids(Struct, frozen=True):
    details: tuple[Bid, ...] | UnsetType = UNSET


class Contract(Struct, frozen=True, rename={"award_id": "awardID", "date_signed": "dateSigned"}):
    id: OptionalText = UNSET
    award_id: OptionalText = UNSET
    status: ContractStatus | UnsetType = UNSET
    date_signed: str | UnsetType = UNSET
    amendment: Never = UNSET


class Lot(Struct, frozen=True):
    id: OptionalText = UNSET
    status: OptionalText = UNSET


class Period(Struct, frozen=True, rename="camel"):
    start_date: str | UnsetType = UNSET
    end_date: str | UnsetType = UNSET


class Tender(Struct, frozen=True, rename="camel"):
    title: OptionalText = UNSET
    status: TenderStatus | UnsetType = UNSET
    procurement_method: OptionalText = UNSET
    tender_period: Period | UnsetType = UNSET
    procuring_entity: Reference | UnsetType = UNSET
    tenderers: tuple[Reference, ...] | UnsetType = UNSET
    lots: tuple[Lot, ...] | UnsetType = UNSET
    amendment: Never = UNSET


class RelatedProcess(Struct, frozen=True):
    id: OptionalText = UNSET
    relationship: tuple[Text, ...] = ()
    identifier: OptionalText = UNSET


class Release(Struct, frozen=True, rename="camel"):
    ocid: Bounded
    id: Bounded
    date: Bounded
    tag: Annotated[tuple[Tag, ...], Meta(min_length=1)]
    buyer: Reference | UnsetType = UNSET
    parties: Annotated[tuple[Party, ...], Meta(min_length=1)] | UnsetType = UNSET
    tender: Tender | UnsetType = UNSET
    bids: Bids | UnsetType = UNSET
    awards: tuple[Award, ...] | UnsetType = UNSET
    contracts: tuple[Contract, ...] | UnsetType = UNSET
    related_processes: tuple[RelatedProcess, ...] | UnsetType = UNSET


class _Content(Struct, frozen=True):
    data: Release


_decode: Final = Decoder(_Content).decode


def read_clean(content: bytes) -> Release | None:
    """The release in JSON that holds it as the member `data`; None: the lenient reader must look at it."""
    try:
        return _decode(content).data
    except ValidationError:
        return None
