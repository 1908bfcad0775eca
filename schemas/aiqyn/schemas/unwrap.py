"""Records out of what publishers send: CloudEvents, OCDS and BODS, alone or many in one JSON value.

A raw OCDS release or BODS statement becomes an event whose name is made from its own words, never invented,
so the same record sent again is the same event. Packages and arrays give one record a member, and a bad
member does not stop the others.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Literal, NamedTuple
from urllib.parse import quote

import msgspec

from aiqyn.schemas import json_members
from aiqyn.schemas.canonical import canonical
from aiqyn.schemas.envelope import (
    MAX_EVENT_BYTES,
    Event,
    is_time,
    read_structured,
    structured_event,
    too_large,
    wrap,
)
from aiqyn.schemas.errors import Rejected, rejected
from aiqyn.schemas.json_members import Span
from aiqyn.schemas.json_text import confirm, decode, decode_once, number_text

Standard = Literal["cloudevents", "ocds", "bods"]
Format = Literal["auto", "cloudevents", "ocds", "bods"]

RELEASE = "procurement.release.v1"
STATEMENT = "ownership.statement.v1"


class Unwrapped(NamedTuple):
    """One record: an event, or why there is none."""

    raw: bytes
    """The record's own bytes."""
    offset: int
    """Where they begin in the text that they came in."""
    event: Event | None
    error: Rejected | None


def looks_like(value: object) -> Standard | None:
    """The standard that a decoded value seems to be of; an array is judged by its first member."""
    if isinstance(value, list):
        return looks_like(value[0]) if value and not isinstance(value[0], list) else None
    return _standard(value.keys()) if isinstance(value, dict) else None


def unwrap(
    text: bytes, format: Format = "auto", source: str | None = None, max_bytes: int = MAX_EVENT_BYTES
) -> Iterator[Unwrapped]:
    """The records in one JSON value, in order.

    `source` names the source of raw records instead of their publisher; a CloudEvent has its own. `max_bytes`
    bounds each record. Never raises Rejected: what cannot be read is a record with its error.
    """
    at = json_members.start(text)
    kind = text[at : at + 1]
    reader = _Reader(text, format, source, max_bytes)
    whole = Span(at, len(text.rstrip(b" \t\n\r")))
    if kind == b"[":
        yield from reader.from_array(at)
    elif kind == b"{" and len(text) - at <= max_bytes:
        yield from reader.from_small_object(whole)
    elif kind == b"{":
        yield from reader.from_object(whole)
    else:
        yield reader.record(Span(at, len(text)), {}, "cloudevents" if format == "auto" else format)


def cloudevent(text: bytes, max_bytes: int = MAX_EVENT_BYTES) -> Event | None:
    """The event where a text is one faultless CloudEvent, as fast as can be; None: ask `unwrap`."""
    try:
        if len(text) > max_bytes:
            return None
        value = decode_once(text)
        return structured_event(text, value) if isinstance(value, dict) and "specversion" in value else None
    except Rejected:
        return None


class _Reader:
    """Reads the records of one text; holds what is the same for all of them."""

    def __init__(self, text: bytes, format: Format, source: str | None, max_bytes: int) -> None:
        self._text = text
        self._format = format
        self._source = source
        self._max_bytes = max_bytes

    def from_small_object(self, span: Span) -> Iterator[Unwrapped]:
        """An object no larger than an event may be: decoded once, and mostly that is all."""
        raw = self._text[span.start : span.end]
        try:
            value = decode_once(raw)
            standard = self._standard_of(value)
            if standard == "cloudevents":
                yield Unwrapped(raw, span.start, structured_event(raw, value), None)
                return
            if isinstance(value, dict) and not _is_package(value.keys(), standard):
                data = confirm(raw, value, len(canonical(value)), inside=1)
                yield Unwrapped(raw, span.start, self._event(standard, data, {}), None)
                return
        except Rejected as error:
            if error.source or error.id:  # a CloudEvent that could be told and is faulty
                yield Unwrapped(raw, span.start, None, error)
                return
        yield from self.from_object(span)  # slower, and tells what is wrong with which record

    def _standard_of(self, value: object) -> Standard:
        if self._format != "auto":
            return self._format
        return looks_like(value) or "cloudevents"

    def from_object(self, span: Span) -> Iterator[Unwrapped]:
        """An object of any kind: a record, or a package of them."""
        try:
            members = json_members.object_members(self._text, span.start)
        except Rejected as error:
            yield self._failed(span, error)
            return
        last = max((member.end for member in members.values()), default=span.start + 1)
        end = json_members.end_after(self._text, last)
        if end != span.end:
            yield self._failed(span, rejected("json.invalid", "", f"something follows the value at byte {end}"))
            return
        standard = self._format if self._format != "auto" else _standard(members.keys()) or "cloudevents"
        if _is_package(members.keys(), standard):
            yield from self._package(span, members)
        else:
            yield self.record(span, {}, standard)

    def from_array(self, at: int) -> Iterator[Unwrapped]:
        """Every member of an array: a record, or a package of them."""
        last = at + 1
        try:
            for span in json_members.array(self._text, at):
                last = span.end
                if self._text[span.start : span.start + 1] != b"{":
                    yield self.record(span, {}, "cloudevents" if self._format == "auto" else self._format)
                elif span.end - span.start <= self._max_bytes:
                    yield from self.from_small_object(span)
                else:
                    yield from self.from_object(span)
        except Rejected as error:
            yield self._failed(Span(last, len(self._text)), error)
            return
        end = json_members.end_after(self._text, last)
        if self._text[end:].strip(b" \t\n\r"):
            what = rejected("json.invalid", "", f"something follows the array at byte {end}")
            yield self._failed(Span(end, len(self._text)), what)

    def _package(self, span: Span, members: dict[str, Span]) -> Iterator[Unwrapped]:
        envelope = {name: part for name, part in members.items() if name in ("publisher", "publishedDate")}
        try:
            package = {name: self._decoded(part, f"/{name}") for name, part in envelope.items()}
        except Rejected as error:
            yield self._failed(span, error)
            return
        for name in ("releases", "records"):
            part = members.get(name)
            if part is None:
                continue
            if self._text[part.start : part.start + 1] != b"[":
                yield self._failed(part, rejected("field.invalid", f"/{name}", "a package has an array here"))
                continue
            yield from self._package_members(part, package, records=name == "records")

    def _package_members(self, part: Span, package: dict[str, object], records: bool) -> Iterator[Unwrapped]:
        last = part.start
        try:
            for span in json_members.array(self._text, part.start, part.end):
                last = span.end
                if records:
                    yield from self._ocds_record(span, package)
                else:
                    yield self.record(span, package, "ocds")
        except Rejected as error:
            yield self._failed(Span(last, part.end), error)

    def _ocds_record(self, span: Span, package: dict[str, object]) -> Iterator[Unwrapped]:
        """An OCDS record: its embedded releases, else its compiled release."""
        if self._text[span.start : span.start + 1] != b"{":
            yield self._failed(span, rejected("json.invalid", "", "an OCDS record is a JSON object"))
            return
        try:
            members = json_members.object_members(self._text, span.start)
            releases = list(self._releases(members.get("releases")))
        except Rejected as error:
            yield self._failed(span, error)
            return
        compiled = members.get("compiledRelease")
        linked = [release for release, embedded in releases if not embedded]
        if compiled is not None and self._text[compiled.start : compiled.start + 1] == b"{":
            if linked or not releases:
                yield self.record(compiled, package, "ocds", compiled=True)
                return
        elif not releases:
            why = "the record has neither releases nor a compiledRelease"
            yield self._failed(span, rejected("field.missing", "/releases", why))
            return
        if len(linked) == len(releases):
            yield self._failed(span, rejected("field.invalid", "/releases", _LINKED))
            return
        for release, embedded in releases:
            if embedded:
                yield self.record(release, package, "ocds")
            else:
                yield self._failed(release, rejected("field.invalid", "/releases", _LINKED))

    def _releases(self, part: Span | None) -> Iterator[tuple[Span, bool]]:
        """The releases of a record, each with whether it stands there itself (else only a link to it)."""
        if part is None or self._text[part.start : part.start + 1] != b"[":
            return
        for span in json_members.array(self._text, part.start, part.end):
            embedded = self._text[span.start : span.start + 1] == b"{" and (
                "ocid" in (names := json_members.object_members(self._text, span.start)) or "url" not in names
            )
            yield span, embedded

    def record(self, span: Span, package: dict[str, object], standard: Standard, compiled: bool = False) -> Unwrapped:
        """The event of one record."""
        raw = self._text[span.start : span.end]
        try:
            if len(raw) > self._max_bytes:
                raise too_large(len(raw), self._max_bytes)
            if standard == "cloudevents":
                return Unwrapped(raw, span.start, read_structured(raw, self._max_bytes), None)
            data = self._decoded(span, "/data")
            if compiled and isinstance(data, dict):
                data = {**data, "tag": ["compiled"]}
            return Unwrapped(raw, span.start, self._event(standard, data, package), None)
        except Rejected as error:
            return Unwrapped(raw, span.start, None, error)

    def _event(self, standard: Standard, data: object, package: dict[str, object]) -> Event:
        if not isinstance(data, dict):
            raise rejected("field.invalid", "/data", "the record is a JSON object")
        make = release_event if standard == "ocds" else statement_event
        return make(data, package, self._source)

    def _decoded(self, span: Span, pointer: str) -> object:
        try:
            return decode(self._text[span.start : span.end], inside=1)
        except Rejected as error:
            raise Rejected(problem._replace(pointer=pointer + problem.pointer) for problem in error.problems) from None

    def _failed(self, span: Span, error: Rejected) -> Unwrapped:
        return Unwrapped(self._text[span.start : span.end][: self._max_bytes], span.start, None, error)


_LINKED = "releases are only linked here and nothing is fetched: send them embedded, or a compiledRelease"


def release_event(data: dict[str, object], package: dict[str, object], source: str | None = None) -> Event:
    """The event of one raw OCDS 1.1 release.

    `id` is `<ocid>|<release id>`, `time` the release's date, else the package's `publishedDate`, which then
    stands as the release's `date` too; `source` as given, else from the publisher (the package's, else one that
    the release names), else from the prefix of the ocid. Raises Rejected with pointers into the event
    (`/data/ocid`).
    """
    ocid = _word(data, "ocid", "/data/ocid")
    id = f"{ocid}|{_word(data, 'id', '/data/id')}"
    found = source or _publisher(package) or _publisher(data) or f"/ocds/{_prefix(ocid)}"
    time = _first_time((data, "date", "/data/date"), (package, "publishedDate", "/data/date"))
    dated = data if data.get("date") else {**data, "date": time}
    return wrap(found, id, RELEASE, time, dated)


def statement_event(data: dict[str, object], package: dict[str, object], source: str | None = None) -> Event:
    """The event of one raw BODS statement, 0.2 to 0.4.

    `id` is the statement id, `time` the publication date, else the statement date; `source` as given, else
    from the publisher, else `/bods`. `package` is not used: BODS has none. Raises Rejected.
    """
    name = "statementId" if "statementId" in data or "statementID" not in data else "statementID"
    id = _word(data, name, f"/data/{name}")
    publication = data.get("publicationDetails")
    details: dict[str, object] = publication if isinstance(publication, dict) else {}
    time = _first_time(
        (details, "publicationDate", "/data/publicationDetails/publicationDate"),
        (data, "statementDate", "/data/statementDate"),
    )
    return wrap(source or _publisher(details) or "/bods", id, STATEMENT, time, data)


def _standard(names: Collection[str]) -> Standard | None:
    if "specversion" in names or ("source" in names and "type" in names and "data" in names):
        return "cloudevents"
    if "ocid" in names or "releases" in names or "records" in names:
        return "ocds"
    return "bods" if any(name in names for name in _OF_STATEMENTS) else None


_OF_STATEMENTS = ("statementId", "statementID", "statementType", "recordType")


def _is_package(names: Collection[str], standard: Standard) -> bool:
    return standard == "ocds" and "ocid" not in names and ("releases" in names or "records" in names)


def _word(data: dict[str, object], name: str, pointer: str) -> str:
    value = data.get(name)
    if value is None or value == "":
        raise rejected("field.missing", pointer, f"{name} is required and never made up")
    if isinstance(value, str):
        return value
    if isinstance(value, bool | dict | list):
        raise rejected("field.invalid", pointer, f"{name} is text")
    return number_text(value) if isinstance(value, int | msgspec.Raw) else str(value)


def _first_time(*places: tuple[dict[str, object], str, str]) -> str:
    """The first time that is stated. One that is no time is refused, not passed over."""
    for holder, name, pointer in places:
        value = holder.get(name)
        if value is None or value == "":
            continue
        if not isinstance(value, str) or not is_time(value):
            raise rejected("field.invalid", pointer, f"{name} is a date, or a date and time, as in RFC 3339")
        return value
    raise rejected("field.missing", places[0][2], "no date is stated from which the event's time could be taken")


def _publisher(holder: dict[str, object]) -> str | None:
    publisher = holder.get("publisher")
    if not isinstance(publisher, dict):
        return None
    for name in ("uri", "url"):
        value = publisher.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
    title = publisher.get("name")
    return f"/publisher/{quote(title.strip(), safe='')}" if isinstance(title, str) and title.strip() else None


_OCID_PREFIX = re.compile(r"ocds-[^-/|]{6}", re.IGNORECASE)


def _prefix(ocid: str) -> str:
    """The registered prefix of an ocid: `ocds-` and six characters; of others, up to the second hyphen."""
    match = _OCID_PREFIX.match(ocid)
    return quote(match[0] if match is not None else "-".join(ocid.split("-")[:2]), safe="")
