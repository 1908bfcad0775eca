"""MONEY: an exact amount and its currency."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from aiqyn.schemas.own.fields import Decimal, decimal_text, note

CURRENCY_PATTERN = "^[A-Z]{3}(?![\\s\\S])"


class Money(Struct, frozen=True, rename="camel"):
    """An amount as decimal text or as a number, and the ISO 4217 code of its currency."""

    amount: Annotated[Decimal, note("Exact decimal, at most 64 characters, as text or as a number.")]
    currency: Annotated[str, Meta(pattern=CURRENCY_PATTERN), note("ISO 4217 code.")]

    def __post_init__(self) -> None:
        decimal_text("amount", self.amount)

    @property
    def exact(self) -> str:
        """The amount's text, as written."""
        return decimal_text("amount", self.amount)
