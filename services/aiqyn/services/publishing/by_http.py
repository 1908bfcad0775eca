"""Records to a server by HTTP, in batches."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from aiqyn.schemas.errors import Problem, Rejected, rejected
from aiqyn.services.kafka.records import structured
from aiqyn.services.publishing.outcome import NotAcknowledged, Outcome, Record, refusal
from aiqyn.services.settings import BadSetting, Settings
from aiqyn.streams.verdicts import Verdict

_TIMEOUT = 60.0
_TRIES = 6
_LONGEST_WAIT = 60.0
_RETRIED = frozenset({429, 502, 503, 504})


def outcomes(settings: Settings, url: str, found: Iterable[Record]) -> Iterator[Outcome[Record]]:
    """Send records to `<url>/v1/events`; their outcomes in order, with the server's verdicts.

    What cannot be read as an event is refused here and not sent. Raises BadSetting for a bad URL, NotAcknowledged
    where the server does not answer or does not let us: outcomes given before that are safe.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise BadSetting(f"--url: a server's base URL is wanted, as in https://aiqyn.example, not {url!r}")
    headers = {"Authorization": f"Bearer {settings.api_key}"} if settings.api_key else {}
    with httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=_TIMEOUT) as client:
        for batch in _batches(found, settings):
            yield from _send(client, batch)


def _batches(found: Iterable[Record], settings: Settings) -> Iterator[list[tuple[Record, bytes | None]]]:
    """Records with their lines (None: no event), as many as one request may hold."""
    batch: list[tuple[Record, bytes | None]] = []
    size = 0
    for record in found:
        line = structured(record.event) + b"\n" if record.event is not None else None
        longer = len(line or b"")
        if batch and (len(batch) >= settings.max_records or size + longer > settings.max_body_bytes):
            yield batch
            batch, size = [], 0
        batch.append((record, line))
        size += longer
    if batch:
        yield batch


def _send(client: httpx.Client, batch: Sequence[tuple[Record, bytes | None]]) -> Iterator[Outcome[Record]]:
    lines = [line for _, line in batch if line is not None]
    verdicts = iter(_verdicts(client, lines) if lines else ())
    for record, line in batch:
        if line is not None:
            yield Outcome(record, next(verdicts))
        else:
            assert record.error is not None
            yield Outcome(record, refusal(record, record.error))


def _verdicts(client: httpx.Client, lines: Sequence[bytes]) -> list[Verdict]:
    answer = _post(client, b"".join(lines))
    if answer.status_code == 413:
        if len(lines) == 1:
            return [_too_large(lines[0])]
        half = len(lines) // 2
        return [*_verdicts(client, lines[:half]), *_verdicts(client, lines[half:])]
    members = _members(answer)
    found = members.get("records")
    if not isinstance(found, list) or len(found) != len(lines):
        raise NotAcknowledged(_complaint(answer, members))
    return [_verdict(record) for record in found]


def _post(client: httpx.Client, body: bytes) -> httpx.Response:
    """One request, tried again while the server is away or busy; a key makes the repeats harmless."""
    headers = {
        "Content-Type": "application/x-ndjson",
        "Content-Encoding": "gzip",
        "Idempotency-Key": str(uuid4()),
    }
    content = gzip.compress(body, 1)
    said, wait = "", 0.0
    for attempt in range(_TRIES):
        time.sleep(wait)
        wait = min(2.0**attempt, _LONGEST_WAIT)
        try:
            answer = client.post("/v1/events", params={"format": "cloudevents"}, content=content, headers=headers)
        except httpx.TransportError as error:
            said = f"{client.base_url} does not answer: {error}"
            continue
        if answer.status_code == 409 and "records" not in _members(answer):
            said = "the server still works on this batch"
        elif answer.status_code in _RETRIED:
            said = _complaint(answer, _members(answer))
            wait = min(_retry_after(answer, wait), _LONGEST_WAIT)
        else:
            return answer
    raise NotAcknowledged(said)


def _retry_after(answer: httpx.Response, otherwise: float) -> float:
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() else otherwise


def _members(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        members = answer.json()
    except ValueError:
        return {}
    return members if isinstance(members, dict) else {}


def _complaint(answer: httpx.Response, members: Mapping[str, Any]) -> str:
    detail = members.get("detail") or members.get("title") or answer.reason_phrase
    advice = {401: "; AIQYN_API_KEY holds the key to send", 403: "; the key needs the scope publish"}
    return f"{answer.url} answers {answer.status_code}: {detail}{advice.get(answer.status_code, '')}"


def _too_large(line: bytes) -> Verdict:
    error: Rejected = rejected("event.tooLarge", "", f"{len(line)} bytes; the server takes fewer")
    return Verdict(None, None, None, "rejected", None, None, errors=error.problems)


def _verdict(record: Mapping[str, Any]) -> Verdict:
    return Verdict(
        record["source"],
        record["id"],
        record["type"],
        record["status"],
        record["state"],
        record["conforms"],
        tuple(record.get("alerts", ())),
        _problems(record.get("quality", ())),
        _problems(record.get("errors", ())),
        tuple(record.get("waitingFor", ())),
    )


def _problems(found: Iterable[Mapping[str, str]]) -> tuple[Problem, ...]:
    return tuple(Problem(problem["code"], problem["pointer"], problem["detail"]) for problem in found)
