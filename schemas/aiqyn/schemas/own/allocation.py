"""allocation.made: public assets or money given otherwise than by procurement."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from aiqyn.schemas.own.entity import Entity, Party
from aiqyn.schemas.own.fields import MANY, Id, PartialDate, check_dates, note
from aiqyn.schemas.own.money import Money
from aiqyn.schemas.own.person import PublicPerson

AllocationKind = Literal["assetDisposal", "subsidy", "taxPreference", "guarantee", "investment", "concession", "lease"]
Method = Literal["auction", "tender", "competition", "direct"]


class Allocation(Struct, frozen=True, rename="camel"):
    """A body gives an asset or money to somebody on a day."""

    id: Annotated[Id, note("Name of the allocation.")]
    kind: Annotated[AllocationKind, note("What kind of allocation it is.")]
    grantor: Annotated[Entity, note("The body that gives.")]
    recipient: Annotated[Party, note("Who receives.")]
    date: Annotated[PartialDate, note("Day of the allocation.")]
    deciders: Annotated[Annotated[tuple[PublicPerson, ...], Meta(max_length=MANY)] | None, note("Who decided.")] = None
    method: Annotated[Method | None, note("How the recipient was chosen.")] = None
    amount: Annotated[Money | None, note("Price or amount.")] = None
    valuation: Annotated[Money | None, note("Appraised value of the asset.")] = None
    asset_id: Annotated[Id | None, note("The asset, to follow it through several allocations.")] = None
    record_key: Annotated[Id | None, note("Later events of the source with this key replace this one.")] = None

    def __post_init__(self) -> None:
        check_dates(date=self.date)
