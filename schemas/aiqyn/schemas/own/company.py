"""registry.company: a company or public body."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from aiqyn.schemas.own.entity import Entity
from aiqyn.schemas.own.fields import FEW, Id, Name, PartialDate, Text, check_dates, note
from aiqyn.schemas.own.occupancy import Level

CompanyKind = Literal["company", "publicBody", "soleTrader", "ngo", "quasiPublic"]
Texts = Annotated[tuple[Text, ...], Meta(max_length=FEW)]


class CompanyName(Struct, frozen=True, rename="camel"):
    """A name of a company, in one language or script."""

    name: Annotated[Name, note("Name as written.")]
    lang: Annotated[Text | None, note("BCP 47 language of the name.")] = None


class Company(Struct, frozen=True, rename="camel"):
    """A company or public body, as a register describes it."""

    entity: Annotated[Entity, note("Which company or body.")]
    kind: Annotated[CompanyKind, note("What it is.")]
    names: Annotated[Annotated[tuple[CompanyName, ...], Meta(max_length=FEW)] | None, note("Names by language.")] = None
    jurisdiction: Annotated[Text | None, note("ISO 3166 code.")] = None
    status: Annotated[Text | None, note("Status in the register's words.")] = None
    incorporated: Annotated[PartialDate | None, note("Day of incorporation.")] = None
    dissolved: Annotated[PartialDate | None, note("Day of dissolution: ends every stake and role in it.")] = None
    parent_body: Annotated[Entity | None, note("The superior public body.")] = None
    budget_level: Annotated[Level | None, note("Level of the budget that finances it.")] = None
    state_owned: Annotated[bool | None, note("Owned by the state.")] = None
    listed: Annotated[bool | None, note("Listed on a stock exchange.")] = None
    addresses: Annotated[Texts | None, note("Postal addresses.")] = None
    phones: Annotated[Texts | None, note("Telephone numbers.")] = None
    emails: Annotated[Texts | None, note("E-mail addresses.")] = None
    bank_accounts: Annotated[Texts | None, note("Bank accounts.", "restricted")] = None
    record_key: Annotated[Id | None, note("Later events of the source with this key replace this one.")] = None

    def __post_init__(self) -> None:
        check_dates(incorporated=self.incorporated, dissolved=self.dissolved)
