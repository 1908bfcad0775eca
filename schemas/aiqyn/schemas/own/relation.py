"""official.relation: a family or close personal tie."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Struct

from aiqyn.schemas.own.fields import Id, PartialDate, bad_date, is_date, note
from aiqyn.schemas.own.person import Person

Relationship = Literal[
    "spouse",
    "partner",
    "parent",
    "child",
    "sibling",
    "halfSibling",
    "grandparent",
    "grandchild",
    "adoptiveParent",
    "adoptedChild",
    "guardian",
    "cohabitant",
    "associate",
    "relative",
]


class Relation(Struct, frozen=True, rename="camel"):
    """`relative` is `person`'s `relationship`; what follows from it (in-laws, degrees) is derived."""

    person: Annotated[Person, note("The one person.", "restricted")]
    relative: Annotated[Person, note("The other person.", "restricted")]
    relationship: Annotated[Relationship, note("What `relative` is to `person`.", "restricted")]
    start_date: Annotated[PartialDate | None, note("First day of the tie; not stated: open.", "restricted")] = None
    end_date: Annotated[PartialDate | None, note("First day after the tie; not stated: open.", "restricted")] = None
    record_key: Annotated[Id | None, note("Later events of the source with this key replace this one.")] = None

    def __post_init__(self) -> None:
        if self.start_date is not None and not is_date(self.start_date):
            raise bad_date("startDate")
        if self.end_date is not None and not is_date(self.end_date):
            raise bad_date("endDate")
