"""One event as one fact."""

from __future__ import annotations

import msgspec

from aiqyn.schemas.envelope import Event
from aiqyn.schemas.errors import Problem, Rejected
from aiqyn.schemas.own.read import read
from aiqyn.streams.facts import Fact
from aiqyn.streams.intake.doubts import Doubts
from aiqyn.streams.intake.mentions import Mentions
from aiqyn.streams.intake.normalise_bods import statement
from aiqyn.streams.intake.normalise_ocds import release
from aiqyn.streams.intake.normalise_own import NORMALISERS

RELEASE = "procurement.release.v1"
STATEMENT = "ownership.statement.v1"
TYPES = frozenset({RELEASE, STATEMENT, *NORMALISERS})
"""The event types that are taken."""


class Normalised(msgspec.Struct, frozen=True):
    """What an event states."""

    fact: Fact
    issues: tuple[Problem, ...]
    """Doubts about its data, pointers from the event's root."""
    record_key: str
    """`recordKey` of our own types; empty: none."""


def normalise(event: Event) -> Normalised:
    """The fact that an event states. A function of the event alone: the same event gives the same fact.

    Raises Rejected: event.unknownType, field.missing, field.invalid, with the event's source, id and type.
    """
    try:
        return _normalise(event)
    except Rejected as error:
        raise Rejected(error.problems, event.source, event.id, event.type) from None


def _normalise(event: Event) -> Normalised:
    kind = event.type
    normaliser = NORMALISERS.get(kind)
    if normaliser is not None:
        data = read(kind, event.content)
        doubts = Doubts(event.time)
        fact: Fact = normaliser(data, Mentions(event.source, event.id, doubts))
        return Normalised(fact, doubts.listed(), data.record_key or "")
    if kind == STATEMENT:
        fact, doubts = statement(event.data, event.content, event.source, event.time)
    elif kind == RELEASE:
        fact, doubts = release(event.data, event.content, event.time)
    else:
        raise Rejected((Problem("event.unknownType", "/type", f"not a type that is taken: {kind[:100]}"),))
    return Normalised(fact, doubts.listed(), "")
