"""The members of a JSON array or object as slices of its text, one after the other.

Where the text is not valid as a whole, only brackets and strings are looked at, so a member that is itself
broken does not stop the others. Little but the text itself is held in memory. What a member holds is judged
by whoever decodes it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from aiqyn.schemas.errors import Rejected, escape, rejected
from aiqyn.schemas.json_text import decode


class Span(NamedTuple):
    """Bytes `[start, end)` of a text."""

    start: int
    end: int


# Possessive throughout: the pattern never goes back, so its cost is the length of the text.
_TO_BRACKETS = re.compile(
    rb'(?:[^\[\]{}"]++|"(?:[^"\\]++|\\.)*+")*+([\[{]++|[\]}]++)', re.DOTALL
)  # up to the next bracket outside a string, with those of its kind that follow at once
_SPACE = re.compile(rb"[ \t\n\r]*+")
_SCALAR = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[^ \t\n\r,:\[\]{}"]++', re.DOTALL)
_NAME = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_OPEN = b"[{"


def start(text: bytes) -> int:
    """Where the value of a text begins, behind a byte order mark and white space."""
    return _skip(text, 3 if text.startswith(codecs.BOM_UTF8) else 0)


def array(text: bytes, at: int, end: int | None = None) -> Iterator[Span]:
    """The members of the array that opens at `at`, in order; faster where it is known to end at `end`.

    Raises Rejected (json.invalid) where the array cannot be followed any more; the members before are given.
    """
    lengths = _member_lengths(text, at, end)
    position = _skip(text, at + 1)
    if text[position : position + 1] == b"]":
        return
    while True:
        end = position + next(lengths) if lengths is not None else _value_end(text, position)
        yield Span(position, end)
        position = _skip(text, end)
        follower = text[position : position + 1]
        if follower == b"]":
            return
        if follower != b",":
            raise _lost(text, position, "a comma or the array's end")
        position = _skip(text, position + 1)


_MANY = 1 << 21
_skim_array = msgspec.json.Decoder(list[msgspec.Raw]).decode
_skim_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def _member_lengths(text: bytes, at: int, end: int | None) -> Iterator[int] | None:
    """How long each member is, read fast; None: the array is not valid, or may have very many members."""
    if text.count(b",", at, end) > _MANY:
        return None
    try:
        members = _skim_array(memoryview(text)[at:end])
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None
    return (len(memoryview(member)) for member in members)


def object_members(text: bytes, at: int) -> dict[str, Span]:
    """The members of the object that opens at `at`, by name.

    Raises Rejected: json.invalid, json.duplicateKey, text.invalid (a member's name).
    """
    members: dict[str, Span] = {}
    known = _known_members(text, at)
    position = _skip(text, at + 1)
    if text[position : position + 1] == b"}":
        return members
    while True:
        name_match = _NAME.match(text, position)
        if name_match is None:
            raise _lost(text, position, "a member's name")
        name = str(decode(name_match[0]))
        if name in members:
            raise rejected("json.duplicateKey", f"/{escape(name)}", "this member is stated more than once")
        position = _skip(text, name_match.end())
        if text[position : position + 1] != b":":
            raise _lost(text, position, "a colon")
        position = _skip(text, position + 1)
        value = memoryview(known.get(name, b""))
        if value and memoryview(text)[position : position + len(value)] == value:
            end = position + len(value)
        else:
            end = _value_end(text, position)
        members[name] = Span(position, end)
        position = _skip(text, end)
        follower = text[position : position + 1]
        if follower == b"}":
            return members
        if follower != b",":
            raise _lost(text, position, "a comma or the object's end")
        position = _skip(text, position + 1)


def _known_members(text: bytes, at: int) -> dict[str, msgspec.Raw]:
    """The members of a valid object, read fast: of one stated twice the last alone; else none."""
    try:
        return _skim_object(memoryview(text)[at:])
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return {}


def end_after(text: bytes, last: int) -> int:
    """Where an array or object ends whose last member ends at `last` (none: its opening bracket)."""
    return _skip(text, last) + 1


def value_end(text: bytes, at: int) -> int | None:
    """Where the value that begins at `at` ends; None: it does not."""
    try:
        return _value_end(text, at)
    except Rejected:
        return None


def _skip(text: bytes, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match is not None else at


def _value_end(text: bytes, at: int) -> int:
    if text[at : at + 1] not in (b"[", b"{"):
        scalar = _SCALAR.match(text, at)
        if scalar is None:
            raise _lost(text, at, "a value")
        return scalar.end()
    depth = 1
    position = at + 1
    while True:
        run = _TO_BRACKETS.match(text, position)
        if run is None:
            raise _lost(text, len(text), "the end of an array, object or string")
        begin, position = run.span(1)
        if text[begin] in _OPEN:
            depth += position - begin
        elif position - begin >= depth:
            return begin + depth
        else:
            depth -= position - begin


def _lost(text: bytes, at: int, wanted: str) -> Rejected:
    return rejected("json.invalid", "", f"{wanted} is missing at byte {at}")
