"""What integrators send: records out of a body, and the answer to them (interfaces, section 5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Literal

from aiqyn.schemas.envelope import read_binary
from aiqyn.schemas.errors import Problem as Doubt
from aiqyn.schemas.errors import Rejected
from aiqyn.schemas.json_text import decode
from aiqyn.schemas.unwrap import Format
from aiqyn.schemas.uri import is_uri_reference
from aiqyn.services.files import Incoming, Limits, read_stream
from aiqyn.services.http.problems import Problem
from aiqyn.services.http.security import Caller
from aiqyn.services.reading.events import Change
from aiqyn.services.settings import Settings
from aiqyn.services.verdict_json import verdict_json
from aiqyn.streams.verdicts import Report, Verdict

LINES = "application/x-ndjson"
SINGLE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
JSON = "application/json"


def records(
    body: bytes, headers: Mapping[str, str], format: Format, source: str | None, settings: Settings
) -> list[Incoming]:
    """The records of a request. Raises Problem 400, 413, 415."""
    if source is not None and not is_uri_reference(source):
        raise Problem(400, "parameter.invalid", f"source: a URI reference is wanted, not {source!r}")
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    limits = Limits(event=settings.max_event_bytes, line=settings.max_body_bytes, document=settings.max_body_bytes)
    if "ce-specversion" in headers:
        return [_binary(headers, body, settings)]
    if media == LINES:
        found = read_stream(BytesIO(body), True, format, source, limits)
    elif media in (SINGLE, BATCH, JSON):
        if not body.strip():
            raise Problem(400, "body.unreadable", "the body is empty")
        _must_be_json(body)
        kind: Format = format if media == JSON else "cloudevents"
        found = read_stream(BytesIO(body), False, kind, source, limits)
    else:
        taken = ", ".join((SINGLE, BATCH, LINES, JSON))
        raise Problem(415, "media.unsupported", f"{media or 'no media type'} is not taken here; {taken} are")
    return _counted(found, settings.max_records)


def _must_be_json(body: bytes) -> None:
    """A body that is no JSON at all is the request's fault; what is wrong inside a record is the record's."""
    try:
        decode(body)
    except Rejected as error:
        if any(problem.code == "json.invalid" and problem.pointer == "" for problem in error.problems):
            raise Problem(400, "json.invalid", error.problems[0].detail) from None


def _binary(headers: Mapping[str, str], body: bytes, settings: Settings) -> Incoming:
    try:
        return Incoming(body, read_binary(headers, body, settings.max_event_bytes), None, 1)
    except Rejected as error:
        return Incoming(body, None, error, 1)


def _counted(found: Iterator[Incoming], most: int) -> list[Incoming]:
    kept: list[Incoming] = []
    for record in found:
        if len(kept) == most:
            raise Problem(413, "body.tooManyRecords", f"one request may have {most} records")
        kept.append(record)
    return kept


def allowed(found: Sequence[Incoming], caller: Caller) -> list[Incoming]:
    """The records, those refused that the caller's key may not send."""
    return [_allowed(record, caller) for record in found]


def _allowed(record: Incoming, caller: Caller) -> Incoming:
    event = record.event
    if event is None:
        return record
    why = ""
    if caller.sources and event.source not in caller.sources:
        why = "this key may not publish for this source"
    elif event.type == "identity.decision.v1" and event.source not in caller.sources:
        why = "an identity.decision needs a key that names its source"
    if not why:
        return record
    doubt = Doubt("source.notAllowed", "/source", why)
    return record._replace(event=None, error=Rejected((doubt,), event.source, event.id, event.type))


def answer(verdicts: Sequence[Verdict], with_alerts: bool, changes: Sequence[Change]) -> dict[str, object]:
    """The members of the answer; `changes` counts alerts raised, updated, withdrawn."""
    report = Report()
    for verdict in verdicts:
        report.count(verdict)
    for change in changes:
        report.alerts[change.change] += change.number
    document = report.as_json()
    if not with_alerts:
        document["alerts"] = {"raised": 0, "updated": 0, "withdrawn": 0}
    document["records"] = [
        verdict_json(index, verdict if with_alerts else verdict._replace(alerts=()))
        for index, verdict in enumerate(verdicts)
    ]
    return document


Outcome = Literal["taken", "queued", "some", "none", "conflicts"]


def outcome(verdicts: Iterable[Verdict]) -> Outcome:
    """How the request as a whole went."""
    listed = list(verdicts)
    good = [verdict for verdict in listed if verdict.status in ("accepted", "duplicate")]
    if len(good) == len(listed):
        return "queued" if any(verdict.state == "queued" for verdict in good) else "taken"
    if good:
        return "some"
    return "conflicts" if all(verdict.status == "conflict" for verdict in listed) else "none"
