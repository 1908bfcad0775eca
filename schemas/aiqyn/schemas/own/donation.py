"""political.donation: a donation to a party or candidate."""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct

from aiqyn.schemas.own.entity import Party
from aiqyn.schemas.own.fields import Id, PartialDate, check_dates, note
from aiqyn.schemas.own.money import Money


class Donation(Struct, frozen=True, rename="camel"):
    """Somebody gave money to a party or a candidate on a day."""

    donor: Annotated[Party, note("Who gave.", "restricted")]
    recipient: Annotated[Party, note("Party or candidate.")]
    date: Annotated[PartialDate, note("Day of the donation.")]
    amount: Annotated[Money | None, note("What was given.")] = None
    record_key: Annotated[Id | None, note("Later events of the source with this key replace this one.")] = None

    def __post_init__(self) -> None:
        check_dates(date=self.date)
