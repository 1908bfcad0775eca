"""identity.decision: two records are the same, different or unsure, by whom and why."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Struct

from aiqyn.schemas.own.fields import Atom, Id, Name, Text, check_atom, note

Verdict = Literal["same", "different", "unsure"]


class Decision(Struct, frozen=True, rename="camel"):
    """A judgement on a pair of records or identifiers."""

    left: Annotated[Atom, note("SCHEME:ID or REC:<source>:<record id>.", "restricted")]
    right: Annotated[Atom, note("SCHEME:ID or REC:<source>:<record id>.", "restricted")]
    verdict: Annotated[Verdict, note("Whether they are one person or entity.", "restricted")]
    decided_by: Annotated[Name, note("Who decided.")]
    reason: Annotated[Text | None, note("Why.", "restricted")] = None
    record_key: Annotated[Id | None, note("Later events of the source with this key replace this one.")] = None

    def __post_init__(self) -> None:
        check_atom("left", self.left)
        check_atom("right", self.right)
