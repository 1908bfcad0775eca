"""Strict JSON: one value or a reason why not.

Stricter than RFC 8259 where readers differ or stores fail: a member stated twice, NUL, single surrogates,
bytes that are not UTF-8, NaN and Infinity, more than 200 levels, and numbers of more than 400 characters or
with an exponent beyond 400 are refused. A byte order mark at the start is skipped.

A number keeps its text: an integer is an `int` (its text is its digits), every other number, and `-0`, is a
`msgspec.Raw` that holds the literal. `number_text` gives the text of both.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from aiqyn.schemas.errors import Problem, Rejected, escape, rejected

MAX_DEPTH = 200
"""Levels of arrays and objects within each other."""
MAX_NUMBER = 400
"""Characters of a number (the sign of an integer aside), and the greatest exponent, either way."""
_MAX_PROBLEMS = 20

Number = int | msgspec.Raw
"""A number as decoded."""


def decode(raw: bytes, inside: int = 0) -> object:
    """The value of a JSON text in UTF-8.

    `inside`: levels around the value where it is a part of something greater. Raises Rejected (json.invalid,
    json.duplicateKey, text.invalid) with pointers from the value's own root.
    """
    value = decode_once(raw)
    return confirm(raw, value, len(_encode(value)), inside)


def number_text(value: Number) -> str:
    """The literal of a number as it stood in the JSON text."""
    return str(value) if isinstance(value, int) else bytes(value).decode("ascii")


# --- the fast way
# Reading and writing again gives the same number of bytes exactly where the text was compact, without escapes
# that need not be and without a member stated twice: everything else makes the text shorter.


class _Absurd(Exception):
    """A number that nobody means."""


_EXPONENT = re.compile(r"[eE]([+-]?[0-9]+)\Z")


def _number(text: str) -> msgspec.Raw:
    if len(text) > 24 or "e" in text or "E" in text:
        if len(text) > MAX_NUMBER:
            raise _Absurd
        exponent = _EXPONENT.search(text)
        if exponent is not None and abs(int(exponent[1])) > MAX_NUMBER:
            raise _Absurd
    return msgspec.Raw(text)


_decode = msgspec.json.Decoder(float_hook=_number).decode
_encode = msgspec.json.Encoder().encode

_STRIDE = 50  # 401 digits in a row cover at least eight bytes that stand this far apart
_SPARSE_DIGITS = re.compile(rb"[0-9]{8}")
_LONG_DIGITS = re.compile(rb"[0-9]{401}")


def decode_once(raw: bytes) -> object:
    """The value of a JSON text, read as fast as possible: not yet known to be strict, so `confirm` it."""
    if raw.startswith(codecs.BOM_UTF8):
        raw = raw[3:]
    if len(raw) > MAX_NUMBER and _SPARSE_DIGITS.search(raw[::_STRIDE]) and _LONG_DIGITS.search(raw):
        return _exact(raw)  # digits within a string are no number; long ones are slow to convert, so look first
    try:
        return _decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError, _Absurd):
        return _exact(raw)


def confirm(raw: bytes, value: object, length: int, inside: int = 0) -> object:
    """The strict value of `raw`, given what `decode_once` made of it and how long it is when written again.

    `length` counts bytes of compact JSON without needless escapes. Raises Rejected as `decode` does.
    """
    if raw.startswith(codecs.BOM_UTF8):
        raw = raw[3:]
    if length != len(raw):
        compact = _compact(raw)
        if length != len(compact):
            return _with_pairs(raw, value, inside)
    if b"\\" in raw and b"\\u0000" in raw:
        return _exact(raw, inside)
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH - inside and too_deep(value, MAX_DEPTH - inside):
        return _exact(raw, inside)
    return value


def _compact(raw: bytes) -> bytes:
    try:
        return msgspec.json.format(raw, indent=-1)
    except (msgspec.MsgspecError, RecursionError):
        return b""


def too_deep(value: object, levels: int) -> bool:
    """Whether arrays and objects stand in each other deeper than `levels`. Does not recurse."""
    layer: list[dict[object, object] | list[object]] = [value] if isinstance(value, dict | list) else []
    for _ in range(levels):
        if not layer:
            return False
        layer = [
            inner
            for outer in layer
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
    return bool(layer)


# --- the exact way


class _Pairs(NamedTuple):
    """An object as written: its members in order, none lost."""

    members: list[tuple[str, object]]


class _Constant(NamedTuple):
    text: str


class _Long(NamedTuple):
    text: str


class _Repeated(Exception):
    """A member is stated twice."""


def _unique(members: list[tuple[str, object]]) -> None:
    if len({name for name, _ in members}) != len(members):
        raise _Repeated


_MINUS_ZERO = re.compile(r"(?:\A|[\[,:\s])-0(?=[\s,\]}]|\Z)")  # within a string it does no harm
_repeats = json.JSONDecoder(object_pairs_hook=_unique, parse_int=len, parse_float=len)


def _with_pairs(raw: bytes, value: object, inside: int) -> object:
    """Tell mere escapes (fine) from a member stated twice and from what else makes a text longer."""
    try:
        text = raw.decode("utf-8")
        if "\\u0000" in text or _MINUS_ZERO.search(text):
            return _exact(raw, inside)
        _repeats.decode(text)
    except (_Repeated, ValueError, RecursionError):
        return _exact(raw, inside)
    return _exact(raw, inside) if too_deep(value, MAX_DEPTH - inside) else value


def _exact_float(text: str) -> object:
    try:
        return _number(text)
    except _Absurd:
        return _Long(text)


def _exact_int(text: str) -> object:
    if len(text) - text.startswith("-") > MAX_NUMBER:
        return _Long(text)
    return msgspec.Raw(text) if text == "-0" else int(text)


_exactly = json.JSONDecoder(
    object_pairs_hook=_Pairs, parse_float=_exact_float, parse_int=_exact_int, parse_constant=_Constant
)


def _exact(raw: bytes, inside: int = 0) -> object:
    """Decode slowly, finding every fault with its pointer."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise rejected("text.invalid", "", f"not UTF-8 at byte {error.start}") from None
    if "\0" in text:
        raise rejected("text.invalid", "", f"a NUL character at byte {raw.index(0)}")
    try:
        value = _exactly.decode(text)
    except json.JSONDecodeError as error:
        where = f"{error.msg} (line {error.lineno}, column {error.colno})"
        raise rejected("json.invalid", "", where) from None
    except RecursionError:
        raise rejected("json.invalid", "", f"more than {MAX_DEPTH} levels") from None
    problems = []
    for problem in _faults(value, MAX_DEPTH - inside):
        problems.append(problem)
        if len(problems) == _MAX_PROBLEMS:
            break
    if problems:
        raise Rejected(problems)
    return _plain(value)


def _faults(root: object, levels: int) -> Iterator[Problem]:
    """Everything wrong with a value, in no order that callers may rely on. Does not recurse."""
    waiting: list[tuple[object, str, int]] = [(root, "", 0)]
    while waiting:
        value, pointer, depth = waiting.pop()
        if isinstance(value, str):
            if fault := text_fault(value):
                yield Problem("text.invalid", pointer, fault)
        elif isinstance(value, _Long):
            yield Problem("json.invalid", pointer, f"a number beyond {MAX_NUMBER} characters or exponent")
        elif isinstance(value, _Constant):
            yield Problem("json.invalid", pointer, f"{value.text} is no JSON number")
        elif isinstance(value, _Pairs | list):
            if depth == levels:
                yield Problem("json.invalid", _printable(pointer[:200]), f"more than {MAX_DEPTH} levels")
                continue
            if isinstance(value, list):
                members: Iterator[tuple[str, object]] = ((str(at), item) for at, item in enumerate(value))
            else:
                yield from _name_faults(value, pointer)
                members = ((escape(name), item) for name, item in value.members)
            inner = [(item, f"{pointer}/{_printable(step)}", depth + 1) for step, item in members]
            waiting.extend(reversed(inner))


def _name_faults(value: _Pairs, pointer: str) -> Iterator[Problem]:
    seen: set[str] = set()
    told: set[str] = set()
    for name, _ in value.members:
        here = f"{pointer}/{_printable(escape(name))}"
        if fault := text_fault(name):
            yield Problem("text.invalid", here, f"the member's name has {fault}")
        if name in seen and name not in told:
            told.add(name)
            yield Problem("json.duplicateKey", here, "this member is stated more than once")
        seen.add(name)


def text_fault(text: str) -> str:
    """What makes a text impossible to store: NUL or a single surrogate; empty: nothing."""
    if "\0" in text:
        return "a NUL character"
    if text.isascii():
        return ""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return "a single surrogate"
    return ""


def _printable(step: str) -> str:
    """A step of a pointer that can itself be stored."""
    return step.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _plain(value: object) -> object:
    """The same value with objects as dicts. Recurses at most as deep as the levels that are allowed."""
    if isinstance(value, _Pairs):
        return {name: _plain(item) for name, item in value.members}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
