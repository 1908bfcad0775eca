"""Decodes and checks the data of one event of our own types, in one pass."""

from __future__ import annotations

import re
from typing import Any, Final, Generic, TypeVar

from msgspec import Struct, ValidationError
from msgspec.json import Decoder

from aiqyn.schemas.errors import Problem, Rejected
from aiqyn.schemas.own.allocation import Allocation
from aiqyn.schemas.own.committee import Committee
from aiqyn.schemas.own.company import Company
from aiqyn.schemas.own.debarment import Debarment
from aiqyn.schemas.own.decision import Decision
from aiqyn.schemas.own.declaration import Declaration
from aiqyn.schemas.own.directorship import Directorship
from aiqyn.schemas.own.donation import Donation
from aiqyn.schemas.own.occupancy import Occupancy
from aiqyn.schemas.own.relation import Relation
from aiqyn.schemas.own.retraction import Retraction

OwnData = (
    Occupancy
    | Relation
    | Declaration
    | Committee
    | Company
    | Directorship
    | Debarment
    | Allocation
    | Donation
    | Decision
    | Retraction
)

OWN_TYPES: Final[dict[str, type[OwnData]]] = {
    "official.occupancy.v1": Occupancy,
    "official.relation.v1": Relation,
    "official.declaration.v1": Declaration,
    "procurement.committee.v1": Committee,
    "registry.company.v1": Company,
    "registry.directorship.v1": Directorship,
    "registry.debarment.v1": Debarment,
    "allocation.made.v1": Allocation,
    "political.donation.v1": Donation,
    "identity.decision.v1": Decision,
    "record.retracted.v1": Retraction,
}

T = TypeVar("T")


class _Content(Struct, Generic[T]):
    data: T


_content_of: Any = _Content
_DECODERS: Final[dict[str, Decoder[Any]]] = {name: Decoder(_content_of[reader]) for name, reader in OWN_TYPES.items()}

_PATH = re.compile(r"\.([A-Za-z_]+)|\[(\d+)\]")
_MISSING = re.compile(r"Object missing required field `(\w+)`")


def read(event_type: str, content: bytes) -> Any:
    """The typed data of an event of our own type, from JSON that holds it as the member `data`.

    Unknown members are passed over; null and missing are the same for optional ones. Raises Rejected
    (`field.missing`, `field.invalid`) with a pointer from the event's root; KeyError for another type.
    """
    try:
        return _DECODERS[event_type].decode(content).data
    except ValidationError as error:
        raise Rejected((problem(str(error)),)) from None


def problem(message: str) -> Problem:
    """What a validation error of msgspec says, as our code, JSON pointer and detail."""
    text, _, path = message.rpartition(" - at `$")
    if not text:
        text, path = message, ""
    pointer = "".join(f"/{name or index}" for name, index in _PATH.findall(path))
    if text[0] in "-!" and "\x1f" in text:
        member, _, detail = text[1:].partition("\x1f")
        return Problem("field.missing" if text[0] == "-" else "field.invalid", f"{pointer}/{member}", detail)
    missing = _MISSING.match(text)
    if missing:
        return Problem("field.missing", f"{pointer}/{missing[1]}", "required")
    if text.endswith("got `null`") and not pointer.rpartition("/")[2].isdigit():
        return Problem("field.missing", pointer, "required, and null stands for missing")
    if "matching regex" in text:
        text = "not in the form that this field has"
    return Problem("field.invalid", pointer, text.replace("`", "'"))
