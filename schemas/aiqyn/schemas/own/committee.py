"""procurement.committee: who decides in a process, with roles and recusals."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from aiqyn.schemas.own.fields import FEW, MANY, Id, PartialDate, check_dates, note
from aiqyn.schemas.own.person import PublicPerson

SeatRole = Literal[
    "chair",
    "member",
    "secretary",
    "evaluator",
    "specAuthor",
    "approver",
    "supervisor",
    "auditor",
    "reviewer",
]


class Member(Struct, frozen=True, rename={"from_": "from", "recused_on": "recusedOn"}):
    """A person with a role in the decision."""

    person: Annotated[PublicPerson, note("Who decides.")]
    role: Annotated[SeatRole, note("In what role.")]
    from_: Annotated[PartialDate | None, note("First day in the role; not stated: open.")] = None
    to: Annotated[PartialDate | None, note("First day no longer in the role; not stated: open.")] = None
    recused_on: Annotated[PartialDate | None, note("Day of recusal.")] = None

    def __post_init__(self) -> None:
        check_dates(**{"from": self.from_, "to": self.to, "recusedOn": self.recused_on})


class Committee(Struct, frozen=True, rename="camel"):
    """Who decides in a contracting process, or in some of its lots."""

    ocid: Annotated[Id, note("The contracting process.")]
    members: Annotated[tuple[Member, ...], Meta(min_length=1, max_length=MANY), note("Who decides.")]
    lot_ids: Annotated[
        Annotated[tuple[Id, ...], Meta(max_length=FEW)] | None, note("The lots; none stated: all of them.")
    ] = None
    record_key: Annotated[Id | None, note("Later events of the source with this key replace this one.")] = None
