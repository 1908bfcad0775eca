"""official.declaration: what a person declared, by period."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Raw, Struct, field

from aiqyn.schemas.own.entity import Party
from aiqyn.schemas.own.fields import MANY, Id, PartialDate, Percent, check_dates, note, percent_text
from aiqyn.schemas.own.money import Money
from aiqyn.schemas.own.person import PublicPerson

ItemKind = Literal["shareholding", "directorship", "employment", "gift", "loan", "income", "relative", "conflict"]
Holder = Literal["self", "spouse", "child", "parent", "sibling"]


def _null() -> Raw:
    return Raw(b"null")


class Period(Struct, frozen=True, rename={"from_": "from"}):
    """Days `[from, to)` that a declaration is about."""

    from_: Annotated[PartialDate | None, note("First day of the period.")] = None
    to: Annotated[PartialDate | None, note("First day after the period.")] = None

    def __post_init__(self) -> None:
        check_dates(**{"from": self.from_, "to": self.to})


class Item(Struct, frozen=True, rename="camel"):
    """One thing declared: an interest, a gift, a relative, a conflict."""

    kind: Annotated[ItemKind, note("What is declared.")]
    holder: Annotated[Holder, note("Whose it is, as seen from the declarant.", "restricted")]
    counterparty: Annotated[Party | None, note("The company, body or person that it is about.", "restricted")] = None
    share: Annotated[Percent, note("Percent held, exact, as text or as a number.", "restricted")] = field(
        default_factory=_null
    )
    amount: Annotated[Money | None, note("Amount of money.", "restricted")] = None
    date: Annotated[PartialDate | None, note("Day of the gift, loan or payment.", "restricted")] = None
    ocid: Annotated[Id | None, note("The process that a declared conflict is about.")] = None

    def __post_init__(self) -> None:
        percent_text("share", self.share)
        check_dates(date=self.date)


class Declaration(Struct, frozen=True, rename="camel"):
    """A declaration of interests, filed on a day, about a period."""

    declarant: Annotated[PublicPerson, note("Who declares.")]
    filed_at: Annotated[PartialDate, note("Day of filing.")]
    items: Annotated[tuple[Item, ...], Meta(max_length=MANY), note("What is declared; may be empty.")]
    period: Annotated[Period | None, note("Days that the declaration is about.")] = None
    record_key: Annotated[Id | None, note("Later events of the source with this key replace this one.")] = None

    def __post_init__(self) -> None:
        check_dates(filedAt=self.filed_at)
