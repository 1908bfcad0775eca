"""registry.directorship: a person's role in a company."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Struct

from aiqyn.schemas.own.entity import Entity
from aiqyn.schemas.own.fields import Id, PartialDate, bad_date, is_date, note
from aiqyn.schemas.own.person import Person

DirectorRole = Literal["director", "manager", "representative", "accountant", "founder", "boardMember"]


class Directorship(Struct, frozen=True, rename="camel"):
    """A person has a role in a company, from a day, perhaps until a day."""

    company: Annotated[Entity, note("The company.")]
    person: Annotated[Person, note("Who has the role.", "restricted")]
    role: Annotated[DirectorRole, note("What role it is.")]
    ex_officio: Annotated[bool | None, note("Held by virtue of a public post.")] = None
    start_date: Annotated[PartialDate | None, note("First day in the role; not stated: open.")] = None
    end_date: Annotated[PartialDate | None, note("First day no longer in the role; not stated: open.")] = None
    record_key: Annotated[Id | None, note("Later events of the source with this key replace this one.")] = None

    def __post_init__(self) -> None:
        if self.start_date is not None and not is_date(self.start_date):
            raise bad_date("startDate")
        if self.end_date is not None and not is_date(self.end_date):
            raise bad_date("endDate")
