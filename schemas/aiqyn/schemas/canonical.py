"""The content of an event: one canonical JSON text, whose hash tells a duplicate from a conflict.

RFC 8785 (JCS): members ordered by the UTF-16 code units of their names, no whitespace, only needed escapes.
One thing differs: a number keeps the text that it came with, so `1.0`, `1` and `1e0` are different content.
"""

from __future__ import annotations

import hashlib
import re

import msgspec

from aiqyn.schemas.json_text import number_text


def content(source: str, id: str, type: str, time: str, data: object) -> bytes:
    """Canonical JSON, in UTF-8, of `{"source","id","type","time","data"}`.

    `data` is a value as `json_text.decode` gives it. Other attributes of a CloudEvent do not count.
    """
    return canonical({"data": data, "id": id, "source": source, "time": time, "type": type})


def content_hash(content: bytes) -> bytes:
    """SHA-256 of the content, 32 bytes."""
    return hashlib.sha256(content).digest()


_encode = msgspec.json.Encoder(order="deterministic").encode
_beyond_bmp = re.compile(rb"[\xf0-\xf4]").search


def canonical(value: object) -> bytes:
    """Canonical JSON of a decoded value, in UTF-8."""
    text = _encode(value)
    if not text.isascii() and _beyond_bmp(text):
        # The encoder orders names by code points: the order by UTF-16 code units as long as no name has a
        # character beyond the basic plane.
        return _exact(value).encode("utf-8")
    return text


_ESCAPED = re.compile(r'[\x00-\x1f"\\]')
_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return _SHORT.get(character) or f"\\u{ord(character):04x}"


def _string(text: str) -> str:
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _utf16(member: tuple[str, object]) -> bytes:
    return member[0].encode("utf-16-be", "surrogatepass")


def _exact(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, int | msgspec.Raw):
        return number_text(value)
    if isinstance(value, list):
        return f"[{','.join(map(_exact, value))}]"
    if isinstance(value, dict):
        members = sorted(value.items(), key=_utf16)
        return "{" + ",".join(f"{_string(name)}:{_exact(item)}" for name, item in members) + "}"
    raise TypeError(f"no JSON value: {type(value).__name__}")
