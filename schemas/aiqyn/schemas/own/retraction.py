"""record.retracted: an earlier event was wrong, annulled by a court, or must be erased."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Struct

from aiqyn.schemas.own.fields import Id, Reference, note

RetractionReason = Literal["error", "court", "erasure"]


class Target(Struct, frozen=True, rename="camel"):
    """The event that is meant."""

    source: Annotated[Reference, note("Its `source`.")]
    id: Annotated[Reference, note("Its `id`.")]


class Retraction(Struct, frozen=True, rename="camel"):
    """An event of the same source counts as never sent."""

    target: Annotated[Target, note("Which event.")]
    reason: Annotated[RetractionReason, note("Why.")]
    record_key: Annotated[Id | None, note("Later events of the source with this key replace this one.")] = None
