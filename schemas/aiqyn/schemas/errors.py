"""Why a record was not taken: problem codes, problems and the exception that carries them.

Codes and pointers are a published contract: codes are never renamed, pointers are RFC 6901 and start at the
CloudEvent's root.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Problem(NamedTuple):
    """One thing that is wrong with a record, or doubtful about it."""

    code: str
    pointer: str
    """JSON pointer (RFC 6901) from the CloudEvent's root; empty: the record as a whole."""
    detail: str


class Meaning(NamedTuple):
    """What a code says to people."""

    title: str
    action: str
    """What the sender should do about it."""


class Rejected(Exception):
    """A record cannot be taken: at least one problem, and as much of its name as could be read.

    It is the sender's to put right: sending the same bytes again gives the same verdict.
    """

    def __init__(
        self,
        problems: Iterable[Problem],
        source: str | None = None,
        id: str | None = None,
        type: str | None = None,
    ) -> None:
        self.problems = tuple(problems)
        if not self.problems:
            raise ValueError("a rejection needs a problem")
        self.source = source
        self.id = id
        self.type = type
        super().__init__(self.problems, source, id, type)

    def __str__(self) -> str:
        return "; ".join(f"{code} at {pointer or '/'}: {detail}" for code, pointer, detail in self.problems)


def rejected(code: str, pointer: str, detail: str) -> Rejected:
    """A rejection for one reason, about a record whose name is not known."""
    return Rejected((Problem(code, pointer, detail),))


def escape(key: str) -> str:
    """A member name as one step of a JSON pointer (RFC 6901, section 3)."""
    return key.replace("~", "~0").replace("/", "~1")


CODES: dict[str, Meaning] = {
    "event.erased": Meaning(
        "The event was erased by order",
        "Do not send it again: its personal data were erased and must not come back.",
    ),
    "event.conflict": Meaning(
        "Another event has this source and id",
        "Give a changed event a new id; to correct an earlier one, send its successor or a record.retracted.",
    ),
    "event.tooLarge": Meaning(
        "The event is too large",
        "Send fewer data in one event, or ask the operator to raise AIQYN_MAX_EVENT_BYTES.",
    ),
    "event.unknownType": Meaning(
        "The event type is not known",
        "Use one of the published types with its version, for example procurement.release.v1.",
    ),
    "json.invalid": Meaning(
        "This is not valid JSON",
        "Send one JSON value as in RFC 8259: no NaN, no trailing commas, at most 200 levels, "
        "numbers of at most 400 characters.",
    ),
    "json.duplicateKey": Meaning(
        "An object states the same member twice",
        "State every member of an object once: readers differ in which of two they take.",
    ),
    "text.invalid": Meaning(
        "The text cannot be stored",
        "Send UTF-8 without NUL characters and without single surrogates, also where they are escaped.",
    ),
    "field.missing": Meaning("A required field is missing", "Add the field that the pointer names."),
    "field.invalid": Meaning(
        "A field has a wrong value",
        "Correct the field that the pointer names; the detail says why.",
    ),
    "source.notAllowed": Meaning(
        "This key may not publish for this source",
        "Use a source that the key names, or ask the administrator for a key that names this one.",
    ),
    "input.gzip": Meaning(
        "The compressed file is damaged or cut short",
        "Fetch or make the file again; the records before the damage were read.",
    ),
}
"""What each code means. Lists of codes may grow; none is renamed or removed."""
