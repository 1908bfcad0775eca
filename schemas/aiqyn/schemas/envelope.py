"""The envelope of an event: CloudEvents 1.0, read in structured or binary mode into one and the same value.

Both modes of one event give equal values: attributes are kept as text, `datacontenttype` only where it says
more than JSON, `specversion` (always 1.0) never.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from urllib.parse import unquote_to_bytes

import msgspec

from aiqyn.schemas import json_members
from aiqyn.schemas.canonical import canonical, content, content_hash
from aiqyn.schemas.errors import Problem, Rejected, escape, rejected
from aiqyn.schemas.json_text import confirm, decode, decode_once, number_text, text_fault

MAX_EVENT_BYTES = 1 << 20
"""Default for the largest event, in bytes as received."""
MAX_ATTRIBUTE = 1024
"""Characters of a required attribute."""
_MAX_EXTENSION = 8192


class Event(msgspec.Struct, frozen=True):
    """One event as sent. `(source, id)` identifies it for ever."""

    source: str
    id: str
    type: str
    time: str
    """RFC 3339 as written; the zone may be missing, or the time of day."""
    data: object
    """The payload, a dict; numbers as `json_text.decode` gives them."""
    content: bytes
    """Canonical JSON of the five members above (`canonical.content`)."""
    content_hash: bytes
    """SHA-256 of the content."""
    attributes: bytes | None
    """The other attributes, as text, as a canonical JSON object; None: there are none."""


def read_structured(raw: bytes, max_bytes: int = MAX_EVENT_BYTES) -> Event:
    """The event in a CloudEvent in JSON (structured mode).

    Raises Rejected: event.tooLarge where `raw` has more than `max_bytes`, json.invalid, json.duplicateKey,
    text.invalid, field.missing, field.invalid; with source, id and type where they could be read.
    """
    if len(raw) > max_bytes:
        raise too_large(len(raw), max_bytes)
    try:
        value = decode_once(raw)
    except Rejected as error:
        raise _named(error, _legible(raw)) from None
    return structured_event(raw, value)


def structured_event(raw: bytes, value: object) -> Event:
    """As `read_structured`, of a text that `json_text.decode_once` has read already, and is small enough."""
    if not isinstance(value, dict):
        raise rejected("json.invalid", "", "a CloudEvent is a JSON object")
    try:
        return _structured(raw, value)
    except Rejected as error:
        raise _named(error, value) from None


def _structured(raw: bytes, value: dict[str, object]) -> Event:
    source, id, type, time, data = map(value.get, _REQUIRED)
    if (
        value.get("specversion") == "1.0"
        and value.keys() <= _PLAIN_MEMBERS
        and value.get("datacontenttype", _JSON) == _JSON
        and isinstance(data, dict)
        and isinstance(source, str)
        and isinstance(id, str)
        and isinstance(type, str)
        and isinstance(time, str)
        and _all_good(source, id, type, time)
    ):
        text = content(source, id, type, time, data)
        known = len(_PLAIN_ENVELOPE) if "datacontenttype" in value else len(_PLAIN_VERSION)
        # written in one object, the two texts would share a pair of braces and gain a comma
        confirmed = confirm(raw, value, len(text) + known - 1)
        if confirmed is value:
            return Event(source, id, type, time, data, text, content_hash(text), None)
    else:
        confirmed = decode(raw)
    if not isinstance(confirmed, dict):
        raise rejected("json.invalid", "", "a CloudEvent is a JSON object")
    return _checked(confirmed)


_JSON = "application/json"
_REQUIRED = ("source", "id", "type", "time", "data")
_PLAIN_MEMBERS = frozenset((*_REQUIRED, "specversion", "datacontenttype"))
_PLAIN_VERSION = b'{"specversion":"1.0"}'
_PLAIN_ENVELOPE = b'{"specversion":"1.0","datacontenttype":"application/json"}'


def read_binary(headers: Mapping[str, str], body: bytes, max_bytes: int = MAX_EVENT_BYTES) -> Event:
    """The event in a message in binary mode: `body` is the data, the headers are the attributes.

    Headers are named `ce_<name>` (Kafka, plain text) or `ce-<name>` (HTTP, percent-encoded); case does not
    matter; `content-type` is the `datacontenttype`. Other headers are none of ours. Raises Rejected as
    `read_structured`; the pointers are those of the same event in structured mode.
    """
    attributes, faults = _from_headers(headers)
    try:
        if len(body) > max_bytes:
            raise too_large(len(body), max_bytes)
        if faults:
            raise Rejected(faults)
        try:
            attributes["data"] = decode(body, inside=1) if body.strip() else None
        except Rejected as error:
            raise Rejected(problem._replace(pointer=f"/data{problem.pointer}") for problem in error.problems) from None
        return _checked(attributes)
    except Rejected as error:
        raise _named(error, attributes) from None


def read_plain_binary(
    headers: Sequence[tuple[str, bytes]], body: bytes, max_bytes: int = MAX_EVENT_BYTES
) -> Event | None:
    """As `read_binary`, of a message with no more than the usual headers; None: it is not surely fine, look closer."""
    found = dict(headers)
    if (
        len(found) != len(headers)
        or found.keys() != _PLAIN_HEADERS
        or found["ce_specversion"] != b"1.0"
        or found["content-type"] != _JSON_BYTES
        or len(body) > max_bytes
    ):
        return None
    try:
        source, id, type, time = (found[name].decode() for name in _PLAIN_NAMES)
        if not _all_good(source, id, type, time):
            return None
        data = decode_once(body)
        if not isinstance(data, dict):
            return None
        text = content(source, id, type, time, data)
        # in the content, `data` is the first member and the others follow it
        others = len(content(source, id, type, time, None)) - len(b"null")
        if confirm(body, data, len(text) - others, inside=1) is not data:
            return None
    except (UnicodeDecodeError, AttributeError, Rejected):
        return None
    return Event(source, id, type, time, data, text, content_hash(text), None)


_PLAIN_NAMES = ("ce_source", "ce_id", "ce_type", "ce_time")
_PLAIN_HEADERS = frozenset((*_PLAIN_NAMES, "ce_specversion", "content-type"))
_JSON_BYTES = _JSON.encode()


def wrap(source: str, id: str, type: str, time: str, data: object) -> Event:
    """The event around a raw record. Raises Rejected as `read_structured`."""
    envelope: dict[str, object] = {
        "specversion": "1.0",
        "source": source,
        "id": id,
        "type": type,
        "time": time,
    }
    try:
        return _checked({**envelope, "data": data})
    except Rejected as error:
        raise _named(error, envelope) from None


def too_large(size: int, max_bytes: int) -> Rejected:
    return rejected("event.tooLarge", "", f"{size} bytes; an event may have {max_bytes}")


# --- attributes


def _checked(value: dict[str, object]) -> Event:
    """The event in a CloudEvent's members, each checked; all problems are told at once."""
    problems = list(_problems(value))
    if problems:
        raise Rejected(problems)
    source, id, type, time, data = map(value.get, _REQUIRED)
    text = content(str(source), str(id), str(type), str(time), data)
    return Event(str(source), str(id), str(type), str(time), data, text, content_hash(text), _other_attributes(value))


def _problems(value: dict[str, object]) -> Iterator[Problem]:
    version = value.get("specversion")
    if version is None:
        yield Problem("field.missing", "/specversion", "a CloudEvent states specversion 1.0")
    elif version != "1.0":
        yield Problem("field.invalid", "/specversion", "only specversion 1.0 is read")
    for name in ("id", "source", "type", "time"):
        if fault := _attribute_fault(name, value.get(name)):
            yield fault
    yield from _data_problems(value)
    for name, item in value.items():
        if name not in _PLAIN_MEMBERS and name != "data_base64":
            yield from _extension_problems(name, item)


def _attribute_fault(name: str, value: object) -> Problem | None:
    pointer = f"/{name}"
    if value is None or value == "":
        return Problem("field.missing", pointer, f"{name} is required and never made up")
    if not isinstance(value, str):
        return Problem("field.invalid", pointer, f"{name} is text")
    if fault := text_fault(value):
        return Problem("text.invalid", pointer, f"{name} has {fault}")
    if len(value) > MAX_ATTRIBUTE:
        return Problem("field.invalid", pointer, f"{name} has {len(value)} characters; {MAX_ATTRIBUTE} are allowed")
    if _CONTROL.search(value):
        return Problem("field.invalid", pointer, f"{name} has a control character")
    if not value.strip():
        return Problem("field.invalid", pointer, f"{name} is blank")
    if name == "time" and not is_time(value):
        return Problem("field.invalid", pointer, "time is a date and time as in RFC 3339")
    return None


def _data_problems(value: dict[str, object]) -> Iterator[Problem]:
    if value.get("data_base64") is not None:
        yield Problem("field.invalid", "/data_base64", "send the payload as JSON in data, not as base64")
    elif value.get("data") is None:
        yield Problem("field.missing", "/data", "the payload is required")
    elif not isinstance(value["data"], dict):
        yield Problem("field.invalid", "/data", "the payload is a JSON object")
    kind = value.get("datacontenttype")
    if kind is not None and not (isinstance(kind, str) and _is_json(kind)):
        yield Problem("field.invalid", "/datacontenttype", "the payload is JSON in UTF-8: application/json")


def _extension_problems(name: str, item: object) -> Iterator[Problem]:
    pointer = f"/{escape(name)}"
    if isinstance(item, dict | list | msgspec.Raw):
        yield Problem("field.invalid", pointer, "an attribute is text, a whole number or a boolean")
    elif isinstance(item, str):
        if fault := text_fault(item):
            yield Problem("text.invalid", pointer, f"the attribute has {fault}")
        elif len(item) > _MAX_EXTENSION:
            yield Problem("field.invalid", pointer, f"an attribute has at most {_MAX_EXTENSION} characters")


def _other_attributes(value: dict[str, object]) -> bytes | None:
    others = {
        name: _attribute_text(item) for name, item in value.items() if name not in _PLAIN_MEMBERS and item is not None
    }
    kind = value.get("datacontenttype")
    if isinstance(kind, str) and _media_type(kind) != _JSON:
        others["datacontenttype"] = kind
    return canonical(others) if others else None


def _attribute_text(item: object) -> str:
    """The string encoding of an attribute (CloudEvents 1.0, type system): all that binary mode can carry."""
    if isinstance(item, bool):
        return "true" if item else "false"
    return item if isinstance(item, str) else number_text(item)  # type: ignore[arg-type]  # nothing else is an attribute


def _media_type(kind: str) -> str:
    return kind.partition(";")[0].strip().lower()


def _is_json(kind: str) -> bool:
    media = _media_type(kind)
    charset = _CHARSET.search(kind)
    utf8 = charset is None or charset[1].lower() in ("utf-8", "utf8", "us-ascii")
    return utf8 and (media in (_JSON, "text/json") or (media.endswith("+json") and "cloudevents" not in media))


_CHARSET = re.compile(r';\s*charset\s*=\s*"?([^\s;"]+)', re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")


def _good(text: str) -> bool:
    """Whether a required attribute is surely fine; False: look closer."""
    return 0 < len(text) <= MAX_ATTRIBUTE and text.isprintable() and not text.isspace()


_good_again = lru_cache(maxsize=1024)(_good)


def _all_good(source: str, id: str, type: str, time: str) -> bool:
    return _good_again(source) and _good(id) and _good_again(type) and is_time(time)


def _named(error: Rejected, value: Mapping[str, object]) -> Rejected:
    """The same rejection with the event's name, as far as it can be read and stored."""
    source, id, type = (_name(value.get(member)) for member in ("source", "id", "type"))
    return Rejected(error.problems, error.source or source, error.id or id, error.type or type)


def _legible(raw: bytes) -> dict[str, object]:
    """What of an event's name can be read in a text that is no JSON as a whole."""
    at = json_members.start(raw)
    if raw[at : at + 1] != b"{":
        return {}
    try:
        members = json_members.object_members(raw, at)
        return {
            name: decode(raw[members[name].start : members[name].end])
            for name in ("source", "id", "type")
            if name in members
        }
    except Rejected:
        return {}


def _name(value: object) -> str | None:
    if not isinstance(value, str) or not value or len(value) > MAX_ATTRIBUTE or text_fault(value):
        return None
    return value


def _from_headers(headers: Mapping[str, str]) -> tuple[dict[str, object], list[Problem]]:
    attributes: dict[str, object] = {}
    problems: list[Problem] = []
    for header, text in headers.items():
        name = header.lower()
        if name == "content-type":
            attributes["datacontenttype"] = text
        elif name.startswith(("ce_", "ce-")):
            attribute = name[3:]
            pointer = f"/{escape(attribute)}"
            try:
                value = _unescaped(text) if name[2] == "-" else text
            except UnicodeDecodeError:
                problems.append(Problem("text.invalid", pointer, "the header is not UTF-8 when unescaped"))
                continue
            if attribute in ("data", "data_base64", "datacontenttype"):
                problems.append(Problem("field.invalid", pointer, "in binary mode this is no ce header"))
            elif attribute in attributes:
                problems.append(Problem("field.invalid", pointer, "the attribute is stated twice"))
            else:
                attributes[attribute] = value
    return attributes, problems


def _unescaped(text: str) -> str:
    """A header's value as the HTTP binding of CloudEvents 1.0 (3.1.3.2) encodes it."""
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = re.sub(r"\\(.)", r"\1", text[1:-1])
    return unquote_to_bytes(text).decode("utf-8") if _PERCENT.search(text) else text


# --- time

_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})"
    r"(?:[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,30}))?(?:([Zz])|([+-])(\d{2}):(\d{2}))?)?\Z",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_NAIVE = datetime(1970, 1, 1)
_USUAL = "--T::Z"  # every third character of 2024-03-01T08:00:00Z from the fifth on
_MICROSECOND = timedelta(microseconds=1)


def is_time(text: str) -> bool:
    """Whether a text is a date and time of RFC 3339 that a calendar has.

    The zone may be missing, and the time of day (a full-date, as registers publish it).
    """
    return _microseconds(text, UTC) is not None


def instant(time: str, zone: tzinfo = UTC) -> int:
    """The instant of an event's `time`, in microseconds since 1970 UTC.

    A time without a zone is read in `zone`, a date without a time of day as its midnight; a leap second
    counts as the second after it; digits beyond microseconds are cut. Raises ValueError where `is_time` is
    false.
    """
    found = _microseconds(time, zone)
    if found is None:
        raise ValueError(f"not a time: {time[:40]!r}")
    return found


@lru_cache(maxsize=1 << 14)
def _microseconds(text: str, zone: tzinfo) -> int | None:
    if len(text) == 20 and text[4::3] == _USUAL:
        try:
            return (datetime.fromisoformat(text[:19]) - _EPOCH_NAIVE) // _MICROSECOND
        except ValueError:
            return None if text[17:19] != "60" else _by_pattern(text, zone)
    return _by_pattern(text, zone)


def _by_pattern(text: str, zone: tzinfo) -> int | None:
    match = _TIME.match(text)
    if match is None:
        return None
    day, hour, minute, second, fraction, zulu, sign, offset_hours, offset_minutes = match.groups()
    try:
        midnight = datetime.fromisoformat(day)
        if hour is None:
            return _since_epoch(midnight.replace(tzinfo=zone))
        leap = second == "60"
        moment = midnight.replace(hour=int(hour), minute=int(minute), second=59 if leap else int(second))
        if sign is not None:
            zone = _offset(sign, int(offset_hours), int(offset_minutes))
        moment = moment.replace(
            microsecond=int((fraction or "")[:6].ljust(6, "0")), tzinfo=UTC if zulu is not None else zone
        )
    except ValueError:
        return None
    return _since_epoch(moment) + (1_000_000 if leap else 0)


def _offset(sign: str, hours: int, minutes: int) -> tzinfo:
    if hours > 23 or minutes > 59:
        raise ValueError("no such offset")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if sign == "-" else offset)


def _since_epoch(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND
