"""official.occupancy: a person holds a post at a public body."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Struct

from aiqyn.schemas.own.entity import Entity
from aiqyn.schemas.own.fields import Id, PartialDate, Text, bad_date, is_date, note
from aiqyn.schemas.own.person import PublicPerson

PostRole = Literal[
    "head",
    "deputyHead",
    "unitHead",
    "procurement",
    "staff",
    "councilMember",
    "boardMember",
    "minister",
    "akim",
]
Level = Literal["national", "regional", "district"]


class Occupancy(Struct, frozen=True, rename="camel"):
    """A person holds a post at a public body, from a day, perhaps until a day."""

    person: Annotated[PublicPerson, note("Who holds the post.")]
    organization: Annotated[Entity, note("The body where the post is.")]
    role: Annotated[PostRole, note("What kind of post it is.")]
    post: Annotated[Text | None, note("Title of the post as written.")] = None
    level: Annotated[Level | None, note("Level of government.")] = None
    party: Annotated[Entity | None, note("Political party.")] = None
    ex_officio: Annotated[bool | None, note("Held by virtue of another post.")] = None
    start_date: Annotated[PartialDate | None, note("First day in the post; not stated: open.")] = None
    end_date: Annotated[PartialDate | None, note("First day no longer in the post; not stated: open.")] = None
    record_key: Annotated[Id | None, note("Later events of the source with this key replace this one.")] = None

    def __post_init__(self) -> None:
        if self.start_date is not None and not is_date(self.start_date):
            raise bad_date("startDate")
        if self.end_date is not None and not is_date(self.end_date):
            raise bad_date("endDate")
