"""One event read and held against its standard, as far as it goes without knowing any other."""

from __future__ import annotations

import msgspec

from aiqyn.schemas.conformance.bods_version import claimed_standard
from aiqyn.schemas.conformance.check import Standard, conforms, violations
from aiqyn.schemas.envelope import Event
from aiqyn.schemas.errors import Problem, Rejected
from aiqyn.schemas.json_text import decode
from aiqyn.schemas.unwrap import looks_like
from aiqyn.streams.facts import Fact
from aiqyn.streams.intake.normalise import normalise


class Judged(msgspec.Struct, frozen=True):
    """One event read as far as it goes without knowing any other."""

    event: Event
    fact: Fact
    record_key: str
    issues: tuple[Problem, ...]
    conforms: bool | None


def standard_of(event: Event) -> Standard | None:
    """The official standard that an event's data should pass; None for our own types."""
    if event.type == "procurement.release.v1":
        return "ocds-1.1"
    if event.type == "ownership.statement.v1" and isinstance(event.data, dict):
        return claimed_standard(event.data)
    return None


def passes(event: Event) -> bool | None:
    """Whether the event's data pass the official schema of their standard; None for our own types."""
    standard = standard_of(event)
    return conforms(standard, event.data) if standard is not None else None


def passes_raw(raw: bytes) -> bool | None:
    """As `passes`, of a record that could not be made an event: raw OCDS or BODS, or None where it is neither."""
    try:
        data = decode(raw)
    except Rejected:
        return None
    kind = looks_like(data)
    if not isinstance(data, dict) or kind is None:
        return None
    if kind == "cloudevents":
        data = data.get("data")
        kind = looks_like(data)
    if kind == "bods" and isinstance(data, dict):
        return conforms(claimed_standard(data), data)
    if kind == "ocds" and isinstance(data, dict) and "ocid" in data:
        return conforms("ocds-1.1", data)
    return None


def judge(event: Event) -> Judged:
    """Normalise an event and hold it against its standard. Pure. Raises Rejected."""
    normalised = normalise(event)
    standard = standard_of(event)
    passes = conforms(standard, event.data) if standard is not None else None
    issues = normalised.issues
    if passes is False and standard is not None:
        issues = (
            *issues,
            *(p._replace(pointer="/data" + p.pointer) for p in violations(standard, event.data)),
        )
    return Judged(event, normalised.fact, normalised.record_key, issues, passes)
