"""An identifier of a person or an entity: a scheme and a number in it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct

from aiqyn.schemas.own.fields import Id, note


class Identifier(Struct, frozen=True, rename="camel"):
    """A number that a register gave, as written: `{"scheme": "KZ-IIN", "id": "..."}`."""

    scheme: Annotated[Id, note("Code of the register (org-id.guide), such as KZ-BIN.")]
    id: Annotated[Id, note("The number in that register, as written; leading zeros count.", "restricted")]


class PublicIdentifier(Identifier, frozen=True, rename="camel"):
    """As Identifier, of a company or a body."""

    id: Annotated[Id, note("The number in that register, as written; leading zeros count.")]
