"""registry.debarment: an unreliable-supplier or sanction listing."""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct

from aiqyn.schemas.own.entity import Entity
from aiqyn.schemas.own.fields import Id, PartialDate, Text, check_dates, note
from aiqyn.schemas.own.person import Person


class Debarment(Struct, frozen=True, rename="camel"):
    """A supplier is barred, from a day, perhaps until a day."""

    supplier: Annotated[Entity, note("Who is listed.")]
    start_date: Annotated[PartialDate, note("First day of the listing.")]
    head: Annotated[Person | None, note("Head of the supplier, listed with it.", "restricted")] = None
    register: Annotated[Text | None, note("Name of the register or list.")] = None
    reason: Annotated[Text | None, note("Why, in the register's words.")] = None
    end_date: Annotated[PartialDate | None, note("First day after the listing; not stated: open.")] = None
    record_key: Annotated[Id | None, note("Later events of the source with this key replace this one.")] = None

    def __post_init__(self) -> None:
        check_dates(startDate=self.start_date, endDate=self.end_date)
