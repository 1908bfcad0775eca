"""The field types that our own events are made of: bounds, dates, decimals, and who may see them."""

from __future__ import annotations

import re
from decimal import Decimal as Exact
from functools import lru_cache
from typing import Annotated, Any, Literal

from msgspec import Meta, Raw
from msgspec.json import decode

FieldClass = Literal["public", "restricted", "secret"]

NAME_LENGTH = 1000
ID_LENGTH = 256
TEXT_LENGTH = 10_000
REFERENCE_LENGTH = 4096
FEW = 1000
"""Most members of a small list: identifiers, names, contacts, lots."""
MANY = 10_000
"""Most members of a long list: members of a committee, items of a declaration."""

_TIME = (
    r"(?:[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::(?:[0-5][0-9]|60)(?:\.[0-9]{1,9})?)?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9])?)?"
)
_DAY = (
    r"(?:(?:[0-9]{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)"
    r"|(?:0[13578]|1[02])-31)"
    r"|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)"
)
DATE_PATTERN = rf"^(?!0000)(?:[0-9]{{4}}(?:-(?:0[1-9]|1[0-2]))?|{_DAY}{_TIME}))(?![\s\S])"
"""`YYYY`, `YYYY-MM`, `YYYY-MM-DD` or a date-time; only dates that the calendar has."""
DECIMAL_PATTERN = r"^-?[0-9]{1,24}(?:\.[0-9]{1,24})?(?:[eE][+-]?1?[0-9])?(?![\s\S])"
PERCENT_PATTERN = r"^(?:100(?:\.0{1,24})?|[0-9]{1,2}(?:\.[0-9]{1,24})?)(?![\s\S])"
ATOM_PATTERN = r"^[^:\s]+:[\s\S]*\S[\s\S]*$"

_DATE = re.compile(DATE_PATTERN)
_DECIMAL = re.compile(DECIMAL_PATTERN)
_PERCENT = re.compile(PERCENT_PATTERN)
_ATOM = re.compile(ATOM_PATTERN)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")

DECIMAL_LENGTH = 64


def note(description: str, seen: FieldClass = "public", **schema: Any) -> Meta:
    """What a field means and who may see it (`x-class`); more members go to its JSON Schema as they are."""
    return Meta(description=description, extra_json_schema={"x-class": seen, **schema})


Name = Annotated[str, Meta(min_length=1, max_length=NAME_LENGTH)]
Id = Annotated[str, Meta(min_length=1, max_length=ID_LENGTH)]
Text = Annotated[str, Meta(max_length=TEXT_LENGTH)]
Reference = Annotated[str, Meta(min_length=1, max_length=REFERENCE_LENGTH)]
# The pattern is checked by `check_dates`, cached: dates repeat, and a pattern match a field is slow.
PartialDate = Annotated[str, Meta(extra_json_schema={"pattern": DATE_PATTERN})]
# Checked by `check_atom`.
Atom = Annotated[str, Meta(max_length=REFERENCE_LENGTH, extra_json_schema={"pattern": ATOM_PATTERN})]
# Raw, because a number must keep the text it was written with. Checked by `decimal_text`, `percent_text`.
Decimal = Annotated[
    Raw,
    Meta(
        extra_json_schema={
            "anyOf": [
                {"type": "string", "pattern": DECIMAL_PATTERN},
                {"type": "number", "minimum": -(10**43), "maximum": 10**43},
            ]
        }
    ),
]
Percent = Annotated[
    Raw,
    Meta(
        extra_json_schema={
            "anyOf": [
                {"type": "string", "pattern": PERCENT_PATTERN},
                {"type": "number", "minimum": 0, "maximum": 100},
                {"type": "null"},
            ]
        }
    ),
]


class Fault(ValueError):
    """A field within an object is bad; msgspec puts the object's own path behind the message."""

    def __init__(self, member: str, detail: str, *, missing: bool = False) -> None:
        super().__init__(f"{'-' if missing else '!'}{member}\x1f{detail}")


@lru_cache(maxsize=65_536)
def is_date(text: str) -> bool:
    """Whether `text` is a full or partial date, or a date-time, of the calendar."""
    return _DATE.match(text) is not None


def check_dates(**dates: str | None) -> None:
    """Raise Fault, naming the member, for the first that is stated and no date."""
    for member, text in dates.items():
        if text is not None and not is_date(text):
            raise bad_date(member)


def bad_date(member: str) -> Fault:
    return Fault(member, "not a date: YYYY, YYYY-MM, YYYY-MM-DD or a date-time that the calendar has")


def check_atom(member: str, text: str) -> None:
    """Raise Fault unless `text` has the form `SCHEME:ID` or `REC:<source>:<record id>`."""
    if _ATOM.match(text) is None:
        raise Fault(member, "expected SCHEME:ID or REC:<source>:<record id>")


def decimal_text(member: str, raw: Raw) -> str:
    """The decimal's text, exactly as written as a number or a string. Raises Fault naming `member`."""
    return _exact(member, raw, _DECIMAL, -(10**43), 10**43)


def percent_text(member: str, raw: Raw) -> str:
    """As `decimal_text`, for 0 to 100; empty text for null."""
    if bytes(raw) == b"null":
        return ""
    return _exact(member, raw, _PERCENT, 0, 100)


def _exact(member: str, raw: Raw, pattern: re.Pattern[str], least: int, most: int) -> str:
    text = bytes(raw).decode("utf-8", "replace")
    if text.startswith('"'):
        text = decode(raw, type=str)
        if pattern.match(text) is None:
            raise Fault(member, "not a decimal within bounds")
        return text
    if text == "null":
        raise Fault(member, "missing", missing=True)
    if len(text) > DECIMAL_LENGTH or _NUMBER.fullmatch(text) is None:
        raise Fault(member, "not a decimal, or longer than 64 characters")
    if not least <= Exact(text) <= most:
        raise Fault(member, "out of bounds")
    return text
